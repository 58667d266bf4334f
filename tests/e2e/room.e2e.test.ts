/** Who may do what in the live room, in three real Chromiums with cameras and microphones that beep. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { ASHA, ROHAN, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { playedLevel } from '../support/media.ts';
import { open, picturesAdvance, signInAs } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let rohan: Page;
let lesson: PaidLesson;
let ashaId = '';
const complaints: string[] = [];

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/room-${name}.png`, animations: 'disabled' });
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });
const phase = (page: Page, name: string): Promise<unknown> =>
  page.locator(`[data-phase="${name}"]`).waitFor({ state: 'attached', timeout: 30_000 });
const door = async (page: Page): Promise<void> => {
  await open(page, `${product.url}/lessons/${lesson.code}`);
  await button(page, 'Join lesson').click();
};

const HEARD = 0.02;
const SILENT = 0.001;
const hears = (page: Page, personId: string): Promise<unknown> =>
  until('a voice', async () => (await playedLevel(page, personId)) > HEARD, 30_000);
const hearsNothing = (page: Page, personId: string): Promise<unknown> =>
  until('silence', async () => (await playedLevel(page, personId)) < SILENT, 30_000);

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA, ROHAN] });
  ashaId = lesson.clients[0]?.personId ?? '';
  [tutor, asha, rohan] = [
    await personPage(browser, complaints),
    await personPage(browser, complaints, { dark: true }),
    await personPage(browser, complaints, { width: 390, height: 844 }),
  ];
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'room-failed', { tutor, asha, rohan }));

describe('before the lesson', () => {
  it('says that it is recorded, and lets in whoever does not want to be', async () => {
    await enterLesson(tutor, product.url, TUTOR, lesson.code);
    await signInAs(asha, product.url, ASHA);
    await open(asha, `${product.url}/lessons/${lesson.code}`);
    await asha.getByText('This lesson is recorded').waitFor();
    await asha.getByRole('checkbox', { name: /out of the recording/ }).check();
    await shot(asha, 'lobby-dark');
    await button(asha, 'Join lesson').click();
    await phase(asha, 'live');
    await tutor.getByRole('tab', { name: /People/ }).click();
    await tutor.getByText('Student, not recorded').waitFor();
    await picturesAdvance(tutor, 1);
  });

  it('keeps a locked room shut, and says so', async () => {
    await tutor.getByRole('checkbox', { name: 'Lock the room' }).check();
    await signInAs(rohan, product.url, ROHAN);
    await door(rohan);
    await rohan.getByText('The room is locked').waitFor();
    await shot(rohan, 'locked-phone');
    await tutor.getByRole('checkbox', { name: 'Lock the room' }).uncheck();
  });

  it('lets who comes wait, rings for the host, and opens on their word', async () => {
    await tutor.getByRole('checkbox', { name: 'Let everyone in yourself' }).check();
    await button(rohan, 'Join lesson').click();
    await phase(rohan, 'knocking');
    await rohan.getByText('You are at the door').waitFor();
    await rohan.getByText(/knows that you are waiting/).waitFor();
    await tutor.getByRole('alert').getByText('Rohan Gupta is waiting to be let in').waitFor();
    expect(await asha.getByText('Rohan Gupta is waiting').count()).toBe(0);
    await shot(tutor, 'waiting-tutor');
    await shot(rohan, 'waiting-phone');
    await tutor
      .getByRole('region', { name: 'Waiting to be let in' })
      .first()
      .getByRole('button', { name: 'Let Rohan Gupta in' })
      .click();
    await phase(rohan, 'live');
    await picturesAdvance(tutor, 2);
    await tutor.getByText('Rohan Gupta is waiting').waitFor({ state: 'detached' });
  });
});

describe('a host’s word', () => {
  it('mutes: nothing is heard any more, and the student may speak again', async () => {
    await hears(tutor, ashaId);
    await button(tutor, 'More about Asha Menon').click();
    await shot(tutor, 'acts');
    await button(tutor, 'Mute Asha Menon').click();
    await asha.getByText('Kavita Rao muted your microphone').waitFor();
    await button(asha, 'Unmute microphone').waitFor();
    await hearsNothing(tutor, ashaId);
    await button(asha, 'Unmute microphone').click();
    await hears(tutor, ashaId);
  });

  it('stops a camera, and the student may show themselves again', async () => {
    await button(tutor, 'Stop the camera of Asha Menon').click();
    await asha.getByText('Kavita Rao turned your camera off').waitFor();
    await tutor.locator(`video[data-person="${ashaId}"]`).waitFor({ state: 'detached' });
    await button(asha, 'Turn camera on').click();
    await picturesAdvance(tutor, 2);
  });

  it('mutes all and forbids unmuting, until it is allowed again', async () => {
    const may = tutor.getByRole('checkbox', { name: 'Students may unmute' });
    await may.uncheck();
    await asha.getByText('Your tutor has muted all students').waitFor();
    await hearsNothing(tutor, ashaId);
    await button(asha, 'Unmute microphone').click();
    await asha.locator('body').press('m');
    await shot(asha, 'muted-dark');
    expect(await button(asha, 'Mute microphone').count()).toBe(0);
    await hearsNothing(tutor, ashaId);
    await may.check();
    await asha.getByText('You may unmute again').waitFor();
    // It stays muted: whoever forgot about it is not heard by surprise.
    await button(asha, 'Unmute microphone').click();
    await hears(tutor, ashaId);
    await button(tutor, 'Mute all students').click();
    await hearsNothing(tutor, ashaId);
  });

  it('lets one speak while a key is held, and no longer', async () => {
    await asha.locator('body').press('Escape');
    await asha.evaluate(() => (document.activeElement instanceof HTMLElement ? document.activeElement.blur() : null));
    await asha.keyboard.down('m');
    await asha.getByText('You are heard while you hold the key').waitFor();
    await hears(tutor, ashaId);
    await asha.keyboard.up('m');
    await button(asha, 'Unmute microphone').waitFor();
    await hearsNothing(tutor, ashaId);
    // Where the board is not shown, the space bar does so too.
    await asha.keyboard.press('g');
    await button(asha, 'Show the board').waitFor();
    await asha.keyboard.down(' ');
    await asha.getByText('You are heard while you hold the key').waitFor();
    await asha.keyboard.up(' ');
    await button(asha, 'Unmute microphone').waitFor();
    await asha.keyboard.press('g');
    await button(asha, 'Show people as a grid').waitFor();
  });
});

describe('hands and reactions', () => {
  it('are seen by everybody, in the order of raising', async () => {
    await button(rohan, 'Raise hand').click();
    await tutor.getByText('Raised hands, 1').waitFor();
    await asha.keyboard.press('j');
    await tutor.getByText('Raised hands, 2').waitFor();
    const names = tutor.getByRole('region', { name: /Raised hands/ }).locator('b');
    expect(await names.allInnerTexts()).toEqual(['Rohan Gupta', 'Asha Menon']);
    await tutor.locator('[data-called]').getByText('Asha Menon raised a hand').waitFor({ state: 'attached' });
    await asha.getByText('hand raised, 1 in line').first().waitFor({ state: 'attached' });
    await shot(tutor, 'hands');
    await shot(rohan, 'hands-phone');
    await button(tutor, 'Lower the hand of Rohan Gupta').click();
    await button(rohan, 'Raise hand').waitFor();
    await tutor.getByText('Raised hands, 1').waitFor();
    await button(asha, 'Lower hand').click();
    await tutor.getByText('Raised hands').waitFor({ state: 'detached' });
  });

  it('a hand stays up over a lost connection', async () => {
    await button(rohan, 'Raise hand').click();
    await tutor.getByText('Raised hands, 1').waitFor();
    await rohan.reload();
    await button(rohan, 'Join lesson').click();
    await phase(rohan, 'live');
    await button(rohan, 'Lower hand').waitFor();
    expect(await tutor.getByText('Raised hands, 1').count()).toBe(1);
    await button(rohan, 'Lower hand').click();
  });

  it('a reaction stands over the tile for a moment, and is said to who does not see it', async () => {
    await button(asha, 'React').click();
    await shot(asha, 'reactions-dark');
    await button(asha, 'Well done').click();
    await tutor.locator('[data-reaction="celebrate"]').waitFor();
    await shot(tutor, 'reaction');
    await tutor.locator('[data-called]').getByText('Asha Menon: Well done').waitFor({ state: 'attached' });
    await tutor.locator('[data-reaction="celebrate"]').waitFor({ state: 'detached' });
  });

  it('all keys are in one list', async () => {
    // The board has a list of its own keys; where it is not shown the key means this one.
    await asha.keyboard.press('g');
    await button(asha, 'Show the board').waitFor();
    await asha.keyboard.press('?');
    await asha.getByRole('dialog').getByText('Keyboard shortcuts').waitFor();
    await shot(asha, 'shortcuts-dark');
    await asha.keyboard.press('Escape');
    await asha.getByRole('dialog').waitFor({ state: 'detached' });
    await asha.keyboard.press('g');
  });
});

describe('roles', () => {
  it('a co-host takes someone out, and the host takes them back', async () => {
    await button(tutor, 'Make Asha Menon co-host').click();
    await asha.getByText('You are co-host now').waitFor();
    await button(asha, /^People/).click();
    await button(asha, 'More about Rohan Gupta').click();
    await button(asha, 'Take Rohan Gupta out of the lesson').click();
    await shot(asha, 'remove-dark');
    await asha.getByRole('dialog').getByRole('button', { name: 'Take out' }).click();
    await rohan.getByText('You were taken out of this lesson').waitFor();
    await shot(rohan, 'removed-phone');
    await tutor.locator('[data-called]').waitFor({ state: 'attached' });
    await button(rohan, 'Join lesson').click();
    await rohan.getByText('You were taken out of this lesson').waitFor();
    await button(tutor, 'Let Rohan Gupta back in').click();
    // The door hears of it a moment after the room.
    await until('Rohan to be in again', async () => {
      const join = button(rohan, 'Join lesson');
      if ((await join.count()) > 0) await join.click();
      return (await rohan.locator('[data-phase="live"]').count()) > 0;
    });
    await rohan.locator('[data-board] [data-status="connected"]').waitFor({ state: 'attached', timeout: 30_000 });
    await button(tutor, 'Make Asha Menon a participant again').click();
    await asha.getByText('You are not co-host any more').waitFor();
    await asha.getByRole('checkbox', { name: 'Lock the room' }).waitFor({ state: 'detached' });
  });
});

describe('time', () => {
  it('that is left is shown, and five minutes before the end everyone is told', async () => {
    const end = lesson.slot.startsAt + lesson.slot.minutes * 60_000;
    const pages = [tutor, asha, rohan];
    await moveClockTo(product.url, end - 6 * 60_000 + 5_000);
    await Promise.all(pages.map((page) => page.getByText('6 min left').waitFor()));
    expect(await asha.getByText('5 minutes left').count()).toBe(0);
    await moveClockTo(product.url, end - 5 * 60_000 - 1_000);
    await Promise.all(pages.map((page) => page.getByText('5 minutes left').waitFor()));
    await Promise.all([shot(asha, 'five-minutes'), shot(rohan, 'five-minutes-phone')]);
    await tutor.getByText('5 min left').waitFor();
  });

  it('who ends the lesson may also only leave', async () => {
    await button(tutor, 'End lesson').click();
    await shot(tutor, 'end');
    await tutor.getByRole('dialog').getByRole('button', { name: 'Only leave' }).click();
    await phase(tutor, 'preview');
    await tutor.getByText('You left the lesson').waitFor();
    expect(await asha.locator('[data-phase="live"]').count()).toBe(1);
  });

  it('did all this without an error on any page', () => {
    expect(complaints).toEqual([]);
  });
});
