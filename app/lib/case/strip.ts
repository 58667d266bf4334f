/**
 * The case as lanes over one time axis: who was there, sent and received as stretches, not as their starts and stops; what
 * ran (holds, disputes, the lesson); and a mark for each event. Pure; business ms.
 */
import type { AttendanceRow } from '#projections/queries.ts';
import type { CaseItem } from './items.ts';
import { minuteOf, type CaseRow } from './packed.ts';
import { measuredAt } from './pairs.ts';
import { merged } from './presence.ts';
import type { View } from './zoom.ts';

export type StretchKind = 'here' | 'media' | 'away' | 'weak' | 'fault' | 'hold' | 'open' | 'lesson';

export interface StripStretch extends View {
  readonly kind: StretchKind;
}

export type StripLaneId =
  'booking' | 'money' | 'case' | 'calls' | 'mails' | 'lesson' | 'tutor' | 'student' | 'others' | 'link' | 'work';

export interface StripLane {
  readonly id: StripLaneId;
  readonly stretches: readonly StripStretch[];
  /** Instants of events, rising. */
  readonly marks: readonly number[];
  /** Per minute, 0–1 of the fullest. */
  readonly bars: readonly { readonly at: number; readonly size: number }[];
}

export interface StripSource {
  readonly items: readonly CaseItem[];
  readonly rows: readonly CaseRow[];
  readonly attendance: readonly AttendanceRow[];
  /** Stretches in which somebody else was in the room. */
  readonly others: readonly View[];
  readonly tutorId: string;
  readonly studentId: string;
  /** Business now: what is open lasts until here. */
  readonly now: number;
}

const LANE_OF: Readonly<Record<string, StripLaneId>> = {
  booking: 'booking',
  calendar: 'booking',
  payment: 'money',
  payout: 'money',
  tutor: 'money',
  dispute: 'case',
  chargeback: 'case',
  lesson: 'lesson',
  call: 'calls',
  mail: 'mails',
};
/**
 * What begins a stretch, and what ends it. A disputed payout is held on, so the hold ends with its lifting only, or when all
 * of it was taken back.
 */
const RUNS: readonly {
  readonly kind: StretchKind;
  readonly lane: StripLaneId;
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Names in both what it is about: there may be several. */
  readonly id: string | null;
}[] = [
  { kind: 'hold', lane: 'money', from: ['HoldStarted'], to: ['HoldLifted', 'PayoutCancelled'], id: null },
  { kind: 'open', lane: 'case', from: ['DisputeOpened'], to: ['DisputeResolved', 'DisputeWithdrawn'], id: 'disputeId' },
  {
    kind: 'open',
    lane: 'case',
    from: ['ChargebackOpened', 'ChargebackReopened'],
    to: ['ChargebackWon', 'ChargebackLost', 'ChargebackClosed'],
    id: 'chargebackId',
  },
  { kind: 'lesson', lane: 'lesson', from: ['LessonStarted'], to: ['LessonEnded'], id: 'lessonId' },
];
const MINUTE = 60_000;

const amountOf = ({ data }: CaseRow): number => (typeof data['amount'] === 'number' ? data['amount'] : 0);

/** The reversal with which a payout was taken back whole. */
function takenBackBy(rows: readonly CaseRow[]): CaseRow | undefined {
  const paid = rows.find(({ type }) => type === 'TransferProcessed');
  if (!paid) return undefined;
  let left = amountOf(paid);
  return rows.find((row) => {
    if (row.type !== 'TransferReversed') return false;
    left -= amountOf(row);
    return left <= 0;
  });
}

function runsOf(rows: readonly CaseRow[], { kind, from, to, id }: (typeof RUNS)[number], now: number): StripStretch[] {
  const takenBack = kind === 'hold' ? takenBackBy(rows) : undefined;
  return rows.flatMap((start, index): StripStretch[] => {
    if (!from.includes(start.type)) return [];
    const end = rows
      .slice(index)
      .find((row) => row === takenBack || (to.includes(row.type) && (id === null || row.data[id] === start.data[id])));
    return [{ kind, from: start.occurredAt, to: Math.max(start.occurredAt, end?.occurredAt ?? now) }];
  });
}

const of = (kind: StretchKind, spans: readonly View[]): StripStretch[] =>
  spans.map(({ from, to }) => ({ kind, from, to }));

function personLane(id: 'tutor' | 'student', row: AttendanceRow | undefined, now: number): StripLane {
  const stretches = row
    ? [
        ...of('here', merged(row.here, now)),
        // Tutors are judged by what they sent, everyone else by what they received.
        ...of('media', merged(id === 'tutor' ? row.sent : row.received, now)),
        ...of('away', merged(row.away, now)),
      ]
    : [];
  return { id, stretches, marks: [], bars: [] };
}

/** How much was done on board and in the chat, by the minute. */
export function workOf(rows: readonly CaseRow[]): StripLane['bars'] {
  const counts = new Map<number, number>();
  for (const { type, data, occurredAt } of rows) {
    if (type !== 'WorkNoted') continue;
    const minute = typeof data['minute'] === 'number' ? data['minute'] : minuteOf(occurredAt);
    counts.set(minute, (counts.get(minute) ?? 0) + 1);
  }
  const most = Math.max(1, ...counts.values());
  return [...counts].map(([at, count]) => ({ at, size: count / most })).toSorted((a, b) => a.at - b.at);
}

/** Lanes with something in them, in their order. */
export function lanesOf(source: StripSource): readonly StripLane[] {
  const { items, rows, attendance, now } = source;
  const marks = new Map<StripLaneId, number[]>();
  for (const item of items) {
    if (item.kind === 'event' && item.row.data['personId'] !== undefined) continue;
    const lane = LANE_OF[item.kind === 'event' ? item.row.lane : item.kind];
    if (!lane) continue;
    const known = marks.get(lane);
    if (known) known.push(item.at);
    else marks.set(lane, [item.at]);
  }
  const lane = (id: StripLaneId): StripLane => ({
    id,
    stretches: RUNS.filter((run) => run.lane === id).flatMap((run) => runsOf(rows, run, now)),
    marks: (marks.get(id) ?? []).toSorted((a, b) => a - b),
    bars: [],
  });
  const faults = rows.flatMap((row): StripStretch[] => {
    const { type, until } = row;
    const from = measuredAt(row);
    const kind = type === 'ConnectionWeakened' ? 'weak' : type === 'MediaFaultNoticed' ? 'fault' : null;
    return kind === null ? [] : [{ kind, from, to: Math.max(from, until ?? now) }];
  });
  const find = (personId: string): AttendanceRow | undefined => attendance.find((row) => row.personId === personId);
  const lanes: readonly StripLane[] = [
    lane('booking'),
    lane('money'),
    lane('case'),
    lane('calls'),
    lane('mails'),
    lane('lesson'),
    personLane('tutor', find(source.tutorId), now),
    personLane('student', find(source.studentId), now),
    { id: 'others', stretches: of('here', source.others), marks: [], bars: [] },
    { id: 'link', stretches: faults, marks: [], bars: [] },
    { id: 'work', stretches: [], marks: [], bars: workOf(rows) },
  ];
  return lanes.filter(({ stretches, marks: all, bars }) => stretches.length + all.length + bars.length > 0);
}

export type PlaceName = 'whole' | 'lesson' | 'payment' | 'case';

/** Where one can go with one click: what is there. */
export function placesOf(
  rows: readonly CaseRow[],
  booked: View,
  lanes: readonly StripLane[],
  now: number,
): Readonly<Partial<Record<PlaceName, View>>> {
  const span = (ats: readonly number[]): View | null =>
    ats.length === 0 ? null : { from: Math.min(...ats), to: Math.max(...ats) };
  const edges = lanes.flatMap(({ stretches, marks, bars }) => [
    ...stretches.flatMap(({ from, to }) => [from, to]),
    ...marks.slice(0, 1),
    ...marks.slice(-1),
    ...bars.slice(0, 1).map(({ at }) => at),
    ...bars.slice(-1).map(({ at }) => at + MINUTE),
  ]);
  const inLesson = lanes
    .filter(({ id }) => id === 'tutor' || id === 'student' || id === 'others')
    .flatMap(({ stretches }) => stretches.flatMap(({ from, to }) => [from, to]));
  const paying = rows.findIndex(({ type }) => type === 'BookingConfirmed' || type === 'PaymentCaptured');
  const payment = span(
    rows
      .slice(0, paying + 1)
      .filter(({ lane }) => lane === 'payment' || lane === 'booking')
      .map(({ occurredAt }) => occurredAt),
  );
  const complaint = span(
    rows.filter(({ lane }) => lane === 'dispute' || lane === 'chargeback').map(({ occurredAt }) => occurredAt),
  );
  const open = lanes.find(({ id }) => id === 'case')?.stretches ?? [];
  const whole = span([...edges, booked.from, booked.to]) ?? { from: now - MINUTE, to: now };
  return {
    whole,
    lesson: span([booked.from, booked.to, ...inLesson]) ?? booked,
    ...(payment && { payment }),
    ...(complaint && { case: span([complaint.from, complaint.to, ...open.map(({ to }) => to)]) ?? complaint }),
  };
}
