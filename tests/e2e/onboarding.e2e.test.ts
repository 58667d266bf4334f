/** From a new account to a lesson that is paid, in real Chromium: a tutor signs up, is found, and can be booked once they can be paid. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signIn, tutorBySlug, until } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { moveClock } from '../support/clock.ts';
import { open } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

const HOUR = 3_600_000;

let product: Product;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  page = await (await personContext(browser)).newPage();
  page.setDefaultTimeout(30_000);
});

afterAll(() => closeAll(browser, product));

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await page.screenshot({ path: 'test-results/onboarding.png', fullPage: true });
});

const DETAILS: Readonly<Record<string, string>> = {
  'Legal name': 'Ira Sen',
  PAN: 'abcpe1234f',
  'Mobile number': '98765 43210',
  'House and street': '4 Fergusson Road',
  City: 'Pune',
  'PIN code': '411004',
  'Name on the account': 'Ira Sen CLARIFY',
  IFSC: 'hdfc0001234',
  'Account number': '001234567890',
  'Account number again': '001234567891',
};

const fill = async (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value);

it('a new tutor can be found at once, and booked 24 hours after their account is open', async () => {
  await open(page, `${product.url}/sign-up`);
  await page.getByText('I want to teach').click();
  await fill('Name', 'Ira Sen');
  await fill('E-mail', 'ira@onboarding.test');
  await fill('Password', 'a long password');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await page.waitForURL('**/home');

  await open(page, `${product.url}/tutor/profile`);
  await fill('Subjects', 'Mathematics');
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Your profile is published.').waitFor();
  await page.getByRole('button', { name: 'Add a lesson' }).click();
  await fill('Price a seat, ₹', '500');
  await page.getByRole('button', { name: 'Save lessons and prices' }).click();
  await page.getByText('Saved. Lessons already booked keep their price.').waitFor();
  await open(page, `${product.url}/tutor/calendar`);
  for (const day of ['Monday', 'Thursday', 'Saturday'])
    await page.getByRole('button', { name: `Add hours on ${day}` }).click();
  await page.getByRole('button', { name: 'Save weekly hours' }).click();
  await page.getByText('Your weekly hours are saved.').first().waitFor();

  // Found, and said plainly that it is too early.
  const asha = await signIn(product.url, 'student@demo.test');
  const { tutorId, slots } = await tutorBySlug(product.url, 'ira-sen');
  await open(page, `${product.url}/tutors/ira-sen`);
  await page.getByText('Ira cannot be booked yet').waitFor();
  const slot = slots.find((free) => free.startsAt > Date.now() + 30 * HOUR) ?? slots[0];
  if (slot) {
    const early = await asha.book({ tutorId, offerId: slot.offerId, startsAt: slot.startsAt });
    expect(early).toMatchObject({ status: 409, body: { code: 'tutor-not-bookable' } });
  }

  await open(page, `${product.url}/home`);
  await page.getByText('Say where your earnings go').waitFor();
  await page.getByRole('link', { name: 'Start' }).click();
  await page.waitForURL('**/tutor/payouts');
  await page.locator('html[data-awake]').waitFor({ state: 'attached' });
  for (const [label, value] of Object.entries(DETAILS)) await fill(label, value);
  const send = page.getByRole('button', { name: 'Send to the payment provider' });
  await send.click();
  // Each field says its own problem, by a stable code.
  await page.getByText('The two account numbers are not the same.').waitFor();
  await page.getByText('Give street, city and state.').waitFor();
  await page.getByText('Code: details-invalid').waitFor();
  await fill('Account number again', '0012 3456 7890');
  await page.getByLabel('State', { exact: true }).selectOption('Maharashtra');
  await send.click();

  // The provider finds the name on the account doubtful, and says which field; that one is typed again, and nothing else.
  await page.getByText('Something needs correcting').waitFor();
  await open(page, `${product.url}/tutor/payouts`);
  expect(await page.getByLabel('PAN', { exact: true }).inputValue()).toBe('');
  await page.getByText('We have the one ending in 234F.').waitFor();
  expect(await page.content()).not.toContain('001234567890');
  const wrong = page.getByLabel('Name on the account');
  await until('the field to be marked', async () => (await wrong.getAttribute('aria-invalid')) === 'true');
  await wrong.fill('Ira Sen');
  await send.click();
  await page.getByText('Activated, resting for 24 hours').waitFor();
  const text = await page.locator('main').innerText();
  expect(text).toContain('ends in 7890');
  expect(text).not.toContain('001234567890');
  expect(text).not.toContain('ABCPE1234F');

  await moveClock(product.url, 24 * HOUR - 5 * 60_000);
  await open(page, `${product.url}/tutors/ira-sen`);
  await page.getByText('Ira cannot be booked yet').waitFor();
  await moveClock(product.url, 6 * 60_000);
  await open(page, `${product.url}/tutors/ira-sen`);
  await page.getByText('Pick a time').first().waitFor();
  const free = (await tutorBySlug(product.url, 'ira-sen')).slots[0];
  expect(free).toBeDefined();
  const booked = await asha.book({ tutorId, offerId: free?.offerId ?? '', startsAt: free?.startsAt ?? 0 });
  expect(booked.status).toBe(201);
});
