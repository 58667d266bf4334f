/** The policy rehearsal in a browser: what would differ, and the proof that nothing moved, for auditors and for ops. */
import { mkdirSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payOrder, signIn, tutorBySlug, type Client } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { open } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let asha: Client;
let cancelled = '';
const contexts = new Map<string, BrowserContext>();
/** A folder for pictures of the page, to look at; none unless it is given. */
const SHOTS = process.env['REHEARSAL_SHOTS'];

async function contextOf(who: string): Promise<BrowserContext> {
  const known = contexts.get(who);
  if (known) return known;
  const context = await personContext(browser);
  contexts.set(who, context);
  await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
  return context;
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
  await page.setViewportSize({ width: 1280, height: 900 });
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

/** Days around whatever hour it is, as an address has them. */
const day = (fromNow: number): string => new Date(Date.now() + fromNow * 86_400_000).toISOString().slice(0, 10);

/** All lessons of the next months. */
const days = (): string => `from=${day(-2)}&to=${day(120)}`;

async function result(page: Page): Promise<void> {
  await page.locator('[data-rehearsal="done"]').waitFor({ timeout: 30_000 });
}

beforeAll(async () => {
  [product, browser] = await Promise.all([startProduct(), openBrowser()]);
  asha = await signIn(product.url, 'student@demo.test');
  await bookedAndPaid(30);
  cancelled = await bookedAndPaid(60);
  await asha.post(`/api/v1/bookings/${cancelled}/cancel`, {}, { 'idempotency-key': randomUUID() });
  await asha.bookingWhen(cancelled, ({ refunded }) => refunded === 80_000);
});

afterAll(() => closeAll(browser, product));

describe('a rehearsal', () => {
  it('[RH4] under the rule in force finds no difference, and shows that nothing moved', async () => {
    const page = await (await contextOf('auditor')).newPage();
    await open(page, `${product.url}/audit`);
    await page.getByRole('link', { name: 'Rehearse another rule' }).click();
    await page.getByText('Nothing rehearsed yet').waitFor();
    await shoot(page, 'empty');
    await open(page, `${product.url}/audit/rehearsal?${days()}`);
    await page.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await result(page);
    await page.getByText('No difference').waitFor();
    expect(await page.locator('[data-proof="whole"]').count()).toBe(1);
    await shoot(page, 'same');
    await page.close();
  });

  it('[RH5] says what a student who cancelled would have got, and leads ops to the case', async () => {
    const page = await (await contextOf('ops')).newPage();
    await open(page, `${product.url}/audit/rehearsal?${days()}`);
    await page.getByLabel('Free after booking, minutes').fill('0');
    for (const line of ['Tier 1', 'Tier 2']) {
      const tier = page.getByRole('group', { name: line });
      await tier.getByLabel('Hours before').fill('');
      await tier.getByLabel('Back, %').fill('');
    }
    await page.getByRole('button', { name: 'Rehearse', exact: true }).click();
    await result(page);
    // 800 of the student: 80 of them the platform's, 720 the tutor's.
    const totals = page.getByRole('table', { name: 'What would differ' });
    expect(await totals.getByRole('row', { name: /^Students/ }).innerText()).toMatch(/₹800\s+₹0\s+[−-]₹800/);
    expect(await totals.getByRole('row', { name: /^Tutors/ }).innerText()).toMatch(/₹0\s+₹720\s+\+₹720/);
    await shoot(page, 'differs');
    const rows = page.getByRole('table', { name: 'Bookings that would differ, the largest difference first' });
    expect(await rows.getByRole('link').getAttribute('href')).toBe(`/ops/cases/${cancelled}`);
    const csv = await page.request.get(
      product.url + ((await page.getByRole('link', { name: 'CSV' }).getAttribute('href')) ?? ''),
    );
    expect(await csv.text()).toContain(`${cancelled},`);
    await page.close();
  });

  it('[RH1] says what is wrong with a rule, and rehearses nothing', async () => {
    const page = await (await contextOf('auditor')).newPage();
    await open(page, `${product.url}/audit/rehearsal?${days()}&commission=60&go=1`);
    await page.getByText('The commission is between 0 and 50 %.').waitFor();
    expect(await page.locator('[data-rehearsal="idle"]').count()).toBe(1);
    await shoot(page, 'wrong');
    await page.close();
    const answer = await (await contextOf('auditor')).request.get(`${product.url}/audit/rehearsal/run?hold=x`);
    expect([answer.status(), await answer.json()]).toMatchObject([400, { code: 'hold-invalid' }]);
  });

  it('is nothing for students and tutors', async () => {
    for (const who of ['student', 'tutor'])
      for (const path of ['', '/run', '/rehearsal.csv'])
        expect(
          (await (await contextOf(who)).request.get(`${product.url}/audit/rehearsal${path}`)).status(),
          `${path} for ${who}`,
        ).toBe(404);
  });
});
