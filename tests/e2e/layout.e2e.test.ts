/** What each person sees and hears of the others, and how much of it travels, in three real Chromiums. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, ROHAN, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { picturesAdvance } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';
import { mediaOf, openToMeasure, pictureOf, playedLevel, received, sentLayers } from '../support/media.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let rohan: Page;
let lesson: PaidLesson;
let ashaId = '';
let rohanId = '';
const complaints: string[] = [];

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/layout-${name}.png`, animations: 'disabled' });
const button = (page: Page, name: string | RegExp): Locator => page.getByRole('button', { name, exact: true });
const stage = (page: Page, show: string): Promise<unknown> =>
  page.locator(`main[data-show="${show}"]`).waitFor({ state: 'attached' });
/** Large layers begin when the sending browser believes in so much bandwidth, on a busy machine late. */
const becomes = (what: string, check: () => Promise<boolean>): Promise<unknown> => until(what, check, 90_000);

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA, ROHAN] });
  [ashaId = '', rohanId = ''] = lesson.clients.map(({ personId }) => personId);
  [tutor, asha, rohan] = [
    await personPage(browser, complaints),
    await personPage(browser, complaints, { dark: true }),
    await personPage(browser, complaints, { width: 390, height: 844 }),
  ];
  for (const page of [tutor, asha, rohan]) await openToMeasure(page);
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(asha, product.url, ASHA, lesson.code);
  await enterLesson(rohan, product.url, ROHAN, lesson.code);
  await picturesAdvance(tutor, 2);
});

afterAll(() => closeAll(browser, product));

afterEach(async ({ task }) => {
  await shootFailed(task.result?.state, 'layout-failed', { tutor, asha, rohan });
  if (task.result?.state === 'fail')
    for (const [name, page] of Object.entries({ tutor, asha, rohan }))
      console.info(`${name}: ${JSON.stringify(await mediaOf(page))}`);
  await asha.setViewportSize({ width: 1280, height: 800 });
});

describe('one face', () => {
  it('is large and comes in the large layer; pinned it stays', async () => {
    await becomes('a small picture', async () => ((await pictureOf(tutor, ashaId))?.width ?? 0) <= 320);
    await tutor.locator('article', { has: tutor.locator(`video[data-person="${ashaId}"]`) }).hover();
    await button(tutor, 'Pin Asha Menon to the stage').click();
    await stage(tutor, 'face');
    await becomes('a large picture', async () => ((await pictureOf(tutor, ashaId))?.width ?? 0) > 640);
    // The strip shows the others only.
    expect(await tutor.locator(`video[data-person="${ashaId}"]`).count()).toBe(1);
    await tutor.mouse.move(5, 5);
    await shot(tutor, 'pinned');
    await button(tutor, 'Take Asha Menon off the stage').click();
    await stage(tutor, 'board');
    await becomes('a small picture again', async () => ((await pictureOf(tutor, ashaId))?.width ?? 1_280) <= 320);
  });

  it('is whoever speaks, while nobody is pinned', async () => {
    await button(tutor, 'Mute microphone').click();
    await button(asha, 'Mute microphone').click();
    await button(rohan, 'Speaker, shown large').waitFor({ state: 'hidden' });
    await asha.keyboard.press('Shift+G');
    await stage(asha, 'face');
    const shown = (personId: string): Promise<void> =>
      asha.locator(`.layer.face video[data-person="${personId}"]`).waitFor();
    await shown(rohanId);
    await shot(asha, 'speaker-dark');
    await button(rohan, 'Mute microphone').click();
    await button(tutor, 'Unmute microphone').click();
    await shown(lesson.tutorId);
    await asha.keyboard.press('Shift+G');
    await stage(asha, 'board');
    for (const page of [asha, rohan]) await button(page, 'Unmute microphone').click();
  });

  it('on a phone it is chosen in the list of people', async () => {
    await button(rohan, /^People/).click();
    const panel = rohan.getByRole('tabpanel', { name: 'People' });
    await panel.getByRole('radio', { name: 'Speaker' }).check();
    await shot(rohan, 'layouts-phone');
    await button(rohan, 'Close panel').click();
    await stage(rohan, 'face');
    await shot(rohan, 'speaker-phone');
    await button(rohan, /^People/).click();
    await panel.getByRole('radio', { name: 'Board' }).check();
    await button(rohan, 'Close panel').click();
  });
});

describe('all faces', () => {
  it('stand in pages, and who is on another page does not travel', async () => {
    await asha.keyboard.press('g');
    await becomes('both pictures', async () => (await received(asha)).pictures === 2);
    await shot(asha, 'grid-dark');
    // As small as it gets: two faces a page.
    await button(asha, 'Close panel').click();
    await asha.setViewportSize({ width: 350, height: 320 });
    await asha.getByText('Page 1 of 2').waitFor();
    await becomes('one picture', async () => (await received(asha)).pictures === 1);
    await asha.locator(`video[data-person="${lesson.tutorId}"]`).waitFor();
    expect(await asha.locator(`video[data-person="${rohanId}"]`).count()).toBe(0);
    await shot(asha, 'page-dark');
    await button(asha, 'Next page').click();
    await asha.getByText('Page 2 of 2').waitFor();
    await picturesAdvance(asha, 1);
    await asha.locator(`video[data-person="${rohanId}"]`).waitFor();
    await becomes('one picture still', async () => (await received(asha)).pictures === 1);
    // Sound comes from everybody, whatever is seen.
    expect((await received(asha)).voices).toBe(2);
    await asha.setViewportSize({ width: 1280, height: 800 });
    await becomes('both pictures again', async () => (await received(asha)).pictures === 2);
    await asha.keyboard.press('g');
  });
});

describe('how loud each is', () => {
  it('is chosen for oneself alone, and stays', async () => {
    await button(asha, /^People/).click();
    await button(asha, 'More about Rohan Gupta').click();
    const volume = asha.getByLabel('Volume of Rohan Gupta, for you');
    const louder = await playedLevel(asha, rohanId);
    expect(louder).toBeGreaterThan(0.02);
    await volume.fill('10');
    await shot(asha, 'volume-dark');
    await becomes('a softer voice', async () => (await playedLevel(asha, rohanId)) < louder / 4);
    expect(await playedLevel(tutor, rohanId)).toBeGreaterThan(louder / 2);
    await rohan.reload();
    await button(rohan, 'Join lesson').click();
    await rohan.locator('[data-phase="live"]').waitFor({ state: 'attached' });
    await becomes('his voice', async () => (await playedLevel(asha, rohanId)) > 0);
    expect(await playedLevel(asha, rohanId)).toBeLessThan(louder / 4);
    await volume.fill('100');
    await button(asha, /^Chat/).click();
  });
});

describe('screens', () => {
  it('several at once: the newest comes up, each may be chosen, and only what is shown travels', async () => {
    await button(tutor, 'Share screen').click();
    await stage(asha, 'screen');
    await asha.locator(`video[data-stage][data-person="${lesson.tutorId}"]`).waitFor();
    await becomes(
      'a sharp screen',
      async () => ((await pictureOf(asha, lesson.tutorId, 'screen'))?.width ?? 0) >= 1_200,
    );
    await button(rohan, 'Share screen').waitFor({ state: 'hidden' });
    await asha.keyboard.press('s');
    await stage(tutor, 'screen');
    await tutor.getByText('You are sharing your screen and its sound').waitFor();
    await stage(rohan, 'screen');
    await rohan.locator(`video[data-stage][data-person="${ashaId}"]`).waitFor();
    await shot(rohan, 'screens-phone');
    await rohan.getByRole('radio', { name: 'Screen of Kavita Rao' }).check();
    await rohan.locator(`video[data-stage][data-person="${lesson.tutorId}"]`).waitFor();
    await picturesAdvance(rohan, 1);
    const all = async (page: Page): Promise<number[]> => {
      const { pictures, screens } = await received(page);
      return [pictures, screens];
    };
    await becomes('one screen', async () => String(await all(rohan)) === '2,1');
    await tutor.getByRole('radio', { name: 'Board' }).check();
    await stage(tutor, 'board');
    await becomes('no screen', async () => String(await all(tutor)) === '2,0');
    await tutor.getByRole('radio', { name: 'Screen of Asha Menon' }).check();
    await shot(tutor, 'screens');
  });

  it('bring the sound of what is shared', async () => {
    await becomes('the sound', async () => (await playedLevel(rohan, ashaId, 'screen')) > 0.02);
  });

  it('float over other windows', async () => {
    const may = await tutor.evaluate(() => document.pictureInPictureEnabled);
    if (may) {
      const floats = (): Promise<boolean> => tutor.evaluate(() => document.pictureInPictureElement !== null);
      // The browser may not want to at once; then one tries again, as people do.
      await becomes('a window', async () => {
        if (await floats()) return true;
        await button(tutor, 'Picture in a window of its own').click();
        await tutor.waitForTimeout(3_000);
        return floats();
      });
      await button(tutor, 'Picture in a window of its own').click();
    }
    expect(await button(tutor, 'Picture in a window of its own').count()).toBe(may ? 1 : 0);
  });

  it('go back to the one before, and then to the board', async () => {
    await asha.keyboard.press('s');
    await tutor.locator(`video[data-stage]`).waitFor({ state: 'detached' });
    await stage(rohan, 'screen');
    await button(tutor, 'Stop sharing').first().click();
    await stage(rohan, 'board');
    await stage(asha, 'board');
  });
});

describe('a weak connection', () => {
  it('one tap takes small pictures, one more takes sound only, one more takes all', async () => {
    await tutor.locator('article', { has: tutor.locator(`video[data-person="${ashaId}"]`) }).hover();
    await button(tutor, 'Pin Asha Menon to the stage').click();
    await becomes('a large picture', async () => ((await pictureOf(tutor, ashaId))?.width ?? 0) > 640);
    await becomes('all layers', async () => (await sentLayers(tutor)) === 3);
    const saving = tutor.locator('[data-saving]');
    await saving.click();
    await becomes('a small picture', async () => ((await pictureOf(tutor, ashaId))?.width ?? 1_280) <= 320);
    await becomes('one layer', async () => (await sentLayers(tutor)) === 1);
    await shot(tutor, 'small');
    await saving.click();
    await becomes('no picture', async () => (await received(tutor)).pictures === 0);
    await becomes('no layer', async () => (await sentLayers(tutor)) === 0);
    expect((await received(tutor)).voices).toBe(2);
    expect(await playedLevel(tutor, ashaId)).toBeGreaterThan(0.02);
    await shot(tutor, 'sound');
    await asha.locator(`video[data-person="${lesson.tutorId}"]`).waitFor({ state: 'detached' });
    await saving.click();
    await becomes('a large picture again', async () => ((await pictureOf(tutor, ashaId))?.width ?? 0) > 640);
    await becomes('both pictures', async () => (await received(tutor)).pictures === 2);
    await asha.locator(`video[data-person="${lesson.tutorId}"]`).waitFor();
    await button(tutor, 'Take Asha Menon off the stage').click();
  });

  it('falls back by itself, and says so', async () => {
    await rohan.evaluate(() => ((globalThis as { lossy?: boolean }).lossy = true));
    await rohan.getByText('Your connection is weak: pictures are small now').waitFor();
    await shot(rohan, 'fell-phone');
    await rohan.getByText('Your connection is very weak: sound only now').waitFor();
    await becomes('no picture', async () => (await received(rohan)).pictures === 0);
    await shot(rohan, 'sound-phone');
    await rohan.evaluate(() => ((globalThis as { lossy?: boolean }).lossy = false));
    await button(rohan, 'Show all pictures').click();
    await becomes('the pictures', async () => (await received(rohan)).pictures === 2);
  });
});

it('did all this without an error on any page', () => {
  expect(complaints).toEqual([]);
});
