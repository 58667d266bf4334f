/**
 * A problem with a lesson, in real Chromium: the student reports it, the tutor answers, ops decide, and each side sees what
 * became of the money; and a lesson that is moved, at once and by agreement.
 */
import { randomUUID } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bankState, payOrder, signIn, tutorBySlug, until, type Client } from '../support/api.ts';
import { closeAll, openBrowser, personContext, shootFailed } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { joinLesson, open, picturesAdvance, signInAs } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let product: Product;
let browser: Browser;
let asha: Client;
let student: Page;
let tutor: Page;
let tutorId: string;

async function newPage(options: Parameters<typeof personContext>[1] = {}): Promise<Page> {
  const page = await (await personContext(browser, options)).newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

async function booked(startsAt: number): Promise<{ bookingId: string; code: string; startsAt: number }> {
  const { status, body } = await asha.book({ tutorId, offerId: 'hour', startsAt });
  if (status !== 201) throw new Error(`Not booked: ${status} ${JSON.stringify(body)}`);
  await payOrder(product.url, body.orderId ?? '');
  const { bookingId, code } = await asha.bookingWhen(body.bookingId, (booking) => booking.code !== null);
  return { bookingId, code: code ?? '', startsAt };
}

/** Asked for anew each time: in the evening the last hours of a day are few, and another test's lesson may stand there. */
async function slotAfter(ms: number): Promise<number> {
  const { slots } = await tutorBySlug(product.url, 'kavita-rao');
  const slot = slots.find((free) => free.offerId === 'hour' && free.startsAt > Date.now() + ms);
  if (!slot) throw new Error('No slot');
  return slot.startsAt;
}

/** What is seriously wrong for people who read or steer a page in another way. */
async function barriers(page: Page): Promise<readonly string[]> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id} at ${nodes[0]?.target.join(' ') ?? ''}`);
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  asha = await signIn(product.url, 'student@demo.test');
  ({ tutorId } = await tutorBySlug(product.url, 'kavita-rao'));
  [student, tutor] = [await newPage(), await newPage()];
  await signInAs(student, product.url, 'student@demo.test');
  await signInAs(tutor, product.url, 'tutor@demo.test');
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'disputes', { student, tutor }, { fullPage: true }));

describe('a lesson that is moved', () => {
  it('moves at once when the student asks in time; what the tutor asks for waits for the student', async () => {
    const { bookingId, startsAt } = await booked(await slotAfter(60 * HOUR));
    await open(student, `${product.url}/bookings/${bookingId}`);
    await student.getByRole('link', { name: 'Move to another time' }).click();
    await student.getByText('It moves at once').waitFor();
    await student
      .getByRole('link', { name: /\d{1,2}:\d\d\s?(am|pm)/ })
      .last()
      .click();
    await student.getByRole('button', { name: 'Move the lesson' }).click();
    await student.waitForURL(`**/bookings/${bookingId}`);
    const moved = await asha.bookingWhen(bookingId, (booking) => booking.startsAt !== startsAt);

    await open(tutor, `${product.url}/bookings/${bookingId}/move`);
    await tutor.getByText('Asha Menon must agree').waitFor();
    await tutor
      .getByRole('link', { name: /\d{1,2}:\d\d\s?(am|pm)/ })
      .last()
      .click();
    await tutor.getByRole('button', { name: 'Ask Asha Menon' }).click();
    await tutor.getByText(/You asked Asha Menon to move it/).waitFor();
    expect((await asha.booking(bookingId)).startsAt).toBe(moved.startsAt);

    await open(student, `${product.url}/home`);
    await student.getByText('Kavita Rao asks to move Mathematics').first().waitFor();
    await student.getByRole('link', { name: 'Look and answer' }).click();
    await student.getByRole('button', { name: 'Agree' }).click();
    await asha.bookingWhen(bookingId, (booking) => booking.startsAt !== moved.startsAt);
  });
});

describe('a problem with a lesson', () => {
  it('is reported in three steps, answered, decided, and paid back in part', async () => {
    const { bookingId, code, startsAt } = await booked(await slotAfter(HOUR));
    await open(student, `${product.url}/bookings/${bookingId}/report`);
    await student.getByText('This cannot be reported').waitFor();

    await moveClockTo(product.url, startsAt - MINUTE);
    await joinLesson(tutor, product.url, code);
    await joinLesson(student, product.url, code);
    await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(student, 1)]);
    await until('both to be counted', async () => {
      const { body } = await asha.get<{ attendance: { sent: unknown[] }[] }>(`/api/v1/lessons/${code}`);
      return body.attendance.filter(({ sent }) => sent.length > 0).length === 2;
    });
    await moveClockTo(product.url, startsAt + 16 * MINUTE);

    // On a phone, by keyboard.
    const phone = await newPage({ width: 390, height: 844, dark: true });
    await signInAs(phone, product.url, 'student@demo.test');
    await open(phone, `${product.url}/bookings/${bookingId}`);
    await phone.getByRole('link', { name: 'Report a problem' }).click();
    await phone.getByRole('button', { name: 'Next' }).click();
    await phone.getByText('Choose what happened.').waitFor();
    await phone.getByRole('radio', { name: /cut short/ }).press('Space');
    expect(await barriers(phone)).toEqual([]);
    await phone.getByRole('button', { name: 'Next' }).press('Enter');
    await phone.getByLabel('Tell it in your words').fill('The sound was gone after a quarter of an hour.');
    await phone.getByRole('button', { name: 'Next' }).press('Enter');
    await phone.getByRole('radio', { name: 'A part of it' }).press('Space');
    await phone.getByLabel('Amount in rupees').fill('801');
    await phone.getByRole('button', { name: 'Report the problem' }).press('Enter');
    await phone.getByText('Give an amount in rupees, at most ₹800.00.').waitFor();
    await phone.getByLabel('Amount in rupees').fill('400');
    await phone.getByRole('button', { name: 'Report the problem' }).press('Enter');
    await phone.getByText('₹800.00 is frozen until this is decided.').waitFor();
    await phone.getByText('waits for the tutor').waitFor();
    expect(await barriers(phone)).toEqual([]);

    await open(tutor, `${product.url}/home`);
    await tutor.getByText('Asha Menon reported a problem with Mathematics').waitFor();
    await tutor.getByRole('link', { name: 'Answer', exact: true }).click();
    await tutor.getByText(/^Answer by .* left/).waitFor();
    await tutor.getByLabel('Your answer').fill('My line broke for a while. We went on with the board.');
    expect(await barriers(tutor)).toEqual([]);
    await tutor.getByRole('button', { name: 'Send the answer' }).click();
    await tutor.getByText('under review').waitFor();

    // The student's page hears of it by itself.
    await phone.getByText('My line broke for a while. We went on with the board.').first().waitFor();
    await phone.getByLabel('Add to the case').fill('It was twenty minutes.');
    await phone.getByRole('button', { name: 'Add', exact: true }).click();
    await tutor.getByText('It was twenty minutes.').first().waitFor();

    const ops = await signIn(product.url, 'ops@demo.test');
    const decided = await ops.post(
      `/api/v1/bookings/${bookingId}/dispute/resolution`,
      { refund: 40_000, reason: 'Half of the lesson was without sound.' },
      { 'idempotency-key': randomUUID() },
    );
    expect(decided).toMatchObject({ status: 200, body: { kind: 'resolved' } });
    await asha.bookingWhen(bookingId, (booking) => booking.refunded === 40_000);

    await phone.getByText('₹400.00 goes back to you.').waitFor();
    await phone.getByText('Half of the lesson was without sound.').first().waitFor();
    const shown = await phone.getByRole('region', { name: 'Money back' }).innerText();
    expect(shown).toMatch(/₹400\.00/);
    expect(shown).toMatch(/by (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d/);
    await open(phone, `${product.url}/payments`);
    await phone.getByText('sent back').first().waitFor();
    const statement = await phone.context().request.get(`${product.url}/payments.csv`);
    expect(await statement.text()).toMatch(/refunded,400\.00,/);

    await tutor.getByText('₹400.00 goes back to the student.').waitFor();
    await open(tutor, `${product.url}/tutor/earnings/${bookingId}`);
    const earned = await tutor.locator('main').innerText();
    expect(earned).toContain('₹360.00');
    const lessons = await tutor.context().request.get(`${product.url}/tutor/earnings.csv`);
    expect(await lessons.text()).toMatch(/,800\.00,80\.00,720\.00,360\.00,0\.00,360\.00,/);

    const { reversals, refunds } = await bankState(product.url);
    // The lesson of the other test may by now be over too, with its own money.
    const ofIt = ({ notes }: { notes: Readonly<Record<string, string>> }): boolean => notes.booking_id === bookingId;
    expect(reversals.filter(ofIt)).toMatchObject([{ amount: 36_000 }]);
    expect(refunds.filter(ofIt)).toMatchObject([{ amount: 40_000 }]);
    await phone.context().close();
  });
});
