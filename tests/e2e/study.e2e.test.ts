/** A study room in real browsers: opened, entered by its link and the host's word, drawn and spoken in, ended, and over. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { moveClockTo } from '../support/clock.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, ROHAN } from '../support/lesson.ts';
import { openToMeasure, received } from '../support/media.ts';
import { demoButton, draw, open, picturesAdvance, signInAs, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

const PARENT = 'parent@demo.test';
const SUBJECT = 'Calculus, sheet 4';

let product: Product;
let browser: Browser;
let host: Page;
/** On a phone. */
let guest: Page;
let stranger: Page;
let link = '';
let room = '';
const complaints: string[] = [];

/** Takes its picture in light and dark, and has it looked at by axe. */
async function shot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `test-results/study-${name}-${colorScheme}.png` });
  }
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  await page.emulateMedia({ colorScheme: 'light' });
  expect(serious.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}
const phase = (page: Page, name: string): Promise<void> => page.locator(`[data-phase="${name}"]`).waitFor();
/** What one reads there. */
const wordsOn = (page: Page): Promise<string> => page.locator('body').innerText();
const statusOf = async (page: Page, url: string): Promise<number> => (await page.request.get(url)).status();
const connected = async (page: Page): Promise<void> => {
  const there = { state: 'attached', timeout: 30_000 } as const;
  await page.locator('[data-board] [data-status="connected"]').waitFor(there);
  await page.locator('section.chat[data-status="connected"]').waitFor(there);
};

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  host = await personPage(browser, complaints);
  guest = await personPage(browser, complaints, { width: 390, height: 844, touch: true });
  stranger = await personPage(browser, complaints);
  for (const page of [host, guest]) await openToMeasure(page);
  await host.context().grantPermissions(['clipboard-read', 'clipboard-write']);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'study', { host, guest, stranger }));

describe('opening a study room', () => {
  it('is one form away from home, and gives a link that is copied with one click', async () => {
    await signInAs(host, product.url, ASHA);
    await host.getByRole('main').getByRole('link', { name: 'Study rooms' }).click();
    await host.waitForURL('**/study');
    await host.getByText('Nothing here yet').waitFor();
    await shot(host, 'empty');
    await host.getByLabel('What is it for').fill(SUBJECT);
    await host.getByRole('button', { name: 'Open a study room' }).click();
    await host.getByRole('heading', { name: SUBJECT }).waitFor();
    await host.getByRole('button', { name: 'Copy link' }).click();
    await host.getByText('The link is copied').waitFor();
    link = await host.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/study\/join\/[\w-]{32}$/);
    room = (await host.getByRole('link', { name: 'Go in' }).getAttribute('href')) ?? '';
    expect(room).toMatch(/^\/lessons\/nx-\w{8}$/);
    await shot(host, 'open');
    await host.setViewportSize({ width: 390, height: 844 });
    await shot(host, 'open-phone');
    await host.setViewportSize({ width: 1280, height: 800 });
  });

  it('shows the host what it is before they go in', async () => {
    await open(host, product.url + room);
    await host.getByText('This study room is not recorded').waitFor();
    await host.getByText('your study room').waitFor();
    await host.getByText(/Open until/).waitFor();
    expect(await wordsOn(host)).not.toMatch(/lesson|tutor/i);
    await shot(host, 'preview');
    await host.getByRole('button', { name: 'Join study room' }).click();
    await phase(host, 'live');
    await connected(host);
  });

  it('is as unknown as none to who has no link', async () => {
    expect(await statusOf(stranger, product.url + room)).toBe(200); // the sign-in page
    await signInAs(stranger, product.url, PARENT);
    const api = `${product.url}/api/v1${room}`;
    const unknown = `${product.url}/api/v1/lessons/nx-nothing`;
    expect(await statusOf(stranger, product.url + room)).toBe(404);
    for (const what of ['', '/documents/board', '/documents/chat', '/replay'])
      expect([what, await statusOf(stranger, api + what)]).toEqual([what, await statusOf(stranger, unknown + what)]);
    expect(await statusOf(stranger, api)).toBe(404);
    const post = (url: string) => stranger.request.post(url, { data: {}, headers: { origin: product.url } });
    const [theirs, nobodys] = [await post(`${api}/join`), await post(`${unknown}/join`)];
    expect([theirs.status(), (await theirs.json()).code]).toEqual([404, (await nobodys.json()).code]);
    expect(await statusOf(stranger, `${product.url}/study`)).toBe(404);
  });
});

describe('coming in by the link', () => {
  it('leads through signing in, and says who invites to what', async () => {
    await open(guest, link);
    await demoButton(guest, ROHAN).click();
    await guest.waitForURL('**/study/join/**');
    await guest.getByText(/^Asha \S+ invites you to study together$/).waitFor();
    await guest.getByRole('heading', { name: SUBJECT }).waitFor();
    await shot(guest, 'invited-phone');
    await guest.getByRole('button', { name: 'Go to the door' }).click();
    await guest.waitForURL(`**${room}`);
    await shot(guest, 'asking-phone');
  });

  it('waits at the door without board or chat until the host lets them in, and then has both without a reload', async () => {
    await guest.evaluate(() => Object.assign(globalThis, { neverReloaded: true }));
    await guest.getByRole('button', { name: 'Ask to come in' }).click();
    await phase(guest, 'knocking');
    await guest.getByText('Nobody sees or hears you before that.').waitFor();
    expect(await statusOf(guest, `${product.url}/api/v1${room}/documents/board`)).toBe(404);
    await shot(guest, 'knocking-phone');
    const alert = host.getByRole('alert').filter({ hasText: 'is waiting to be let in' });
    await alert.waitFor();
    await shot(host, 'waiting');
    await host.getByRole('button', { name: 'Let Rohan Gupta in' }).first().click();
    await phase(guest, 'live');
    await connected(guest);
    expect(await guest.evaluate(() => (globalThis as { neverReloaded?: boolean }).neverReloaded)).toBe(true);
  });

  it('both see and hear each other, and draw on the same board', async () => {
    await Promise.all([host, guest].map((page) => picturesAdvance(page, 1)));
    for (const page of [host, guest])
      await until('sound and picture', async () => {
        const { pictures, voices } = await received(page);
        return pictures >= 1 && voices >= 1;
      });
    await draw(host, 0.3);
    await until('the guest to see it', async () => (await strokesOn(guest)) === 1);
    await draw(guest, 0.6);
    await until('the host to see it', async () => (await strokesOn(host)) === 2);
    await host
      .getByRole('tab', { name: /^People/ })
      .or(host.getByRole('button', { name: /^People/ }))
      .first()
      .click();
    await host.getByRole('textbox', { name: 'Invite link' }).waitFor();
    await shot(host, 'live');
    await shot(guest, 'live-phone');
    for (const page of [host, guest]) expect(await wordsOn(page)).not.toMatch(/tutor|student|recorded|lesson/i);
  });

  it('who was let in comes back after a reload without asking again', async () => {
    await open(guest, product.url + room);
    await guest.getByRole('button', { name: 'Join study room' }).click();
    await phase(guest, 'live');
    await connected(guest);
    await until('the board as it is', async () => (await strokesOn(guest)) === 2);
  });

  it('says five minutes before the end that it is near', async () => {
    const opened = await host.request.get(`${product.url}/api/v1${room}`);
    const { startsAt } = (await opened.json()) as { startsAt: number };
    await moveClockTo(product.url, startsAt + 175 * 60_000 - 10_000);
    for (const page of [host, guest]) await page.getByText(/5 min left/).waitFor({ timeout: 60_000 });
  });
});

describe('the end', () => {
  it('is the host’s to give, for all, and leaves the board as it was', async () => {
    await host.getByRole('button', { name: 'End room' }).click();
    await host.getByRole('dialog').getByText('End the study room for everyone?').waitFor();
    await host.getByRole('button', { name: 'End for everyone' }).click();
    for (const page of [host, guest]) {
      await page.getByText('The study room is over').waitFor({ timeout: 60_000 });
      await page.getByText('The host ended it.').waitFor({ timeout: 60_000 });
      await until('the board as it was left', async () => (await strokesOn(page)) === 2);
      expect(await page.getByRole('link', { name: /replay/i }).count()).toBe(0);
    }
    await shot(host, 'over');
    await shot(guest, 'over-phone');
    expect(await statusOf(stranger, product.url + room)).toBe(404);
    expect(await statusOf(host, `${product.url}/api/v1${room}/replay`)).toBe(404);
  });

  it('the link says so, and the room stands among the earlier ones', async () => {
    await open(stranger, link);
    await stranger.getByText('This study room is over').waitFor();
    await open(host, `${product.url}/study`);
    await host.getByRole('link', { name: SUBJECT }).waitFor();
    await host.getByRole('button', { name: 'Open a study room' }).waitFor();
    await shot(host, 'past');
  });

  it('nothing of it went wrong in the pages', () => {
    expect(complaints).toEqual([]);
  });
});
