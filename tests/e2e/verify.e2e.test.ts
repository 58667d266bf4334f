/** Proof for strangers: an auditor exports, and somebody signed out and offline finds the file whole, changed or cut. */
import { readFileSync } from 'node:fs';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn, tutorBySlug } from '../support/api.ts';
import { closeAll, openBrowser, personContext, personPage } from '../support/browser.ts';
import { open } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let bookingId = '';
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  const asha = await signIn(product.url, 'student@demo.test');
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  const slot = slots.find((free) => free.offerId === 'hour' && free.startsAt > Date.now() + 48 * 3_600_000);
  bookingId = (await asha.book({ tutorId, offerId: 'hour', startsAt: slot?.startsAt ?? 0 })).body.bookingId;
}, 180_000);

afterAll(() => closeAll(browser, product));

async function auditor(): Promise<Page> {
  const context = await personContext(browser);
  await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: 'auditor@demo.test' } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

async function downloaded(page: Page, press: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download') as Promise<Download>, press()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

async function give(page: Page, name: string, buffer: Buffer): Promise<void> {
  await page.locator('main input[type=file]').first().setInputFiles({ name, mimeType: 'text/plain', buffer });
  await page.getByRole('button', { name: /^Check (the file|again)$/ }).click();
}

const fact = (page: Page, name: string) =>
  page
    .locator('[data-verdict] dl > div')
    .filter({ has: page.locator('dt', { hasText: name }) })
    .locator('dd');

describe('an exported history', () => {
  it('AU11, AU12, AU14: is found whole, changed and cut by a stranger, signed out and offline', async () => {
    const page = await auditor();
    await open(page, `${product.url}/audit`);
    const exporting = page.getByRole('link', { name: 'Export the whole log' });
    const first = await downloaded(page, () => exporting.click());
    expect(first.name).toMatch(/^nexused-audit-\d{4}-\d\d-\d\dT\d{4}Z-whole\.jsonl$/);
    // One more event, so that a later head covers more than the first file holds.
    const asha = await signIn(product.url, 'student@demo.test');
    const key = { 'idempotency-key': crypto.randomUUID() };
    expect((await asha.post(`/api/v1/bookings/${bookingId}/cancel`, { reason: '' }, key)).status).toBe(200);
    const second = await downloaded(page, () => exporting.click());
    await page.reload();
    const heads = page.getByRole('link', { name: /^Download head / });
    const head = await downloaded(page, () => heads.first().click());
    expect(head.name).toMatch(/^nexused-head-\d+\.json$/);

    const stranger = await personPage(browser, complaints);
    await open(stranger, `${product.url}/verify`);
    await stranger.waitForLoadState('networkidle');
    const asked: string[] = [];
    stranger.on('request', (request) => asked.push(request.url()));
    await stranger.context().setOffline(true);

    await give(stranger, second.name, second.bytes);
    await stranger.getByText('This file is whole.').waitFor();
    const records = second.bytes
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('{"chain"')).length;
    expect(await fact(stranger, 'Events').innerText()).toBe(records.toLocaleString('en-IN'));

    const text = second.bytes.toString();
    const at = text.indexOf('"BookingRequested"');
    const flipped = Buffer.from(second.bytes);
    const byte = Buffer.byteLength(text.slice(0, at + 3));
    flipped[byte] = (flipped[byte] ?? 0) ^ 1;
    await give(stranger, 'flipped.jsonl', flipped);
    await stranger.locator('[data-verdict="chain"]').waitFor();
    expect(await fact(stranger, 'Line').innerText()).toBe(String(text.slice(0, at).split('\n').length));

    // Whole by itself, as it was exported then; the head that was published since tells that it is not all.
    await give(stranger, first.name, first.bytes);
    await stranger.getByText('This file is whole.').waitFor();
    await stranger.getByText('A published head that you kept').click();
    await stranger.getByRole('textbox', { name: 'Signed head' }).fill(head.bytes.toString());
    await give(stranger, first.name, first.bytes);
    await stranger.locator('[data-verdict="cut-off"]').waitFor();
    await stranger.getByText(/^The published head covers \d+ events\. This file ends after \d+ events\.$/).waitFor();
    await give(stranger, 'cut.jsonl', second.bytes.subarray(0, second.bytes.length - 500));
    await stranger.locator('[data-verdict="cut-off"]').waitFor();
    await give(stranger, second.name, second.bytes);
    await stranger.getByText('It goes through the published head that you gave.').waitFor();
    expect(asked).toEqual([]);
    await stranger.context().close();
    await page.context().close();
  });

  it('AU14: of one booking is exported from its page', async () => {
    const page = await auditor();
    await open(page, `${product.url}/audit/bookings/${bookingId}`);
    const file = await downloaded(page, () => page.getByRole('link', { name: 'Export with proofs' }).click());
    expect(file.name).toContain(`booking-${bookingId}`);
    await open(page, `${product.url}/verify`);
    await give(page, file.name, file.bytes);
    await page.getByText(`about the booking ${bookingId}`).waitFor();
    await page.context().close();
  });

  it('AU11: tells what is no export, no key and no head', async () => {
    const page = await personPage(browser, complaints, { width: 390, height: 844, dark: true });
    await open(page, `${product.url}/verify`);
    await page.getByRole('button', { name: 'Check the file' }).click();
    await page.getByText('Code: no-file').waitFor();
    await give(page, 'empty.jsonl', Buffer.alloc(0));
    await page.getByText('Code: empty').waitFor();
    await give(page, 'picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]));
    await page.getByText('Code: not-an-export').waitFor();
    await page.getByRole('textbox', { name: 'Public key' }).fill('not a key');
    await page.getByRole('button', { name: /^Check/ }).click();
    await page.getByText('Code: key-invalid').waitFor();
    await page.getByRole('button', { name: 'Use this server’s key' }).click();
    await page.getByText('A published head that you kept').click();
    await page.getByRole('textbox', { name: 'Signed head' }).fill('{"head":1}');
    await page.getByRole('button', { name: /^Check/ }).click();
    await page.getByText('Code: head-invalid').waitFor();
    await page.context().close();
  });

  it('AU14: is nothing that others find', async () => {
    for (const who of ['ops', 'student', 'tutor', 'admin']) {
      const context = await personContext(browser);
      await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
      for (const path of ['/audit/export', `/audit/bookings/${bookingId}/export`, '/audit/check', '/audit/heads'])
        expect((await context.request.get(product.url + path)).status(), `${who} ${path}`).toBe(404);
      await context.close();
    }
    expect(complaints).toEqual([]);
  });

  it('AU15: the log is read through when an auditor asks, and says so', async () => {
    const page = await auditor();
    await open(page, `${product.url}/audit`);
    await page.locator('[data-check="never"]').waitFor();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.locator('[data-check="whole"]').waitFor();
    expect(await page.locator('[data-check]').innerText()).toMatch(/^Whole\. All [\d,]+ events were read on /);
    await page.context().close();
  });
});
