/** “Where the money is”, and the papers of it, as each of the four readers gets them, through the whole program. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payOrder, signIn, tutorBySlug, until, type Client } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { open } from '../support/pages.ts';
import { readPdf } from '../support/pdf-text.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let asha: Client;
let paid = '';
let cancelled = '';
const contexts = new Map<string, BrowserContext>();
/** A folder for pictures of the pages, to look at; none unless it is given. */
const SHOTS = process.env['PAPERS_SHOTS'];

async function contextOf(who: string): Promise<BrowserContext> {
  const known = contexts.get(who);
  if (known) return known;
  const context = await personContext(browser);
  contexts.set(who, context);
  await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
  return context;
}

const download = async (who: string, path: string) => (await contextOf(who)).request.get(product.url + path);

async function paperOf(who: string, path: string): Promise<string> {
  const answer = await download(who, path);
  expect(answer.status(), `${path} for ${who}`).toBe(200);
  expect(answer.headers()['content-type']).toBe('application/pdf');
  expect(answer.headers()['content-disposition']).toMatch(/^attachment; filename="nexused-[\w-]+\.pdf"$/);
  return (await readPdf(await answer.body())).pages.join('\n');
}

async function shoot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const width of [1280, 390])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
}

/** The answer and the steps of “Where the money is” on a page. */
async function storyOf(who: string, path: string): Promise<{ answer: string; steps: string; all: string }> {
  const page = await (await contextOf(who)).newPage();
  page.setDefaultTimeout(30_000);
  await open(page, product.url + path);
  const section = page.getByRole('region', { name: 'Where the money is' });
  const answer = await section.locator('p').first().innerText();
  await section.locator('details').evaluate((details) => details.setAttribute('open', ''));
  const steps = await section.locator('ol').innerText();
  const link = section.locator('ol a').first();
  // A step leads to its event in the history on the same page, were it hidden there.
  await link.click();
  await page.locator(`[id="${((await link.getAttribute('href')) ?? '#').slice(1)}"]`).waitFor();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(wide, `${path} is wider than its window`).toBe(false);
  await shoot(page, `${who}-${path.slice(1).replaceAll(/\W+/g, '-').slice(0, 30)}`);
  const all = await section.innerText();
  await page.close();
  return { answer, steps, all };
}

async function bookedAndPaid(hours: number): Promise<string> {
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  const slot = slots.find(({ offerId, startsAt }) => offerId === 'hour' && startsAt > Date.now() + hours * 3_600_000);
  if (!slot) throw new Error('No free hour');
  const { body } = await asha.book({ tutorId, offerId: 'hour', startsAt: slot.startsAt });
  await payOrder(product.url, body.orderId ?? '');
  await asha.bookingWhen(body.bookingId, ({ code }) => code !== null);
  return body.bookingId;
}

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  asha = await signIn(product.url, 'student@demo.test');
  paid = await bookedAndPaid(30);
  cancelled = await bookedAndPaid(60);
  const headers = { 'idempotency-key': randomUUID() };
  await asha.post(`/api/v1/bookings/${cancelled}/cancel`, {}, headers);
  await asha.bookingWhen(cancelled, ({ refunded }) => refunded === 80_000);
  const kavita = await signIn(product.url, 'tutor@demo.test');
  await until('the payout to be held', async () => {
    const { body } = await kavita.get<{ rows: { bookingId: string; state: string }[] }>('/api/v1/earnings');
    return body.rows.some(({ bookingId, state }) => bookingId === paid && state === 'held');
  });
});

afterAll(() => closeAll(browser, product));

describe('where the money is', () => {
  it('[MS3] is told to each reader in their own words, and no more than is theirs', async () => {
    const student = await storyOf('student', `/bookings/${paid}`);
    expect(student.answer).toBe('₹800 is paid and waits for the lesson.');
    expect(student.all).not.toMatch(/720|commission|Held|pay_|trf_/);
    const tutor = await storyOf('tutor', `/tutor/earnings/${paid}`);
    expect(tutor.answer).toBe('₹720 is held for you. The 72 hours begin when the lesson has ended.');
    expect(tutor.all).not.toMatch(/pay_|order_|UPI/);
    expect((await storyOf('tutor', `/bookings/${paid}`)).answer).toBe(tutor.answer);
    for (const [who, path] of [
      ['ops', `/ops/cases/${paid}`],
      ['auditor', `/audit/bookings/${paid}`],
    ] as const) {
      const story = await storyOf(who, path);
      expect(story.answer).toMatch(/^₹720 is held for .+\. The 72 hours begin when the lesson has ended\.$/);
      expect(story.steps).toMatch(/pay_\w+[^]*trf_\w+/);
      expect(story.all).toMatch(/With NexusEd\s+₹80\.00\s+Held at Razorpay for the tutor\s+₹720\.00/);
    }
  });

  it('[MS6] says where a refund is and why', async () => {
    const student = await storyOf('student', `/bookings/${cancelled}`);
    expect(student.answer).toMatch(
      /^₹800 went back to you on .+ \(IST\), because the booking was cancelled within 15 minutes\.$/,
    );
    const tutor = await storyOf('tutor', `/tutor/earnings/${cancelled}`);
    expect(tutor.answer).toMatch(/^Not paid to you: the booking was cancelled within 15 minutes\. ₹800 went back/);
  });
});

describe('papers', () => {
  it('[PR1] are a receipt for the payer’s side and for ops, and for the tutor and strangers nothing', async () => {
    const page = await (await contextOf('student')).newPage();
    await open(page, `${product.url}/bookings/${paid}`);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Receipt (PDF)' }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`nexused-receipt-${paid}.pdf`);
    await open(page, `${product.url}/payments`);
    expect(await page.getByRole('link', { name: /^Receipt for / }).count()).toBe(2);
    await shoot(page, 'payments');
    await page.close();
    const path = `/bookings/${paid}/receipt.pdf`;
    const text = await paperOf('student', path);
    expect(text).toMatch(/₹800\.00 was paid to NexusEd[^]*pay_\w+[^]*Paid in the end\s+₹800\.00[^]*not a tax invoice/);
    expect(await paperOf('student', `/bookings/${cancelled}/receipt.pdf`)).toMatch(
      /−₹800\.00[^]*Paid in the end\s+₹0\.00/,
    );
    for (const who of ['ops', 'auditor']) expect(await paperOf(who, path)).toBe(text);
    for (const who of ['tutor', 'student2']) expect((await download(who, path)).status(), who).toBe(404);
    expect((await download('student', `/bookings/${randomUUID()}/receipt.pdf`)).status()).toBe(404);
  });

  it('[PR2, PR3] are a statement of a month for the tutor alone, the same each time', async () => {
    const page = await (await contextOf('tutor')).newPage();
    await open(page, `${product.url}/tutor/earnings`);
    const link = page.getByRole('link', { name: /^Statement of / });
    const href = (await link.getAttribute('href')) ?? '';
    await shoot(page, 'earnings');
    await page.close();
    expect(await paperOf('tutor', href)).toMatch(/Statement, \w+ \d{4}[^]*Nothing was released in this month/);
    const bytes = async () => (await download('tutor', '/tutor/earnings.pdf?month=2020-02')).body();
    expect((await bytes()).equals(await bytes())).toBe(true);
    for (const who of ['student', 'ops', 'auditor'])
      expect((await download(who, '/tutor/earnings.pdf')).status(), who).toBe(404);
  });

  // Last: it moves the clock past the lesson.
  it('[PR4, PR5, AU16] are a receipt of the lesson too, whose signed file anybody can check', async () => {
    const path = (kind: string) => `/bookings/${paid}/lesson.${kind}`;
    for (const kind of ['pdf', 'json']) expect((await download('student', path(kind))).status()).toBe(404);
    const booking = await asha.booking(paid);
    await moveClockTo(product.url, booking.startsAt + 3_600_000 + 20 * 60_000);
    await asha.bookingWhen(paid, ({ refunded }) => refunded === 80_000, 60_000);
    await until('the outcome', async () => (await download('student', path('pdf'))).status() === 200, 60_000);
    const text = await paperOf('student', path('pdf'));
    expect(text).toMatch(/Lesson receipt[^]*no minute of it was held[^]*Nobody came[^]*0 of 60 booked minutes/);
    for (const who of ['parent', 'admin', 'ops', 'auditor']) expect(await paperOf(who, path('pdf')), who).toBe(text);
    for (const who of ['tutor', 'student2'])
      for (const kind of ['pdf', 'json']) expect((await download(who, path(kind))).status(), who).toBe(404);

    const page = await (await contextOf('parent')).newPage();
    await open(page, `${product.url}/bookings/${paid}`);
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Signed file' }).click(),
    ]);
    await shoot(page, 'lesson-receipt');
    const signed = await readFile(await file.path());
    await open(page, `${product.url}/verify`);
    const check = async (body: Buffer): Promise<void> => {
      await page
        .locator('main input[type=file]')
        .first()
        .setInputFiles({ name: 'lesson.json', mimeType: 'application/json', buffer: body });
      await page.getByRole('button', { name: /^Check the file|^Check again/ }).click();
    };
    await check(signed);
    const genuine = page.locator('[data-verdict="document"]');
    await genuine.waitFor();
    expect(await genuine.innerText()).toMatch(/genuine[^]*Asha Menon[^]*Nobody came/);
    const print = /[0-9a-f]{64}/.exec(text.replaceAll(/\s+/g, ''))?.[0] ?? 'none';
    expect(await genuine.innerText()).toContain(print);
    await shoot(page, 'verify-document');
    await check(Buffer.from(signed.toString().replace('"outcome":"nobody"', '"outcome":"held"')));
    await page.locator('[data-verdict="signature"]').waitFor();
    await page.close();
  });
});
