/** A lesson for the browser tests: booked and paid for, and its people in it. */
import type { Page } from 'playwright-core';
import { payOrder, signIn, tutorBySlug, type Client, type Slot } from './api.ts';
import { moveClockTo } from './clock.ts';
import { joinLesson, signInAs } from './pages.ts';

export const TUTOR = 'tutor@demo.test';
export const ASHA = 'student@demo.test';
export const ROHAN = 'student2@demo.test';

export interface PaidLesson {
  readonly code: string;
  readonly tutorId: string;
  readonly slot: Slot;
  /** Those who booked, in their order. */
  readonly clients: readonly Client[];
  /** What they booked, likewise. */
  readonly bookingIds: readonly string[];
}

/**
 * Books the next free lesson of Kavita Rao that has a seat for each of these, pays for it, and moves the clock to where it
 * is about to begin.
 *
 * @param settings.before how long before the beginning the clock stands afterwards, ms; negative for after it.
 */
export async function paidLesson(
  base: string,
  settings: { students?: readonly string[]; before?: number } = {},
): Promise<PaidLesson> {
  const { students = [ASHA], before = 60_000 } = settings;
  const { tutorId, slots } = await tutorBySlug(base, 'kavita-rao');
  const alone = students.length === 1;
  const slot = slots.find(({ seats, seatsLeft, minutes }) =>
    alone ? seats === 1 && minutes === 60 : seats > 1 && seatsLeft >= students.length,
  );
  if (!slot) throw new Error(`The tutor has no free lesson for ${students.length}`);
  const clients: Client[] = [];
  const bookingIds: string[] = [];
  let code = '';
  for (const email of students) {
    const client = await signIn(base, email);
    const { body } = await client.book({ tutorId, offerId: slot.offerId, startsAt: slot.startsAt });
    if (!body.orderId) throw new Error(`${email} could not book: ${JSON.stringify(body)}`);
    await payOrder(base, body.orderId);
    const booking = await client.bookingWhen(
      body.bookingId,
      (one) => one.state === 'confirmed' && one.code !== null,
      30_000,
    );
    code = booking.code ?? '';
    clients.push(client);
    bookingIds.push(body.bookingId);
  }
  await moveClockTo(base, slot.startsAt - before);
  return { code, tutorId, slot, clients, bookingIds };
}

/** Ends the lesson for all, as its tutor, a while after its beginning. */
export async function endLesson(base: string, { code, slot }: PaidLesson): Promise<void> {
  await moveClockTo(base, slot.startsAt + 5 * 60_000);
  const tutor = await signIn(base, TUTOR);
  const { status, body } = await tutor.post<unknown>(`/api/v1/lessons/${code}/end`);
  if (status !== 200) throw new Error(`The lesson did not end: ${status} ${JSON.stringify(body)}`);
}

/** Signs a person in and brings them into the lesson, until its board and its chat are connected. */
export async function enterLesson(page: Page, base: string, email: string, code: string): Promise<void> {
  await signInAs(page, base, email);
  await joinLesson(page, base, code);
  const connected = { state: 'attached', timeout: 30_000 } as const;
  await page.locator('[data-board] [data-status="connected"]').waitFor(connected);
  await page.locator('section.chat[data-status="connected"]').waitFor(connected);
}
