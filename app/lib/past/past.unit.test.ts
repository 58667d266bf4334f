/** AO7–AO9: what the auditor's page makes of instants and of a booking then. */
import { describe, expect, it } from 'vitest';
import type { BookingRow, PastBooking, PastEvent } from '#projections/queries.ts';
import { messagesIn } from '../messages/index.ts';
import { askedPast, pastAddress } from './asked.ts';
import { eventsAround } from './events.ts';
import { compare, pastFacts } from './facts.ts';

const ZONE = 'Asia/Kolkata';
const AT = Date.parse('2026-11-21T13:00:07.999Z');
const reader = { messages: messagesIn('en'), zone: ZONE };

const asked = (text: string) => askedPast(new URLSearchParams(text), ZONE);

describe('the instants of the address', () => {
  it('[AO7] are wall times of the viewer, by business time unless the other clock is named', () => {
    expect(asked('')).toEqual({ by: 'business', at: null, and: null, invalid: false });
    expect(asked('by=recorded&at=2026-11-21T18:30:07&and=')).toEqual({
      by: 'recorded',
      at: AT,
      and: null,
      invalid: false,
    });
    expect(asked('by=sun&at=5&and=now')).toEqual({ by: 'business', at: 5, and: 'now', invalid: false });
  });

  it('[AO7] that are none count as not named', () => {
    expect(asked('at=yesterday&and=7')).toEqual({ by: 'business', at: null, and: 7, invalid: true });
    expect(asked('at=7&and=2026-02-30T00:00')).toEqual({ by: 'business', at: 7, and: null, invalid: true });
  });

  it('[AO7] come back from the address that is made of them', () => {
    for (const wanted of [
      { by: 'recorded', at: AT, and: 'now' },
      { by: 'business', at: AT, and: AT + 1 },
      { by: 'business', at: null, and: null },
    ] as const)
      expect(asked(pastAddress(wanted).slice(1))).toEqual({ ...wanted, invalid: false });
  });
});

const event = (eventId: string, occurredAt: number, recordedAt: number): PastEvent => ({
  eventId,
  type: 'X',
  occurredAt,
  recordedAt,
});
const EVENTS = [event('a', 10, 100), event('b', 20, 200), event('c', 20, 300), event('late', 5, 400)];

describe('the events around an instant', () => {
  it('[AO8] are counted and stepped through by the clock that was asked for', () => {
    expect(eventsAround(EVENTS, { by: 'business', at: 19 })).toMatchObject({
      seen: 2,
      all: 4,
      last: 10,
      earlier: 5,
      later: 20,
    });
    // Two of one instant come together.
    expect(eventsAround(EVENTS, { by: 'business', at: 20 })).toMatchObject({ seen: 4, earlier: 10, later: null });
    expect(eventsAround(EVENTS, { by: 'recorded', at: 300 })).toMatchObject({ seen: 3, earlier: 200, later: 400 });
    expect(eventsAround(EVENTS, { by: 'recorded', at: 99 })).toMatchObject({
      seen: 0,
      last: null,
      earlier: null,
      later: 100,
    });
    expect(eventsAround([], { by: 'recorded', at: 99 })).toMatchObject({ seen: 0, all: 0, later: null, near: [] });
  });

  it('[AO8] are few, however many there are', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => event(String(index), index, index));
    const { near } = eventsAround(many, { by: 'business', at: 2_000 });
    expect(near.map(({ stamp }) => stamp)).toEqual([1996, 1997, 1998, 1999, 2000, 2001, 2002, 2003, 2004, 2005]);
    expect(near.filter(({ seen }) => seen)).toHaveLength(5);
  });
});

const booking: BookingRow = {
  bookingId: 'b1',
  state: 'confirmed',
  tutorId: 't',
  tutorName: 'Meera',
  tutorSlug: null,
  studentId: 's',
  studentName: 'Ravi',
  bookedBy: 's',
  offerId: 'o',
  subject: 'Physics',
  startsAt: AT,
  minutes: 60,
  seats: 1,
  price: 80_000,
  mode: 'instant',
  note: '',
  policyVersion: '2026-11',
  requestedAt: AT,
  confirmedAt: null,
  lessonId: null,
  code: null,
  payBy: null,
  orderId: null,
  payment: 'paid',
  paymentProblem: null,
  paymentMethod: null,
  refundDue: 0,
  refunded: 0,
  declineReason: null,
  cancelledBy: null,
  cancelRule: null,
  outcome: null,
  reschedule: null,
  refundCapPct: 100,
  disputeState: null,
  refundState: null,
  refundExpectedBy: null,
};
const THEN: PastBooking = {
  moment: { by: 'business', at: AT },
  booking,
  payout: null,
  payments: [],
  refunds: [],
  dispute: null,
  chargebacks: [],
  ledger: [],
  accounts: [{ account: 'escrow:booking:b1', name: 'Paid for lessons to come', balance: -80_000 }],
  money: { gross: 80_000, returned: 0, tutor: 0, commission: 0, held: 80_000 },
};
const LATER: PastBooking = {
  ...THEN,
  booking: { ...booking, state: 'cancelled', cancelledBy: 'tutor', cancelRule: 'by-tutor', refundDue: 80_000 },
  accounts: [
    { account: 'escrow:booking:b1', name: 'Paid for lessons to come', balance: 0 },
    { account: 'refund:in_flight:r', name: 'Refunds on their way', balance: -80_000 },
  ],
};

describe('what differs between two instants', () => {
  const then = pastFacts(THEN, reader);
  const later = pastFacts(LATER, reader);

  it('[AO9] is told line by line, in words and rupees, accounts with their difference', () => {
    const { rows, same } = compare(then, later);
    expect(rows.map(({ id, before, after, by }) => [id, before, after, by])).toEqual([
      ['state', 'confirmed', 'cancelled', null],
      ['cancelled', null, 'by the tutor, by-tutor', null],
      ['refundDue', null, '₹800.00', 80_000],
      ['account:escrow:booking:b1', '₹800.00 Cr', '₹0.00', 80_000],
      ['account:refund:in_flight:r', null, '₹800.00 Cr', -80_000],
    ]);
    expect(same).toBe(then.length - 2);
  });

  it('[AO9] is nothing between an instant and itself, and everything to before the booking', () => {
    expect(compare(then, then)).toEqual({ rows: [], same: then.length });
    const none = pastFacts({ ...THEN, booking: null, accounts: [], money: null }, reader);
    expect(none).toEqual([]);
    expect(compare(none, then).rows).toHaveLength(then.length);
    expect(compare(then, none).rows.find(({ id }) => id === 'held')?.by).toBe(-80_000);
  });

  it('[AO9] names every line once', () => {
    expect(new Set(later.map(({ id }) => id)).size).toBe(later.length);
  });
});
