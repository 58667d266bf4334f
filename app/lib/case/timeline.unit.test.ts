import { describe, expect, it } from 'vitest';
import type { CallOfCase, LetterOfCase, TimelineRow } from '#projections/queries.ts';
import { DAY, HOUR, MINUTE } from '../ui/time.ts';
import { BLOCK, blocksOf, dayFinder } from './blocks.ts';
import { isSmall, MACHINES, peopleIn, shownItems } from './filter.ts';
import { itemsOf } from './items.ts';
import { packRows, unpackRows, type CaseRow } from './packed.ts';
import { measuredAt } from './pairs.ts';
import { lanesOf, placesOf } from './strip.ts';

const T0 = Date.UTC(2026, 10, 18, 12, 30);
let made = 0;
function row(type: string, over: Partial<TimelineRow> = {}): TimelineRow {
  made += 1;
  return {
    position: String(made),
    eventId: `e${made}`,
    stream: 'booking-1',
    revision: made,
    lane: 'booking',
    type,
    data: {},
    actor: { kind: 'person', id: 's1' },
    actorName: 'Rohan',
    occurredAt: T0 + made * 1_000,
    recordedAt: T0 + made * 1_000,
    correlationId: 'c',
    chain: 'abcdefghijklmnopqrstuvwxyz',
    ...over,
  };
}
const inLesson = (type: string, at: number, data: Record<string, unknown> = {}): TimelineRow =>
  row(type, {
    lane: 'lesson',
    actor: { kind: 'system', id: 'sfu' },
    actorName: null,
    occurredAt: at,
    recordedAt: at,
    data: { lessonId: 'l1', personId: 't1', connectionId: 'c1', at, ...data },
  });
const caseRows = (rows: readonly TimelineRow[]): readonly CaseRow[] => unpackRows(packRows(rows, true));
const call = (over: Partial<CallOfCase>): CallOfCase => ({
  operationId: 'o1',
  kind: 'create-order',
  state: 'confirmed',
  causationId: 'none',
  plannedAt: T0,
  sentAt: T0,
  changedAt: T0,
  attempts: 1,
  providerId: 'order_1',
  problem: null,
  amount: 80_000,
  ...over,
});
const letter = (over: Partial<LetterOfCase>): LetterOfCase => ({
  noticeId: 'n1',
  personId: 's1',
  name: 'Rohan',
  kind: 'booking-confirmed',
  title: 'Booked',
  at: T0,
  mail: null,
  ...over,
});

const rows = caseRows([
  row('BookingRequested'),
  row('OrderPlanned', { lane: 'payment', actor: { kind: 'process', id: 'book-lesson' }, actorName: null }),
  inLesson('ParticipantJoined', T0 + HOUR),
  inLesson('ParticipantLeft', T0 + 2 * HOUR),
  row('LessonEnded', {
    lane: 'lesson',
    actor: { kind: 'person', id: 't1' },
    actorName: 'Ananya',
    occurredAt: T0 + 3 * HOUR,
  }),
]);
const items = itemsOf(rows, [], []);
const ALL = { hiddenLanes: [], small: true, who: '', span: null };
const shown = (filter: Partial<typeof ALL>, of = items): readonly string[] =>
  shownItems(of, { ...ALL, ...filter }).map((item) => (item.kind === 'event' ? item.row.type : item.id));

describe('the rows of a case on their way to the page', () => {
  it('[CT3] arrive as they were, without what only the raw event shows', () => {
    const sent = [row('BookingRequested', { data: { price: 80_000 } }), inLesson('ParticipantJoined', T0)];
    const [booked, joined] = caseRows(sent);
    const { correlationId: _, chain: __, ...first } = sent[0] ?? row('x');
    expect(booked).toEqual({ ...first, chain: 'abcdefghijkl', until: null, ends: false });
    expect(joined?.data).toEqual({ personId: 't1' });
  });

  it('[CT3] of five thousand events of a lesson weigh less than half a megabyte', () => {
    const many = Array.from({ length: 5_000 }, (_, index) =>
      inLesson('WorkNoted', T0 + index * 2_000, {
        personId: '0f0e0d0c-0b0a-4908-8706-050403020100',
        surface: 'board',
        minute: T0 + Math.floor(index / 30) * MINUTE,
      }),
    );
    expect(packRows(many, false).length).toBeLessThan(500_000);
  });

  it('[CT4] know of what begins when it was over, and that the other only ends it', () => {
    const [joined, hidden, left, again] = caseRows([
      inLesson('ParticipantJoined', T0),
      inLesson('PageHidden', T0 + 1_000),
      inLesson('ParticipantLeft', T0 + 5_000),
      inLesson('ParticipantJoined', T0 + 9_000, { connectionId: 'c2' }),
    ]);
    expect([joined?.until, hidden?.until, again?.until]).toEqual([T0 + 5_000, T0 + 5_000, null]);
    expect(left?.ends).toBe(true);
  });

  it('[CT4] end what was measured over a connection when the person joins anew, and leave that of others open', () => {
    const [, hidden, weak, fault, others, again] = caseRows([
      inLesson('ParticipantJoined', T0),
      inLesson('PageHidden', T0 + 1_000),
      inLesson('ConnectionWeakened', T0 + 2_000),
      inLesson('MediaFaultNoticed', T0 + 3_000, { fault: 'frozen' }),
      inLesson('PageHidden', T0 + 4_000, { personId: 's1' }),
      inLesson('ParticipantJoined', T0 + 9_000, { connectionId: 'c2' }),
    ]);
    expect([hidden, weak, fault].map((one) => one?.until)).toEqual([T0 + 9_000, T0 + 9_000, T0 + 9_000]);
    expect(others?.until).toBeNull();
    expect(again?.ends).toBe(false);
  });

  it('[CT4] keep a page out of sight when only an older connection of the person ends', () => {
    const all = caseRows([
      inLesson('ParticipantJoined', T0),
      inLesson('ParticipantJoined', T0 + 1_000, { connectionId: 'c2' }),
      inLesson('PageHidden', T0 + 2_000),
      inLesson('ParticipantLeft', T0 + 3_000),
      inLesson('ParticipantLeft', T0 + 4_000, { connectionId: 'c2' }),
    ]);
    expect(all[2]?.until).toBe(T0 + 4_000);
  });

  it('[CT4] are over when the person went, though they were written down later', () => {
    const [, , weak, , after] = caseRows([
      inLesson('ParticipantJoined', T0),
      inLesson('ParticipantLeft', T0 + 5_000),
      { ...inLesson('ConnectionWeakened', T0 + 3_000), occurredAt: T0 + 9_000 },
      inLesson('ParticipantJoined', T0 + 20_000, { connectionId: 'c2' }),
      inLesson('ConnectionWeakened', T0 + 30_000),
      inLesson('LessonEnded', T0 + 60_000, { personId: undefined }),
    ]);
    expect(weak?.until).toBe(T0 + 5_000);
    expect(after?.until).toBe(T0 + 60_000);
  });

  it('[CT4] last from when it was measured, not from when that was written down', () => {
    const late = (type: string, at: number, wrote: number): TimelineRow => ({
      ...inLesson(type, at),
      occurredAt: wrote,
    });
    const all = caseRows([
      late('PageHidden', T0, T0 + 5_000),
      late('PageShown', T0 + 2_000, T0 + 5_000),
      late('ConnectionWeakened', T0 + 3_000, T0 + 9_000),
      late('ConnectionRecovered', T0 + 3_000, T0 + 9_000),
      { ...inLesson('MediaFaultNoticed', T0 + 7_000), data: { personId: 't1', fault: 'frozen', at: 'soon' } },
    ]);
    expect(all.map((one) => [measuredAt(one), one.until])).toEqual([
      [T0, T0 + 2_000],
      [T0 + 2_000, null],
      [T0 + 3_000, T0 + 3_000],
      [T0 + 3_000, null],
      [T0 + 7_000, null],
    ]);
    expect(all.map(({ ends }) => ends)).toEqual([false, true, false, true, false]);
    const link = lanesOf({
      items: [],
      rows: all.slice(0, 4),
      attendance: [],
      others: [],
      tutorId: 't1',
      studentId: 's1',
      now: T0 + HOUR,
    }).find(({ id }) => id === 'link');
    expect(link?.stretches).toEqual([{ kind: 'weak', from: T0 + 3_000, to: T0 + 3_000 }]);
  });

  it('[CT4] take another connection, direction or person for something else, and the lesson’s end for the end of all', () => {
    const all = caseRows([
      inLesson('MediaStarted', T0, { direction: 'sent' }),
      inLesson('MediaStopped', T0 + 1_000, { direction: 'received' }),
      inLesson('MediaStopped', T0 + 2_000, { direction: 'sent', connectionId: 'c9' }),
      row('LessonEnded', { lane: 'lesson', occurredAt: T0 + HOUR }),
    ]);
    expect(all.map(({ until, ends }) => [until, ends])).toEqual([
      [T0 + HOUR, false],
      [null, false],
      [null, false],
      [null, false],
    ]);
  });
});

describe('the filter of a case', () => {
  it('[CT5] shows everything in the order of the log', () => {
    expect(shown({})).toEqual([
      'BookingRequested',
      'OrderPlanned',
      'ParticipantJoined',
      'ParticipantLeft',
      'LessonEnded',
    ]);
  });

  it('[CT4] hides lanes, small events, and what only ends something', () => {
    expect(shown({ small: false })).toEqual(['BookingRequested', 'ParticipantJoined', 'LessonEnded']);
    expect(shown({ hiddenLanes: ['lesson'] as never })).toEqual(['BookingRequested', 'OrderPlanned']);
    const away = itemsOf(caseRows([inLesson('PageHidden', T0), inLesson('PageShown', T0 + 1)]), [], []);
    expect(away.every(isSmall)).toBe(true);
  });

  it('finds what a person did, what was recorded of them and what they were told', () => {
    const told = itemsOf(rows, [call({})], [letter({ personId: 't1' })]);
    expect(shown({ who: 't1' }, told)).toEqual(['mail-n1', 'ParticipantJoined', 'ParticipantLeft', 'LessonEnded']);
    expect(shown({ who: MACHINES }, told)).toEqual([
      'call-o1',
      'mail-n1',
      'OrderPlanned',
      'ParticipantJoined',
      'ParticipantLeft',
    ]);
  });

  it('[CT6] shows of a span what is in it, and what began before it and went on', () => {
    const span = { from: T0 + HOUR + MINUTE, to: T0 + HOUR + 2 * MINUTE };
    expect(shown({ span: span as never })).toEqual(['ParticipantJoined']);
    expect(shown({ span: { from: T0 - HOUR, to: T0 - MINUTE } as never })).toEqual([]);
  });

  it('lists each person once', () => {
    expect(peopleIn(rows, () => null)).toEqual([
      { id: 's1', name: 'Rohan' },
      { id: 't1', name: 'Ananya' },
    ]);
  });
});

describe('what is in no log', () => {
  const log = caseRows([
    row('A', { occurredAt: T0, recordedAt: T0 - DAY }),
    row('B', { occurredAt: T0 + HOUR, recordedAt: T0 - DAY + 10_000 }),
    row('C', { occurredAt: T0 + MINUTE, recordedAt: T0 - DAY + 20_000 }),
  ]);
  const order = (calls: readonly CallOfCase[], letters: readonly LetterOfCase[]): readonly string[] =>
    itemsOf(log, calls, letters).map((item) => (item.kind === 'event' ? item.row.type : item.kind));

  it('[CT5] stands behind the last event before it, and never moves one', () => {
    expect(order([], [letter({ at: T0 - 1 })])).toEqual(['mail', 'A', 'B', 'C']);
    expect(order([], [letter({ at: T0 + 2 * MINUTE })])).toEqual(['A', 'B', 'C', 'mail']);
    expect(order([], [letter({ at: T0 + 30_000 })])).toEqual(['A', 'mail', 'B', 'C']);
  });

  it('[CT5] a call has the business time of the event that it follows from, or that of its neighbours in the log', () => {
    const cause = log[1]?.eventId ?? '';
    const [follows] = itemsOf(log, [call({ causationId: cause, plannedAt: T0 + 9 * DAY })], []).filter(
      ({ kind }) => kind === 'call',
    );
    expect(follows?.at).toBe(T0 + HOUR);
    const [alone] = itemsOf(log, [call({ plannedAt: T0 - DAY + 5_000 })], []).filter(({ kind }) => kind === 'call');
    expect(alone?.at).toBe(T0 + 5_000);
  });
});

describe('the blocks of a long list', () => {
  const day = dayFinder((at, days) => (Math.floor(at / DAY) + days) * DAY);
  const many = (ats: readonly number[]) =>
    itemsOf(caseRows(ats.map((at) => row('A', { occurredAt: at, recordedAt: at }))), [], []);

  it('[CT1] begin anew with a day and when they are full, and keep every row in its place', () => {
    const list = many([...Array.from({ length: 60 }, (_, index) => T0 + index), T0 + DAY, T0 + 1]);
    const blocks = blocksOf(list, day);
    expect(blocks.map(({ items: some }) => some.length)).toEqual([BLOCK, BLOCK, 60 - 2 * BLOCK, 1, 1]);
    expect(blocks.map(({ day: begins }) => begins !== null)).toEqual([true, false, false, true, true]);
    expect(blocks.flatMap(({ items: some }) => some)).toEqual(list);
    expect(blocks.map(({ before }) => before)).toEqual([0, BLOCK, 2 * BLOCK, 60, 61]);
  });
});

describe('the strip of a case', () => {
  const source = {
    items: itemsOf(rows, [], []),
    rows: caseRows([
      row('LessonStarted', { lane: 'lesson', occurredAt: T0 }),
      inLesson('ConnectionWeakened', T0 + MINUTE),
      inLesson('ConnectionRecovered', T0 + 2 * MINUTE),
      inLesson('WorkNoted', T0, { minute: T0 }),
      inLesson('WorkNoted', T0, { minute: T0, surface: 'chat' }),
      inLesson('WorkNoted', T0, { minute: T0 + MINUTE }),
      row('LessonEnded', { lane: 'lesson', occurredAt: T0 + HOUR }),
      row('HoldStarted', { lane: 'payout', occurredAt: T0 + HOUR }),
      row('DisputeOpened', { lane: 'dispute', occurredAt: T0 + 2 * HOUR }),
      row('DisputeResolved', { lane: 'dispute', occurredAt: T0 + 2 * DAY }),
    ]),
    attendance: [
      {
        personId: 't1',
        name: 'Ananya',
        role: 'host',
        here: [{ from: T0, to: null }],
        sent: [{ from: T0 + 1, to: T0 + MINUTE }],
        received: [{ from: T0, to: null }],
        away: [],
        workedMinutes: [],
        hereMs: 0,
        awayMs: 0,
      },
    ],
    others: [],
    tutorId: 't1',
    studentId: 's1',
    now: T0 + 3 * DAY,
  };
  const lanes = lanesOf(source);
  const lane = (id: string) => lanes.find((one) => one.id === id);

  it('[CT4] has presence, media and weak lines as stretches, and no mark for their starts and stops', () => {
    expect(lane('tutor')?.stretches).toEqual([
      { kind: 'here', from: T0, to: source.now },
      { kind: 'media', from: T0 + 1, to: T0 + MINUTE },
    ]);
    expect(lane('link')?.stretches).toEqual([{ kind: 'weak', from: T0 + MINUTE, to: T0 + 2 * MINUTE }]);
    expect(lane('lesson')?.marks).toHaveLength(1);
    expect(lane('student')).toBeUndefined();
  });

  it('[CT4] counts board and chat by the minute, beside the fullest', () => {
    expect(lane('work')?.bars).toEqual([
      { at: T0, size: 1 },
      { at: T0 + MINUTE, size: 0.5 },
    ]);
  });

  it('[CT4] has holds and disputes from their beginning to their end, or until now', () => {
    expect(lane('money')?.stretches).toEqual([{ kind: 'hold', from: T0 + HOUR, to: source.now }]);
    expect(lane('case')?.stretches).toEqual([{ kind: 'open', from: T0 + 2 * HOUR, to: T0 + 2 * DAY }]);
  });

  const runsIn = (id: string, log: readonly TimelineRow[]) =>
    lanesOf({ ...source, items: [], rows: caseRows(log), attendance: [] })
      .find((one) => one.id === id)
      ?.stretches.map(({ from, to }) => [from, to]);
  const ofCase = (type: string, hours: number, data: Record<string, unknown>): TimelineRow =>
    row(type, { lane: 'dispute', occurredAt: T0 + hours * HOUR, data });

  it('[CT4] draws each of two disputes, chargebacks and lessons, and ends it with its own end', () => {
    expect(
      runsIn('case', [
        ofCase('DisputeOpened', 1, { disputeId: 'd1' }),
        ofCase('DisputeWithdrawn', 2, { disputeId: 'd1' }),
        ofCase('DisputeOpened', 3, { disputeId: 'd2' }),
        ofCase('ChargebackOpened', 4, { chargebackId: 'b1' }),
        ofCase('ChargebackOpened', 5, { chargebackId: 'b2' }),
        ofCase('ChargebackLost', 6, { chargebackId: 'b2' }),
        ofCase('ChargebackWon', 7, { chargebackId: 'b1' }),
        ofCase('ChargebackReopened', 8, { chargebackId: 'b1' }),
      ]),
    ).toEqual([
      [T0 + HOUR, T0 + 2 * HOUR],
      [T0 + 3 * HOUR, source.now],
      [T0 + 4 * HOUR, T0 + 7 * HOUR],
      [T0 + 5 * HOUR, T0 + 6 * HOUR],
      [T0 + 8 * HOUR, source.now],
    ]);
    expect(
      runsIn('lesson', [
        ofCase('LessonStarted', 1, { lessonId: 'l1' }),
        ofCase('LessonEnded', 2, { lessonId: 'l1' }),
        ofCase('LessonStarted', 3, { lessonId: 'l2' }),
        ofCase('LessonEnded', 4, { lessonId: 'l2' }),
      ]),
    ).toEqual([
      [T0 + HOUR, T0 + 2 * HOUR],
      [T0 + 3 * HOUR, T0 + 4 * HOUR],
    ]);
  });

  it('[CT4] ends a hold when the payout was taken back whole, not in part', () => {
    const log = [
      ofCase('TransferProcessed', 1, { amount: 600 }),
      ofCase('HoldStarted', 2, {}),
      ofCase('TransferReversed', 3, { amount: 200 }),
    ];
    expect(runsIn('money', log)).toEqual([[T0 + 2 * HOUR, source.now]]);
    expect(runsIn('money', [...log, ofCase('TransferReversed', 4, { amount: 400 })])).toEqual([
      [T0 + 2 * HOUR, T0 + 4 * HOUR],
    ]);
  });

  it('[CT6] knows where the lesson, the payment and the case are, so that weeks between them can be skipped', () => {
    const booked = { from: T0, to: T0 + HOUR };
    const places = placesOf(source.rows, booked, lanes, source.now);
    expect(places.case).toEqual({ from: T0 + 2 * HOUR, to: T0 + 2 * DAY });
    expect(places.lesson?.from).toBe(T0);
    expect(places.payment).toBeUndefined();
    expect(places.whole?.to).toBe(source.now);
  });
});
