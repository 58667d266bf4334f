/** Ops look on at a lesson that is in dispute, from its case: everybody in it sees that, early or late, until they are gone. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { makeFakeMedia } from '../support/fake-media.ts';
import { ASHA, enterLesson, paidLesson, ROHAN, TUTOR, type PaidLesson } from '../support/lesson.ts';
import { draw, open, picturesAdvance, signInAs, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

const MINUTE = 60_000;
const OPS = 'ops@demo.test';

const fake = makeFakeMedia();
let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let rohan: Page;
let ops: Page;
let lesson: PaidLesson;
let bookingId: string;
const complaints: string[] = [];

const notice = (page: Page) => page.getByText('observes this lesson');

beforeAll(async () => {
  product = await startProduct({ env: { MEDIA_ADDRESS: '127.0.0.1' } });
  browser = await openBrowser(fake.browserOptions);
  lesson = await paidLesson(product.url, { students: [ASHA, ROHAN] });
  [tutor, asha, rohan, ops] = (await Promise.all([1, 2, 3, 4].map(() => personPage(browser, complaints)))) as [
    Page,
    Page,
    Page,
    Page,
  ];
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(asha, product.url, ASHA, lesson.code);
  [bookingId = ''] = lesson.bookingIds;
});
afterAll(async () => {
  await closeAll(browser, product);
  fake.remove();
});
afterEach(async ({ task }) => shootFailed(task.result?.state, 'observers', { tutor, asha, rohan, ops }));

describe('ops in a lesson', () => {
  it('[AC9] have no place in it without a dispute', async () => {
    await signInAs(ops, product.url, OPS);
    await open(ops, `${product.url}/lessons/${lesson.code}`);
    await ops.locator('[data-phase]').waitFor();
    expect(await ops.getByRole('button', { name: 'Observe lesson' }).count()).toBe(0);
  });

  it('[AC9, AC13] come from the case, are let in, are told of, receive, and can do nothing', async () => {
    await moveClockTo(product.url, lesson.slot.startsAt + 16 * MINUTE);
    const reported = await lesson.clients[0]?.post(
      `/api/v1/bookings/${bookingId}/dispute`,
      { cause: 'technical-failure', text: 'I hear nothing.' },
      { 'idempotency-key': randomUUID() },
    );
    expect(reported?.status).toBe(200);
    await open(ops, `${product.url}/ops/cases/${bookingId}`);
    await ops.getByRole('link', { name: 'Observe the lesson' }).click();
    await ops.getByText('Everybody in it is told').waitFor();
    // Nobody is asked for a camera who will not be seen.
    expect(await ops.locator('[data-preview]').count()).toBe(0);
    // The host lets everybody in themselves, and whoever is at the door has neither board nor chat yet.
    await tutor.getByRole('tab', { name: /People/ }).click();
    const asks = tutor.getByRole('checkbox', { name: 'Let everyone in yourself' });
    await asks.check();
    await tutor.getByText('Who comes waits at the door').waitFor();
    await ops.getByRole('button', { name: 'Observe lesson' }).click();
    await ops.locator('[data-phase="knocking"]').waitFor();
    for (const page of [tutor, asha]) expect(await notice(page).count()).toBe(0);
    await tutor
      .getByRole('region', { name: 'Waiting to be let in' })
      .first()
      .getByRole('button', { name: /^Let .+ in$/ })
      .click();
    await ops.locator('[data-phase="live"]').waitFor();
    await asks.uncheck();
    await tutor.getByText('Who comes waits at the door').waitFor({ state: 'detached' });
    for (const page of [tutor, asha]) await notice(page).waitFor();
    expect(await notice(tutor).textContent()).toContain('(NexusEd)');
    await ops.getByText('You observe this lesson.').waitFor();
    await picturesAdvance(ops, 2);
    // No tile, no microphone, no pen, no word.
    // Asha and oneself.
    expect(await tutor.locator('.people [data-person]').count()).toBe(2);
    for (const name of [/mute/i, /camera/i, /share/i, /hand/i])
      expect(await ops.locator('.controls-area').getByRole('button', { name }).count(), String(name)).toBe(0);
    await ops.locator('[data-strokes]').waitFor();
    await draw(tutor, 0.5);
    await until('the stroke to arrive', async () => (await strokesOn(ops)) === 1);
    await draw(ops, 0.7);
    await ops.waitForTimeout(1_000);
    expect(await strokesOn(ops)).toBe(1);
    expect(await ops.getByRole('textbox').count()).toBe(0);

    await tutor.getByText('Observer', { exact: true }).waitFor();
  });

  it('[AC13] whoever comes later is told, and nobody any more when they are gone', async () => {
    await enterLesson(rohan, product.url, ROHAN, lesson.code);
    await notice(rohan).waitFor();
    await ops.getByRole('button', { name: 'Leave' }).click();
    for (const page of [tutor, asha, rohan]) await notice(page).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });
});
