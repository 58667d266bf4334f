/** A case of five thousand events, three hours of fifty people, on the page of ops: it opens, scrolls, zooms and finds. */
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { businessNow, payOrder, signIn, tutorBySlug, until } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { crowdLesson } from '../support/crowded-lesson.ts';
import { open } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let product: Product;
let browser: Browser;
let bookingId = '';
let startsAt = 0;
const contexts: BrowserContext[] = [];

async function pageOf(who: string, options: Parameters<typeof personContext>[1] = {}): Promise<Page> {
  const context = await personContext(browser, options);
  contexts.push(context);
  await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

async function clockTo(page: Page, to: number): Promise<void> {
  const multipart = new FormData();
  multipart.append('to', String(Math.floor(to)));
  const headers = { origin: product.url, 'x-sveltekit-action': 'true' };
  const answer = await page.context().request.post(`${product.url}/sandbox?/clock`, { multipart, headers });
  expect(await answer.json()).toMatchObject({ type: 'success' });
}

const casePath = (): string => `${product.url}/ops/cases/${bookingId}`;
const drawnRows = (page: Page): Promise<number> => page.locator('.timeline li').count();
const inSight = async (page: Page): Promise<{ from: number; to: number }> => {
  const field = page.locator('[data-from]');
  return {
    from: Number(await field.getAttribute('data-from')),
    to: Number(await field.getAttribute('data-to')),
  };
};

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  const asha = await signIn(product.url, 'student@demo.test');
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  const now = await businessNow(product.url);
  const slot = slots.find((one) => one.startsAt > now + 2 * HOUR);
  if (!slot) throw new Error('No free slot');
  const { body } = await asha.book({ tutorId, offerId: slot.offerId, startsAt: slot.startsAt });
  await payOrder(product.url, body.orderId ?? '');
  await asha.bookingWhen(body.bookingId, (one) => one.code !== null);
  ({ bookingId } = body);
  ({ startsAt } = slot);
  const ops = await pageOf('ops');
  await clockTo(ops, slot.startsAt - MINUTE);
  const raw = await ops.context().request.get(`${casePath()}`);
  const lessonId = /lessonId:"([^"]+)"/.exec(await raw.text())?.[1] ?? '';
  const studentId = /studentId:"([^"]+)"/.exec(await raw.text())?.[1] ?? '';

  const port = Number(new URL(product.url).port);
  const { dataDir } = product;
  await product.stop();
  const written = await crowdLesson(dataDir, {
    lessonId,
    tutorId,
    studentId,
    people: 50,
    from: slot.startsAt,
    minutes: 180,
  });
  expect(written).toBeGreaterThan(5_000);
  product = await startProduct({ dataDir, port });
  await clockTo(ops, slot.startsAt + 181 * MINUTE);
  await until(
    'the lesson to be over',
    async () => (await asha.bookingWhen(bookingId, () => true)).state !== 'confirmed',
  );
  await until('the dispute to be open', async () => {
    const complaint = { cause: 'cut-short', text: 'The sound was gone for most of it.' };
    const key = { 'idempotency-key': randomUUID() };
    return (await asha.post(`/api/v1/bookings/${bookingId}/dispute`, complaint, key)).status === 200;
  });
  for (const context of contexts.splice(0)) await context.close();
}, 300_000);

afterAll(() => closeAll(browser, product));

describe('a case of five thousand events', () => {
  it('[CT1] opens at once and draws only what is near the screen, while it scrolls at the pace of the screen', async () => {
    const page = await pageOf('ops');
    // Once for what any first page costs.
    await open(page, `${product.url}/ops`);
    const begun = performance.now();
    const answer = await page.goto(casePath());
    await page.locator('html[data-awake]').waitFor({ state: 'attached' });
    await page.getByRole('group', { name: 'On one time axis' }).waitFor();
    const opened = performance.now() - begun;
    const bytes = (await answer?.body())?.byteLength ?? 0;
    const count = page.getByRole('region', { name: 'What happened' }).getByRole('status').first();
    const total = Number(/of (\d+)/.exec(await count.innerText())?.[1]);
    expect(total).toBeGreaterThan(5_000);
    expect(await drawnRows(page)).toBeLessThan(400);

    await page.getByRole('button', { name: /small events$/ }).click();
    await expect.poll(() => count.innerText()).toBe(`${total} entries`);
    const frames = await page.evaluate(async () => {
      document.querySelector('.timeline .lanes')?.scrollIntoView();
      const deltas: number[] = [];
      let last = await new Promise<number>((done) => requestAnimationFrame(done));
      for (let frame = 0; frame < 240; frame += 1) {
        scrollBy(0, 60);
        const now = await new Promise<number>((done) => requestAnimationFrame(done));
        deltas.push(now - last);
        last = now;
      }
      return deltas.sort((a, b) => a - b);
    });
    const at = (part: number): string => (frames[Math.floor((frames.length - 1) * part)] ?? 0).toFixed(1);
    console.log(
      `case of ${total} rows: opened in ${opened.toFixed(0)} ms, ${(bytes / 1024).toFixed(0)} KiB; ` +
        `frames p50 ${at(0.5)} p95 ${at(0.95)} worst ${at(1)} ms`,
    );
    // Generous: the machine may be at work on other things.
    expect(opened).toBeLessThan(20_000);
    expect(bytes).toBeLessThan(1_500_000);
    expect(await drawnRows(page)).toBeLessThan(400);
  });

  it('[CT2] leads to any of its events by its link, and by j', async () => {
    const page = await pageOf('ops');
    await open(page, casePath());
    const answer = await page.context().request.get(casePath());
    const ids = [...(await answer.text()).matchAll(/\[\\?"([0-9a-f-]{36})\\?",\d+,/g)].map(([, id]) => id ?? '');
    expect(ids.length).toBeGreaterThan(5_000);
    const far = ids[4_000] ?? '';
    await open(page, `${casePath()}#e-${far}`);
    const row = page.locator(`[id="e-${far}"]`);
    await row.locator('details[open]').waitFor();
    await row.getByText('As stored (JSON)').click();
    await row.locator('pre').filter({ hasText: 'lessonId' }).waitFor();
    expect(await row.evaluate((one) => one.getBoundingClientRect().top < innerHeight)).toBe(true);
    const place = Number(await row.getAttribute('aria-posinset'));
    for (let times = 0; times < 40; times += 1) {
      await page.keyboard.press('j');
      await page.locator(`.timeline li[aria-posinset="${place + times + 1}"] summary:focus`).waitFor();
    }
    expect(await drawnRows(page)).toBeLessThan(400);
  });

  it('[CT6] zooms from weeks to seconds, and lists what is in sight', async () => {
    const page = await pageOf('ops');
    await open(page, casePath());
    await page.getByRole('button', { name: 'Whole' }).click();
    const whole = await inSight(page);
    await page.getByRole('button', { name: 'Lesson', exact: true }).first().click();
    const lesson = await inSight(page);
    expect(lesson.to - lesson.from).toBeLessThan(whole.to - whole.from);
    expect(lesson.from).toBeLessThan(startsAt);
    const field = page.getByRole('group', { name: 'On one time axis' });
    await field.focus();
    for (let times = 0; times < 30; times += 1) await page.keyboard.press('+');
    await expect.poll(async () => (await inSight(page)).to - (await inSight(page)).from).toBeLessThan(10_000);
    await page.getByRole('button', { name: 'List only this span' }).click();
    const count = page.getByRole('region', { name: 'What happened' }).getByRole('status').first();
    await expect.poll(async () => Number(/^(\d+)/.exec(await count.innerText())?.[1])).toBeLessThan(200);
    await page.keyboard.press('Shift+Tab');
    await field.focus();
    await page.keyboard.press('0');
    await expect.poll(() => inSight(page)).toEqual(whole);
  });

  it('[CT8, CT9] leads from a row to that moment of the lesson, and shows how people were there', async () => {
    const page = await pageOf('ops');
    const answer = await page.context().request.get(`${casePath()}/events`);
    const all: readonly { eventId: string; type: string; occurredAt: number }[] = await answer.json();
    const weak = all.find(({ type }) => type === 'ConnectionWeakened');
    await open(page, `${casePath()}#e-${weak?.eventId ?? ''}`);
    const row = page.locator(`[id="e-${weak?.eventId ?? ''}"]`);
    await row.getByRole('link', { name: 'See this moment in the lesson' }).click();
    await page.waitForURL(`**/replay?at=${weak?.occurredAt ?? 0}`);
    await page.locator('[data-replay="ready"]').waitFor();
    await page.getByRole('region', { name: 'Who was there' }).getByText('46 more people').waitFor();
    await page.locator('[data-there]').filter({ hasText: 'weak connection' }).first().waitFor();
  });
});
