/**
 * Events as sentences. `timelineEntries` turns the rows of a booking's timeline into what `Timeline` shows, in the words
 * of one reader: a student (or guardian), the tutor, or ops and auditors, who see every event and its raw data.
 */
import type { TimelineLane, TimelineRow } from '#projections/queries.ts';
import type { Messages } from './messages/index.ts';
import { formatMoney } from './ui/money.ts';
import { dayKey, formatClock, formatDuration, formatInstant, zoneShort } from './ui/time.ts';
import type { TimelineEntry, TimelineLaneName } from './ui/timeline.ts';
import { isKnown, type KnownEventType } from './timeline-types.ts';

export type Reader = 'student' | 'tutor' | 'ops';

/** What a sentence is made of: a row without what only its raw form shows. */
export type ToldRow = Omit<TimelineRow, 'correlationId' | 'chain'> &
  Partial<Pick<TimelineRow, 'correlationId' | 'chain'>>;

export interface TimelineContext {
  readonly reader: Reader;
  /** Whose “you” it is; null for ops and auditors. */
  readonly viewerId: string | null;
  readonly tutorId: string;
  readonly tutorName: string;
  readonly studentId: string;
  readonly studentName: string;
  /** IANA zone of the times inside sentences. */
  readonly zone: string;
  /** Of everybody else whom this reader may know, by person id. */
  readonly names?: Readonly<Record<string, string>>;
}

/** What a sentence may use: one event, read safely, with names and times already in words. */
export interface Fact {
  readonly reader: Reader;
  readonly tutor: string;
  readonly student: string;
  /** Who did it. */
  readonly actor: string;
  /** Who booked and pays: the student, or who acts for them. */
  readonly payer: string;
  /** `instant` or `accept`, from the request. */
  readonly mode: string;
  /** How long the money waits after t0, ms. */
  readonly holdMs: number;
  text(key: string): string;
  number(key: string): number;
  /** Paise in words. */
  money(key: string): string;
  /** An instant in words; the date only when it is another day than the event's. */
  when(key: string): string;
  /** An instant this much later, ms. */
  whenAfter(key: string, ms: number): string;
  length(key: string): string;
  name(key: string): string;
  list(key: string): readonly string[];
}

interface Sentence {
  readonly words: string;
  readonly detail?: string;
}

/** The sentence of each event type; null leaves it out for this reader. */
export type TimelineWords = Readonly<Record<KnownEventType, (fact: Fact) => Sentence | string | null>>;

const DEFAULT_HOLD_MS = 72 * 3_600_000;

const TONES: Readonly<Partial<Record<KnownEventType, TimelineEntry['tone']>>> = {
  PaymentCaptured: 'key',
  BookingConfirmed: 'key',
  HoldLifted: 'key',
  RefundProcessed: 'key',
  LessonStarted: 'now',
  HoldStarted: 'now',
  BookingUnderReview: 'now',
  PaymentAttemptFailed: 'loss',
  RefundFailed: 'loss',
  TransferFailed: 'loss',
  BookingCancelled: 'loss',
  BookingDeclined: 'loss',
  BookingExpired: 'loss',
  PayoutDisputed: 'now',
  PayoutPaused: 'now',
  RefundDelayed: 'now',
  DisputeOpened: 'now',
  DisputeResolved: 'key',
  ReversalFailed: 'loss',
  ChargebackOpened: 'loss',
  ChargebackLost: 'loss',
  ClawbackRecorded: 'loss',
};

/** Event type → the field with the paise that moved, and their sign. */
const AMOUNTS: Readonly<Partial<Record<KnownEventType, readonly [field: string, sign: 1 | -1]>>> = {
  PaymentCaptured: ['amount', 1],
  SurplusPaymentDetected: ['amount', 1],
  RefundProcessed: ['amount', -1],
  TransferProcessed: ['amount', 1],
  HoldLifted: ['amount', 1],
  TransferReversed: ['amount', -1],
  ChargebackLost: ['amount', -1],
};

function field(row: ToldRow, key: string): unknown {
  return row.data[key];
}

interface Terms {
  readonly mode: string;
  readonly holdMs: number;
  readonly bookedBy: string;
  readonly bookedByName: string | null;
}

/** Fields that say when a lesson starts. */
const STARTS: readonly string[] = ['startsAt', 'previousStartsAt'];

function factOf(row: ToldRow, context: TimelineContext, terms: Terms): Fact {
  const { zone } = context;
  const text = (key: string): string => {
    const value = field(row, key);
    return typeof value === 'string' ? value : '';
  };
  const number = (key: string): number => {
    const value = field(row, key);
    return typeof value === 'number' ? value : 0;
  };
  const instant = (at: number): string => {
    const words = dayKey(at, zone) === dayKey(row.occurredAt, zone) ? formatClock(at, zone) : formatInstant(at, zone);
    return `${words} ${zoneShort(at, zone)}`;
  };
  /** With its day, whatever the day of the event. */
  const dated = (at: number): string => `${formatInstant(at, zone)} ${zoneShort(at, zone)}`;
  const person = (id: string, otherwise: string | null): string => {
    if (id !== '' && id === context.viewerId) return 'You';
    if (id === context.tutorId) return context.tutorName;
    if (id === context.studentId) return context.studentName;
    return otherwise ?? context.names?.[id] ?? 'Someone';
  };
  return {
    reader: context.reader,
    tutor: person(context.tutorId, null),
    student: person(context.studentId, null),
    actor: person(row.actor.id, row.actorName),
    payer: person(terms.bookedBy, terms.bookedByName),
    mode: terms.mode,
    holdMs: terms.holdMs,
    text,
    number,
    money: (key) => formatMoney(number(key)),
    // A lesson's start is a day and a time: beside another day's start a time alone would mislead.
    when: (key) => (STARTS.includes(key) ? dated : instant)(number(key)),
    whenAfter: (key, ms) => instant(number(key) + ms),
    length: (key) => formatDuration(number(key)),
    name: (key) => person(text(key), text(key) === row.actor.id ? row.actorName : null),
    list: (key) => {
      const value = field(row, key);
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
  };
}

/** What was agreed when the seat was asked for; later sentences need it. */
function termsOf(rows: readonly ToldRow[]): Terms {
  const request = rows.find((row) => row.type === 'BookingRequested');
  const policy: unknown = request?.data['policy'];
  const holdMs = typeof policy === 'object' && policy !== null && 'holdMs' in policy ? policy.holdMs : null;
  const mode = request?.data['mode'];
  const bookedBy = request?.data['bookedBy'];
  return {
    bookedBy: typeof bookedBy === 'string' ? bookedBy : '',
    bookedByName: request?.actorName ?? null,
    mode: typeof mode === 'string' ? mode : 'instant',
    holdMs: typeof holdMs === 'number' ? holdMs : DEFAULT_HOLD_MS,
  };
}

/** Payouts are the tutor's business (PRODUCT.md, “Who may do what”, money seen). */
const hiddenFrom = (reader: Reader, lane: TimelineLane): boolean =>
  (reader === 'student' && (lane === 'payout' || lane === 'calendar')) || (reader !== 'ops' && lane === 'chargeback');

/** Says one row of a booking at a time, null where there is nothing to say to this reader; `rows` are all of the booking's. */
export function tellerOf(
  rows: readonly ToldRow[],
  context: TimelineContext,
  words: Messages['timeline'],
): (row: ToldRow) => TimelineEntry | null {
  const terms = termsOf(rows);
  const inFull = context.reader === 'ops';
  return (row) => {
    if (hiddenFrom(context.reader, row.lane)) return null;
    const known = isKnown(row.type) ? row.type : null;
    const said = known ? words.events[known](factOf(row, context, terms)) : null;
    if (said === null && !inFull) return null;
    const sentence: Sentence = typeof said === 'string' ? { words: said } : (said ?? { words: row.type });
    const moved = known ? AMOUNTS[known] : undefined;
    const amount = moved ? row.data[moved[0]] : undefined;
    return {
      id: row.eventId,
      at: row.occurredAt,
      lane: row.lane,
      words: sentence.words,
      detail: inFull ? [sentence.detail, words.by(actorWords(row))].filter(Boolean).join(' ') : sentence.detail,
      amount: moved && typeof amount === 'number' ? moved[1] * amount : undefined,
      tone: known ? TONES[known] : undefined,
      raw: inFull ? rawOf(row) : undefined,
    };
  };
}

/** Rows of one booking in the reader's words, in the order given. */
export function timelineEntries(
  rows: readonly ToldRow[],
  context: TimelineContext,
  words: Messages['timeline'],
): readonly TimelineEntry[] {
  const tell = tellerOf(rows, context, words);
  return rows.flatMap((row) => tell(row) ?? []);
}

/** Who acted, for ops: a name with the role, or the process. */
function actorWords(row: ToldRow): string {
  if (row.actor.kind !== 'person') return row.actor.id;
  const name = row.actorName ?? row.actor.id;
  return row.actor.role ? `${name} (${row.actor.role})` : name;
}

function rawOf(row: ToldRow): Readonly<Record<string, unknown>> {
  const { type, stream, revision, position, data, actor, correlationId, chain } = row;
  return {
    type,
    stream,
    revision,
    position,
    occurredAt: new Date(row.occurredAt).toISOString(),
    recordedAt: new Date(row.recordedAt).toISOString(),
    actor,
    correlationId,
    chain,
    data,
  };
}

/** The lanes in their order, named for the reader. */
export function timelineLanes(words: Messages['timeline']): readonly TimelineLaneName[] {
  const order: readonly TimelineLane[] = [
    'booking',
    'calendar',
    'payment',
    'payout',
    'dispute',
    'chargeback',
    'lesson',
  ];
  return order.map((id) => ({ id, label: words.lanes[id] }));
}
