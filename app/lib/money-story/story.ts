/**
 * “Why was this (not) paid”: the money of one booking in sentences, for one reader. Pure; paise, business ms. Each side
 * reads its own money: payers what they paid and got back, tutors their share, ops and auditors all of it (SPEC MS3).
 */
import type { Messages } from '../messages/index.ts';
import { timelineEntries, type TimelineContext, type ToldRow } from '../timeline-words.ts';
import { formatMoney } from '../ui/money.ts';
import { formatInstant, zoneShort } from '../ui/time.ts';
import { backOf, causeOf, payoutOf, unpaidOf } from './fate.ts';
import { follow, NOTHING, type Money } from './fold.ts';

/** Names of places as pages show them; each reader has some of them. */
export type StoryPlace =
  | 'us'
  | 'lost'
  | 'refunding'
  | 'held'
  | 'heldForYou'
  | 'settling'
  | 'settlingYours'
  | 'tutor'
  | 'yours'
  | 'payer'
  | 'sentBack'
  | 'paid'
  | 'aside'
  | 'gone';

export interface PlaceSum {
  readonly place: StoryPlace;
  readonly paise: number;
}

export interface StoryStep {
  readonly eventId: string;
  readonly at: number;
  readonly sentence: string;
  readonly detail: string | null;
  /** Paise that moved, as the timeline shows them; null: nothing moved. */
  readonly amount: number | null;
  /** Where everything is after it; empty when it is where it was. */
  readonly places: readonly PlaceSum[];
  /** The provider's ids of it; only for ops and auditors. */
  readonly ids: readonly string[];
  /** Positions of its events in the log; only for ops and auditors. */
  readonly events: readonly string[];
}

export interface MoneyStory {
  readonly answer: string;
  readonly places: readonly PlaceSum[];
  /** What the places add up to: what came in; for a tutor their share. */
  readonly sum: number;
  readonly steps: readonly StoryStep[];
}

/** How sentences name people, amounts and times. */
export interface StoryNames {
  /** `Meera`, or `you`. */
  readonly tutor: string;
  readonly Tutor: string;
  /** `Meera’s`, or `your`. */
  readonly tutors: string;
  readonly payer: string;
  /** Ops and auditors: they read of proposals too. */
  readonly all: boolean;
  money(paise: number): string;
  when(at: number): string;
}

export interface StoryRows {
  /** All rows of the booking: the answer is made of them. */
  readonly rows: readonly ToldRow[];
  /** Those that this reader may see, cut as they may see them: the steps are made of them. */
  readonly shown: readonly ToldRow[];
}

/** Lesson, calendar and what people say in a case do not move money. */
const ABOUT_MONEY: ReadonlySet<string> = new Set([
  'BookingDeclined',
  'BookingExpired',
  'BookingCancelled',
  'BookingCompleted',
  'BookingUnderReview',
  'DisputeOpened',
  'DisputeUnderReview',
  'DisputeResolved',
  'DisputeWithdrawn',
]);
const MONEY_LANES: ReadonlySet<string> = new Set(['payment', 'payout', 'chargeback']);
const IDS = [
  'orderId',
  'providerPaymentId',
  'providerRefundId',
  'transferId',
  'reversalId',
  'settlementId',
  'chargebackId',
] as const;

/** @param now business ms: what is over by now is said as over. */
export function moneyStory(
  { rows, shown }: StoryRows,
  context: TimelineContext,
  now: number,
  messages: Messages,
): MoneyStory {
  const after = new Map<string, Money>();
  let money: Money = NOTHING;
  const changed = new Set<string>();
  for (const row of rows) {
    const next = follow(money, row);
    if (!samePlaces(placesFor(next, context), placesFor(money, context))) changed.add(row.eventId);
    money = next;
    after.set(row.eventId, money);
  }
  const told = shown.filter((row) => MONEY_LANES.has(row.lane) || ABOUT_MONEY.has(row.type));
  const rowOf = new Map(told.map((row) => [row.eventId, row]));
  const all = context.reader === 'ops';
  // All of what is shown goes in: who booked stands in an event that moves nothing.
  const entries = timelineEntries(shown, context, messages.timeline).filter(({ id }) => rowOf.has(id));
  const steps = entries.map((entry): StoryStep => {
    const row = rowOf.get(entry.id);
    const state = after.get(entry.id);
    return {
      eventId: entry.id,
      at: entry.at,
      sentence: entry.words,
      detail: entry.detail ?? null,
      amount: entry.amount ?? null,
      places: state && changed.has(entry.id) ? placesFor(state, context) : [],
      ids: all && row ? idsOf(row) : [],
      events: all && row ? [row.position] : [],
    };
  });
  const places = placesFor(money, context);
  return {
    answer: answerOf(money, namesOf(rows, context), context, now, messages.moneyStory),
    places,
    sum: places.reduce((sum, { paise }) => sum + paise, 0),
    steps,
  };
}

const idsOf = (row: ToldRow): readonly string[] =>
  IDS.map((name) => row.data[name]).filter((id): id is string => typeof id === 'string' && id !== '');

const samePlaces = (one: readonly PlaceSum[], other: readonly PlaceSum[]): boolean =>
  one.length === other.length &&
  one.every(({ place, paise }, index) => other[index]?.place === place && other[index]?.paise === paise);

/** The places of this reader's money, those at zero left out. */
export function placesFor(
  money: Money,
  context: Pick<TimelineContext, 'reader' | 'viewerId' | 'studentId'>,
): PlaceSum[] {
  const { us, refunding, held, settling, tutor, payer } = money.places;
  const sums = ((): readonly (readonly [StoryPlace, number])[] => {
    switch (context.reader) {
      case 'ops':
        return [
          [us < 0 ? 'lost' : 'us', us],
          ['refunding', refunding],
          ['held', held],
          ['settling', settling],
          ['tutor', tutor],
          ['payer', payer],
        ];
      case 'student': {
        const paid = us + held + settling + tutor;
        return [
          [paid < 0 ? 'lost' : 'paid', paid],
          ['refunding', refunding],
          ['sentBack', payer],
        ];
      }
      case 'tutor': {
        const share = money.share ?? 0;
        const there = held + settling + tutor;
        const rest = share - there - money.reversed;
        return [
          [money.payoutOff ? 'gone' : 'aside', rest],
          ['heldForYou', held],
          ['settlingYours', settling],
          ['yours', tutor],
          ['gone', money.reversed],
        ];
      }
    }
  })();
  return sums.filter(([, paise]) => paise !== 0).map(([place, paise]) => ({ place, paise }));
}

function namesOf(rows: readonly ToldRow[], context: TimelineContext): StoryNames {
  const { reader, zone, viewerId } = context;
  const request = rows.find((row) => row.type === 'BookingRequested');
  const bookedBy = request?.data['bookedBy'];
  const payer = reader === 'student' && bookedBy === viewerId ? 'you' : 'the payer';
  const tutor = reader === 'tutor' ? 'you' : context.tutorName;
  return {
    tutor,
    Tutor: tutor === 'you' ? 'You' : tutor,
    tutors: tutor === 'you' ? 'your' : `${tutor}’s`,
    payer,
    all: reader === 'ops',
    money: (paise) => formatMoney(paise),
    when: (at) => `${formatInstant(at, zone)} (${zoneShort(at, zone)})`,
  };
}

function answerOf(
  money: Money,
  names: StoryNames,
  { reader }: TimelineContext,
  now: number,
  m: Messages['moneyStory'],
): string {
  // What a bank has promised and nobody has taken is read by ops alone.
  const nothing = unpaidOf(money, reader === 'ops');
  if (nothing) return m.unpaid(nothing, names);
  const fate = payoutOf(money, now);
  const back = backOf(money, false);
  const extra = backOf(money, true);
  const parts: string[] = [];
  if (reader === 'student') {
    const left = money.cameIn - money.places.payer - money.places.refunding;
    if (left > 0) parts.push(m.kept(fate, left, names));
    if (back) {
      const cause = causeOf(money);
      // What the bank took is said by itself.
      const why = cause.kind === 'bank' ? null : m.because(cause, names);
      const words = m.back(back, names);
      parts.push(why === null ? words : `${words.slice(0, -1)}, because ${why}.`);
    }
    if (money.bankTook > 0) parts.push(m.tookBack(names.money(money.bankTook), names));
    else if (money.bankCases.size > 0) parts.push(m.atBank(names));
  } else {
    parts.push(m.payout(fate, names));
    if (back) parts.push(m.back(back, names));
    if (reader === 'ops' && money.bankTook > 0) parts.push(m.tookBack(names.money(money.bankTook), names));
    if (money.clawback > 0) parts.push(m.clawback(names.money(money.clawback), names));
  }
  if (extra && reader !== 'tutor') parts.push(m.surplus(m.back(extra, names)));
  return parts.join(' ');
}
