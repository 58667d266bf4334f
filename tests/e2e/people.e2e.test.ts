/** What people do around a lesson: sign up, set a price, cancel, join without devices, be three in a group. */
import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, businessNow, payOrder, signIn, tutorBySlug, until, type Client } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { draw, joinLesson, open, picturesAdvance, signInAs, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;

async function newPage(options: Parameters<typeof personContext>[1] = {}): Promise<Page> {
  const context = await personContext(browser, options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

/** A link in the newest mail to that address whose subject fits. */
async function linkInMail(to: string, subject: RegExp): Promise<string> {
  return until(`a mail to ${to}`, async () => {
    const { body } = await ask<{ messages: { subject: string; text: string }[] }>(
      `${product.url}/sandbox/mail/messages?to=${encodeURIComponent(to)}`,
    );
    return /https?:\/\/\S+/.exec(body.messages.find((mail) => subject.test(mail.subject))?.text ?? '')?.[0];
  });
}

async function booked(
  client: Client,
  offerId: string,
  startsAt: number,
  tutorId: string,
): Promise<{ bookingId: string; code: string }> {
  const { body } = await client.book({ tutorId, offerId, startsAt });
  await payOrder(product.url, body.orderId ?? '');
  const { code } = await client.bookingWhen(body.bookingId, (booking) => booking.code !== null);
  return { bookingId: body.bookingId, code: code ?? '' };
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
});

afterAll(() => closeAll(browser, product));

describe('an account', () => {
  it('is made with e-mail and password, confirmed by mail, and gets a new password by mail', async () => {
    const page = await newPage();
    await open(page, `${product.url}/sign-up`);
    await page.getByLabel('Name').fill('Ira Sen');
    await page.getByLabel('E-mail').fill('ira@people.test');
    await page.getByLabel('Password', { exact: true }).fill('first password');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.waitForURL('**/home');
    await page.goto(await linkInMail('ira@people.test', /confirm/i));
    await page.getByText('Your address is confirmed').waitFor();

    const other = await newPage();
    await open(other, `${product.url}/forgot-password`);
    await other.getByLabel('E-mail').fill('ira@people.test');
    await other.getByRole('button', { name: 'Send the link' }).click();
    await open(other, await linkInMail('ira@people.test', /new password/i));
    await other.getByLabel('New password').fill('second password');
    await other.getByRole('button', { name: 'Save the password' }).click();
    await other.getByText('Your new password is set').waitFor();
    await open(other, `${product.url}/sign-in`);
    await other.getByLabel('E-mail').fill('ira@people.test');
    await other.getByLabel('Password', { exact: true }).fill('first password');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.getByText('do not go together').waitFor();
    await other.getByLabel('Password', { exact: true }).fill('second password');
    await other.getByRole('button', { name: 'Sign in', exact: true }).click();
    await other.waitForURL('**/home');
    await page.context().close();
    await other.context().close();
  });
});

describe('a tutor', () => {
  it('changes a price, and students see and pay the new one', async () => {
    const page = await newPage();
    await signInAs(page, product.url, 'tutor@demo.test');
    await open(page, `${product.url}/tutor/profile`);
    await page.getByLabel('Price a seat, ₹').first().fill('900');
    await page.getByText('You receive ₹810').first().waitFor();
    await page.getByRole('button', { name: 'Save lessons and prices' }).click();
    await page.getByText('Saved. Lessons already booked keep their price.').waitFor();
    const { slots } = await until('the new price', async () => {
      const tutor = await tutorBySlug(product.url, 'kavita-rao');
      return tutor.slots.some((slot) => slot.offerId === 'hour' && slot.price === 90_000) ? tutor : null;
    });
    expect(slots.filter((slot) => slot.offerId === 'hour').every((slot) => slot.price === 90_000)).toBe(true);
    await page.context().close();
  });
});

describe('a booking', () => {
  it('is cancelled after seeing what comes back, and says so', async () => {
    const asha = await signIn(product.url, 'student@demo.test');
    const { tutorId, slots } = await tutorBySlug(product.url, 'nandini-das');
    const slot = slots.find((free) => free.offerId === 'hour' && free.startsAt > Date.now() + 48 * 3_600_000);
    if (!slot) throw new Error('No slot');
    const { bookingId } = await booked(asha, 'hour', slot.startsAt, tutorId);
    const page = await newPage({ width: 390, height: 844 });
    await signInAs(page, product.url, 'student@demo.test');
    await open(page, `${product.url}/bookings/${bookingId}`);
    await page.getByRole('button', { name: 'Cancel this booking' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('₹600').first().waitFor();
    await dialog
      .getByRole('button', { name: /cancel/i })
      .last()
      .click();
    await page.getByText('This booking is cancelled').first().waitFor();
    await asha.bookingWhen(bookingId, (booking) => booking.refunded === 60_000);
    await page.context().close();
  });
});

describe('a group lesson', () => {
  it('shows a third person who joins later everyone, the board and the chat so far; a camera is no must', async () => {
    const [asha, rohan] = [
      await signIn(product.url, 'student@demo.test'),
      await signIn(product.url, 'student2@demo.test'),
    ];
    const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
    const group = slots.find((slot) => slot.offerId === 'group' && slot.startsAt > Date.now() + 3_600_000);
    if (!group) throw new Error('No group slot');
    const { code } = await booked(asha, 'group', group.startsAt, tutorId);
    expect((await booked(rohan, 'group', group.startsAt, tutorId)).code).toBe(code);

    const stranger = await signIn(product.url, 'parent@demo.test');
    expect((await stranger.post(`/api/v1/lessons/${code}/join`)).status).toBe(404);
    const early = await asha.post<{ code: string }>(`/api/v1/lessons/${code}/join`);
    expect([early.status, early.body.code]).toEqual([409, 'not-open-yet']);

    const [tutor, student, third] = [await newPage(), await newPage(), await newPage({ devices: false })];
    await signInAs(tutor, product.url, 'tutor@demo.test');
    await open(tutor, `${product.url}/sandbox`);
    await tutor
      .getByRole('button', { name: /next lesson/i })
      .first()
      .click();
    await until('the start', async () => (await businessNow(product.url)) >= group.startsAt - 15 * 60_000);
    await signInAs(student, product.url, 'student@demo.test');
    await signInAs(third, product.url, 'student2@demo.test');
    await joinLesson(tutor, product.url, code);
    await joinLesson(student, product.url, code);
    await draw(tutor, 0.4);
    await picturesAdvance(student, 1);

    await open(third, `${product.url}/lessons/${code}`);
    await third
      .getByText(/join without them/i)
      .first()
      .waitFor();
    await third.getByRole('button', { name: 'Join lesson' }).click();
    await third.locator('[data-phase="live"]').waitFor();
    await picturesAdvance(third, 2);
    await until('the board so far', async () => (await strokesOn(third)) === 1);
    for (const page of [tutor, student]) await page.getByText('Rohan').first().waitFor();

    const again = randomUUID();
    expect((await asha.post(`/api/v1/lessons/${code}/end`, {}, { 'idempotency-key': again })).status).toBe(403);
    for (const page of [tutor, student, third]) await page.context().close();
  });
});
