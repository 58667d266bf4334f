/**
 * Who has the lesson's page out of sight is away, and is shown so apart: a real Chromium with another tab before the page,
 * and with its window minimised.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { businessNow, signIn, until, type Client } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { moveClock } from '../support/clock.ts';
import { freePort } from '../support/free-port.ts';
import { ASHA, endLesson, enterLesson, paidLesson, TUTOR, type PaidLesson } from '../support/lesson.ts';
import { open, signInAs } from '../support/pages.ts';
import { openOwnWindow, type OwnWindow } from '../support/own-window.ts';
import { startProduct, type Product } from '../support/product.ts';

const MINUTE = 60_000;

interface Attended {
  readonly personId: string;
  readonly here: readonly { readonly from: number; readonly to: number | null }[];
  readonly away: readonly { readonly from: number; readonly to: number | null }[];
  readonly hereMs: number;
  readonly awayMs: number;
}

let product: Product;
let port: number;
let browser: Browser;
let tutor: Page;
let window: OwnWindow;
let lesson: PaidLesson;
let kavita: Client;
const complaints: string[] = [];

beforeAll(async () => {
  // The same one again, where her page looks.
  port = await freePort();
  product = await startProduct({ port });
  browser = await openBrowser();
  window = await openOwnWindow();
  lesson = await paidLesson(product.url);
  kavita = await signIn(product.url, TUTOR);
  tutor = await personPage(browser, complaints);
  window.page.on('pageerror', (error) => complaints.push(error.message));
});

afterAll(async () => {
  await closeAll(browser, product);
  await window.close();
});
afterEach(({ task }) => shootFailed(task.result?.state, 'away-failed', { tutor, asha: window.page }));

const ashasId = (): string => lesson.clients[0]?.personId ?? '';
async function attended(personId: string): Promise<Attended | undefined> {
  const { body } = await kavita.get<{ attendance: readonly Attended[] }>(`/api/v1/lessons/${lesson.code}`);
  return body.attendance.find((one) => one.personId === personId);
}
/** Waits until she was away so often, and is away or not. */
const away = (times: number, still: boolean): Promise<Attended> =>
  until(
    `${times} times away, ${still ? 'still' : 'and back'}`,
    async () => {
      const row = await attended(ashasId());
      return row?.away.length === times && (row.away.at(-1)?.to === null) === still && row;
    },
    60_000,
  );
/** The page found out itself that it can be seen, or not. */
const seen = (state: 'visible' | 'hidden'): Promise<unknown> =>
  until(`a page that is ${state}`, async () => (await window.page.evaluate('document.visibilityState')) === state);

it('[P14] [LE39] [RM7] notes when another tab is before the page, and when the window is minimised, but no glance', async () => {
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(window.page, product.url, ASHA, lesson.code);

  const before = await businessNow(product.url);
  await window.lookElsewhere();
  await seen('hidden');
  const gone = await away(1, true);
  expect(gone.away[0]?.from).toBeGreaterThanOrEqual(before);
  await window.lookBack();
  await seen('visible');
  const back = await away(1, false);
  expect(back.awayMs).toBeGreaterThan(0);

  await window.minimise();
  await seen('hidden');
  await window.lookBack();
  await seen('visible');
  await window.minimise();
  await seen('hidden');
  // The glance would have been the second.
  await away(2, true);
  // She sees nothing and hears everything: she is here.
  expect((await attended(ashasId()))?.here.at(-1)?.to).toBeNull();
  expect((await attended(lesson.tutorId))?.away).toEqual([]);
}, 300_000);

it('[P14] is told again where nobody knows of it: after the server was gone', async () => {
  await product.kill();
  product = await startProduct({ port, dataDir: product.dataDir });
  kavita = await signIn(product.url, TUTOR);
  // The visit before ended when it was last seen, and being away with it.
  await away(3, true);
  await moveClock(product.url, 20 * MINUTE);
  await window.lookBack();
  const { awayMs, hereMs } = await away(3, false);
  expect(awayMs).toBeGreaterThan(20 * MINUTE);
  expect(awayMs).toBeLessThan(hereMs);
}, 300_000);

it('[RM7] is shown after the lesson and to who judges the case, apart and as time there', async () => {
  await endLesson(product.url, lesson);
  await until('the outcome', async () => (await attended(ashasId()))?.here.at(-1)?.to);
  await open(tutor, `${product.url}/lessons/${lesson.code}`);
  await tutor.locator('[data-away]').waitFor();
  expect(await tutor.locator('[data-away]').allInnerTexts()).toEqual([expect.stringMatching(/^2\d min of it away$/)]);
  await tutor.screenshot({ path: 'test-results/away-after.png', animations: 'disabled' });
  await tutor.setViewportSize({ width: 390, height: 844 });
  await tutor.emulateMedia({ colorScheme: 'dark' });
  await tutor.screenshot({ path: 'test-results/away-after-phone.png', animations: 'disabled' });

  const { body } = (await lesson.clients[0]?.get<{ bookings: readonly { bookingId: string; code: string }[] }>(
    '/api/v1/bookings',
  )) ?? { body: { bookings: [] } };
  const bookingId = body.bookings.find(({ code }) => code === lesson.code)?.bookingId;
  const ops = await personPage(browser, complaints);
  await signInAs(ops, product.url, 'ops@demo.test');
  await open(ops, `${product.url}/ops/cases/${bookingId}`);
  const picture = ops.getByRole('img', { name: 'had the page out of sight' });
  await picture.scrollIntoViewIfNeeded();
  expect(await picture.locator('i.away').count()).toBe(3);
  expect(await picture.innerText()).toMatch(/here 2\d minutes, 2\d minutes of it away/);
  await ops.screenshot({ path: 'test-results/away-case.png', animations: 'disabled' });
  await ops.setViewportSize({ width: 390, height: 844 });
  await ops.emulateMedia({ colorScheme: 'dark' });
  await picture.scrollIntoViewIfNeeded();
  await ops.screenshot({ path: 'test-results/away-case-phone.png', animations: 'disabled' });
  expect(complaints).toEqual([]);
}, 300_000);
