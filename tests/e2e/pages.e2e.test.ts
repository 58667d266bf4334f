/** Every page, as the people who may see it, at phone and desk width: no error, no sideways scrolling, axe has nothing serious. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { payOrder, signIn, tutorBySlug } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { open } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let bookingId = '';
let code = '';

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  const asha = await signIn(product.url, 'student@demo.test');
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  const slot = slots.find((free) => free.offerId === 'hour' && free.startsAt > Date.now() + 48 * 3_600_000);
  const { body } = await asha.book({ tutorId, offerId: 'hour', startsAt: slot?.startsAt ?? 0 });
  await payOrder(product.url, body.orderId ?? '');
  const booking = await asha.bookingWhen(body.bookingId, ({ code }) => code !== null);
  [bookingId, code] = [booking.bookingId, booking.code ?? ''];
});

afterAll(() => closeAll(browser, product));

const PAGES: readonly (readonly [who: string | null, paths: readonly string[]])[] = [
  [
    null,
    [
      '/',
      '/tutors',
      '/tutors?subject=Klingon',
      '/tutors/kavita-rao',
      '/sign-in',
      '/sign-up',
      '/forgot-password',
      '/verify',
      '/nowhere',
    ],
  ],
  [
    'student',
    [
      '/home',
      '/bookings',
      '/bookings/:id',
      '/bookings/:id/move',
      '/bookings/:id/report',
      '/lessons/:code',
      '/lessons/:code/replay',
      '/payments',
      '/notifications',
      '/settings',
      '/progress',
      '/messages',
      '/messages/new',
      '/messages/join/nothing',
      '/study',
      '/study/join/nothing',
    ],
  ],
  ['parent', ['/home', '/bookings', '/payments']],
  [
    'tutor',
    [
      '/home',
      '/tutor/calendar',
      '/tutor/profile',
      '/tutor/students',
      '/tutor/earnings',
      '/tutor/earnings/:id',
      '/tutor/payouts',
      '/bookings/:id/move',
      '/lessons/:code/replay',
    ],
  ],
  ['admin', ['/home', '/institute', '/messages']],
  ['ops', ['/ops', '/ops/cases/:id', '/sandbox', '/sandbox/ui']],
  ['auditor', ['/audit', '/audit/heads', '/audit/looks', '/audit/bookings/:id', '/audit/bookings/:id/then?and=now']],
];

async function check(page: Page, path: string): Promise<string[]> {
  const wrong: string[] = [];
  const onError = (error: Error): void => void wrong.push(`${path}: ${error.message}`);
  page.on('pageerror', onError);
  const address = path.replace(':id', bookingId).replace(':code', code);
  await open(page, product.url + address);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (sideways > 0) wrong.push(`${path}: scrolls ${sideways} px sideways`);
  const text = await page.locator('body').innerText();
  if (path !== '/nowhere' && /nothing at this address|went wrong on our side/i.test(text))
    wrong.push(`${path}: shows an error`);
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  for (const violation of violations)
    if (violation.impact === 'serious' || violation.impact === 'critical')
      wrong.push(
        `${path}: ${violation.id} at ${violation.nodes
          .map((node) => node.target.join(' '))
          .slice(0, 3)
          .join(' | ')}`,
      );
  page.off('pageerror', onError);
  return wrong;
}

describe.each([
  ['390 px, dark', { width: 390, height: 844, dark: true }],
  ['1280 px, light', { width: 1280, height: 800 }],
] as const)('at %s', (_name, size) => {
  it.each(PAGES)('the pages of %s are whole', async (who, paths) => {
    const context = await personContext(browser, size);
    if (who) await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
    const page = await context.newPage();
    const wrong: string[] = [];
    for (const path of paths) wrong.push(...(await check(page, path)));
    await context.close();
    expect(wrong).toEqual([]);
  });
});

describe('a page that a role may not see', () => {
  it.each([
    ['student', '/ops'],
    ['student', '/audit'],
    ['student', '/tutor/earnings'],
    ['student', '/tutor/payouts'],
    ['student', '/tutor/earnings.csv'],
    ['tutor', '/bookings/:id/report'],
    ['tutor', '/payments.csv'],
    ['student2', '/bookings/:id/report'],
    ['student2', '/bookings/:id/move'],
    ['tutor', '/ops/cases/:id'],
    ['student2', '/bookings/:id'],
    ['student2', '/lessons/:code'],
    ['student2', '/lessons/:code/replay'],
    ['ops', '/audit'],
    ['ops', '/audit/export'],
    ['student', '/audit/bookings/:id/export'],
  ])('answers %s at %s like an unknown one', async (who, path) => {
    const context = await personContext(browser);
    await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
    const answer = await context.request.get(product.url + path.replace(':id', bookingId).replace(':code', code));
    expect(answer.status()).toBe(404);
    await context.close();
  });
});
