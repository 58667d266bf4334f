/** One browser that several people use: what one of them did without a connection waits for them, and is nobody else's. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeHistory } from '#sync/documents/history.ts';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, ROHAN, TUTOR, endLesson, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { draw, joinLesson, open, signInAs, signInInstead, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
/** Everybody else's, one after another. */
let shared: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/shared-${name}.png`, animations: 'disabled' });
const strokes = (page: Page, count: number, what: string): Promise<unknown> =>
  until(what, async () => (await strokesOn(page)) === count, 30_000);
const waiting = (page: Page) => page.locator('[data-waiting]');

/** Everything that is kept of a document of this browser, by its id: who wrote how far, and as how many bytes. */
const rowsIn = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(async () => {
    const db = await new Promise<IDBDatabase>((done, failed) => {
      const request = indexedDB.open('nexused-classroom');
      request.onerror = () => failed(request.error ?? new Error('There is no database'));
      request.onsuccess = () => done(request.result);
    });
    const all = <T>(store: string): Promise<T> =>
      new Promise((done) => {
        const request = db.transaction(store).objectStore(store).getAll();
        request.onsuccess = () => done(request.result as T);
      });
    type Clocks = Map<number, number>;
    const documents = await all<{ id: string; mine: Clocks; safe: Clocks; lost: boolean }[]>('documents');
    const updates = await all<{ id: string; updates: Uint8Array[] }[]>('updates');
    db.close();
    const bytesOf = (id: string): number =>
      updates
        .filter((row) => row.id === id)
        .reduce((sum, row) => sum + row.updates.reduce((n, u) => n + u.length, 0), 0);
    return Object.fromEntries(
      documents.map(({ id, mine, safe, lost }) => [id, JSON.stringify([[...mine], [...safe], lost, bytesOf(id)])]),
    );
  });

/** Rows of the board's history that came after the end. */
async function lateIn(): Promise<number> {
  const answer = await tutor.request.get(`${product.url}/api/v1/lessons/${lesson.code}/history/board`);
  expect(answer.status()).toBe(200);
  return decodeHistory(await answer.body()).filter(({ late }) => late).length;
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA, ROHAN] });
  tutor = await personPage(browser, complaints);
  shared = await personPage(browser, complaints);
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(shared, product.url, ASHA, lesson.code);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'shared-failed', { tutor, shared }));

/** Of Asha, once somebody else is signed in. */
let left: Record<string, string> = {};

describe('what was done without a connection and not sent', () => {
  it('OF11 is spoken of on every page of its author, with the way to its lesson', async () => {
    await draw(shared, 0.3);
    await strokes(tutor, 1, 'the stroke with a connection');
    await shared.locator('section.board[data-unsaved="0"]').waitFor({ state: 'attached' });
    const context = shared.context();
    await context.setOffline(true);
    await draw(shared, 0.5);
    await shared.getByText('1 change is kept on this device').filter({ visible: true }).first().waitFor();
    await shared.getByRole('textbox', { name: 'Message' }).fill('Can you still read me?');
    await shared.keyboard.press('Enter');
    await shared.getByText('Can you still read me?').waitFor();
    const next = await context.newPage();
    next.setDefaultTimeout(30_000);
    next.on('pageerror', (error) => complaints.push(`${next.url()}: ${error.message}`));
    await shared.close();
    shared = next;
    await context.setOffline(false);
    await open(shared, `${product.url}/bookings`);
    const said = waiting(shared).getByText('1 message and 1 change not sent yet');
    await said.waitFor({ timeout: 60_000 });
    await shot(shared, 'waits');
    await shared.emulateMedia({ colorScheme: 'dark' });
    await shared.setViewportSize({ width: 390, height: 800 });
    await shot(shared, 'waits-390-dark');
    await shared.emulateMedia({ colorScheme: 'light' });
    await shared.setViewportSize({ width: 1280, height: 800 });
    await waiting(shared).getByRole('link', { name: 'Open the lesson' }).click();
    await shared.waitForURL(`**/lessons/${lesson.code}`);
    await shared.getByText('1 change not sent yet').waitFor();
    expect(await strokesOn(tutor)).toBe(1);
  });

  it('OF7 [x-person] is neither shown to the next one in this browser, nor sent, nor written, also in the same lesson', async () => {
    await signInInstead(shared, product.url, ROHAN);
    await until('what is safe of Asha to go', async () => {
      left = await rowsIn(shared);
      return Object.keys(left).length === 2;
    });
    await new Promise((done) => setTimeout(done, 2_000));
    expect(await waiting(shared).count()).toBe(0);
    await open(shared, `${product.url}/lessons/${lesson.code}`);
    await shared.getByRole('button', { name: 'Join lesson' }).waitFor();
    await new Promise((done) => setTimeout(done, 1_000));
    expect(await shared.locator('[data-kept]').count()).toBe(0);
    await joinLesson(shared, product.url, lesson.code);
    await strokes(shared, 1, 'the board as everybody has it');
    await draw(shared, 0.7);
    await strokes(tutor, 2, 'what Rohan drew');
    await shared.locator('section.board[data-unsaved="0"]').waitFor({ state: 'attached' });
    expect(await shared.getByText('Can you still read me?').count()).toBe(0);
    await endLesson(product.url, lesson);
    await shared.locator('[data-phase="ended"]').waitFor({ timeout: 40_000 });
    await open(shared, `${product.url}/home`);
    await new Promise((done) => setTimeout(done, 3_000));
    expect(await waiting(shared).count()).toBe(0);
    expect(await lateIn()).toBe(0);
    expect(await rowsIn(shared)).toMatchObject(left);
    // Nothing of Rohan's is only here: he is not asked, and what is Asha's is not his to throw away.
    await shared.getByRole('button', { name: /Account/ }).click();
    await shared.getByRole('menuitem', { name: 'Sign out' }).click();
    await shared.waitForURL(`${product.url}/`);
    expect(await rowsIn(shared)).toEqual(left);
  });

  it('OF11 goes into the replay of the lesson that ended meanwhile, from the first page that its author opens', async () => {
    await signInAs(shared, product.url, ASHA);
    await shared.getByText('1 change handed in').waitFor();
    await waiting(shared).getByText('1 message not taken').waitFor();
    await shot(shared, 'handed-in');
    expect(await lateIn()).toBe(1);
    await open(shared, `${product.url}/lessons/${lesson.code}/replay`);
    await shared.getByRole('tab', { name: 'People' }).click();
    await shared.getByText('1 thing drawn without a connection').waitFor();
    await open(shared, `${product.url}/lessons/${lesson.code}`);
    await shared.locator('[data-kept="board"]').getByText('1 change not sent before the end').waitFor();
    await shared.locator('[data-kept="chat"]').getByText('1 message not taken').waitFor();
    for (const kind of ['board', 'chat']) {
      const notice = shared.locator(`[data-kept="${kind}"]`);
      await notice.getByRole('button', { name: 'Throw away' }).click();
      await notice.getByRole('button', { name: 'Throw away for good' }).click();
      await notice.waitFor({ state: 'detached' });
    }
    await open(shared, `${product.url}/home`);
    await new Promise((done) => setTimeout(done, 1_500));
    expect(await waiting(shared).count()).toBe(0);
    expect(complaints).toEqual([]);
  });
});
