import type { Column } from '$lib/ui/table.ts';
import type { TimelineEntry, TimelineLaneName } from '$lib/ui/timeline.ts';

/** Sat 21 Nov 2026, 6:30 pm in India. */
export const SAMPLE_AT = Date.UTC(2026, 10, 21, 13, 0);

export const SUBJECTS = ['JEE maths', 'CBSE physics', 'Spoken English'].map((label) => ({ value: label, label }));

export const ZONES = [
  { value: 'Asia/Kolkata', label: 'Kolkata', detail: 'UTC+5:30' },
  { value: 'Asia/Dubai', label: 'Dubai', detail: 'UTC+4' },
  { value: 'America/New_York', label: 'New York', detail: 'UTC−5' },
];

export const COLUMNS: readonly Column[] = [
  { id: 'lesson', label: 'Lesson', width: '40%' },
  { id: 'state', label: 'State', phone: 'full' },
  { id: 'amount', label: 'Yours', numeric: true },
];

interface SampleRow {
  readonly id: string;
  readonly name: string;
  readonly subject: string;
  readonly state: string;
  readonly amount: number;
  readonly tone?: 'now' | 'loss';
}

export const ROWS: readonly SampleRow[] = [
  { id: '1', name: 'Rohan Mehta', subject: 'JEE maths, 60 min', state: 'Held until Sun 22 Nov', amount: 72_000 },
  { id: '2', name: 'Kabir Sheikh', subject: 'JEE maths', state: 'Frozen by a dispute', amount: 72_000, tone: 'now' },
  {
    id: '3',
    name: 'Siddharth Venkataraghavan Chandrasekhar Subramaniam',
    subject: 'Olympiad maths, 90 min',
    state: 'Refunded',
    amount: -120_000,
    tone: 'loss',
  },
];

export const LANES: readonly TimelineLaneName[] = [
  { id: 'booking', label: 'Booking' },
  { id: 'payment', label: 'Payment' },
  { id: 'payout', label: 'Payout' },
  { id: 'lesson', label: 'Lesson' },
];

const HOUR = 3_600_000;

export const ENTRIES: readonly TimelineEntry[] = [
  { id: 'a', at: SAMPLE_AT - 40 * HOUR, lane: 'booking', words: 'Rohan asked for the seat.', raw: { price: 80_000 } },
  {
    id: 'b',
    at: SAMPLE_AT - 39.99 * HOUR,
    lane: 'payment',
    words: 'Rohan paid by UPI.',
    amount: 80_000,
    tone: 'key',
    raw: { method: 'upi' },
  },
  { id: 'c', at: SAMPLE_AT - 0.05 * HOUR, lane: 'lesson', words: 'Ananya came into the classroom.', detail: 'Host' },
  { id: 'd', at: SAMPLE_AT, lane: 'lesson', words: 'Ananya’s connection was lost.', tone: 'loss' },
  { id: 'e', at: SAMPLE_AT + HOUR, lane: 'payout', words: 'The 72 hours began.', amount: 72_000, tone: 'now' },
];
