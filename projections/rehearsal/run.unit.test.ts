/** The rehearsal over a log: what it reads, what it shows, and that it leaves everything as it was. */
import { describe, expect, it } from 'vitest';
import type { RuleChanges } from '#events/rehearsal/rule.ts';
import { HOUR } from '#events/shared/times.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { happened as anEvent } from '#events/store/contract-events.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { live } from '../simulation/life.ts';
import { copyOf } from '../testing/past-lives.ts';
import { Booked } from './examples.ts';
import type { RehearsalNews, RehearsalQuestion } from './contract.ts';
import type { LogForReading } from './read.server.ts';
import { createRehearsals } from './run.server.ts';

const log = { info: () => undefined, error: () => undefined };
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

async function keep(store: EventStore, facts: Parameters<typeof copyOf>[0], copy: number): Promise<void> {
  for (const { stream, events } of copyOf(facts, copy)) await store.append(stream, 'any', events);
}

/** A log of so many lives, and one in which the tenth percent of commission decides. */
async function aLog(lives = 20) {
  const store = inMemoryStore();
  for (let seed = 1; seed <= lives; seed += 1) await keep(store, live(seed).facts, seed);
  await keep(store, new Booked().taught().hour(80).facts, 0);
  return store;
}

async function all(
  store: LogForReading,
  {
    changes = {},
    personId = 'auditor',
    reach,
    ...period
  }: Partial<RehearsalQuestion> & { personId?: string; reach?: ReadonlySet<string> } = {},
  signal = new AbortController().signal,
): Promise<readonly RehearsalNews[]> {
  const asked = createRehearsals({ store, log }).rehearse(personId, { ...ALL, ...period, changes }, signal, reach);
  if (isRefusal(asked)) throw new Error(asked.code);
  const news: RehearsalNews[] = [];
  for await (const one of asked) news.push(one);
  return news;
}

async function result(...asked: Parameters<typeof all>) {
  const last = (await all(...asked)).at(-1);
  if (last?.kind !== 'result') throw new Error(`it ended with ${last?.kind}`);
  return last;
}

/** Lives decide complaints under a lower limit for one person than the policy that their bookings carry. */
const AS_LIVED: RuleChanges = { secondPersonAbove: 50_000 };

describe('a rehearsal over a log', () => {
  it('[RH4] finds nothing under the rules that the bookings were made under', async () => {
    const { totals, rows } = await result(await aLog(), { changes: AS_LIVED });
    expect(totals.bookings).toBe(21);
    expect(rows).toEqual([]);
    expect(totals.would).toEqual(totals.was);
    expect(totals.was.tutor).toBeGreaterThan(72_000);
  });

  it('[RH13] sums up what differs, the largest difference first', async () => {
    const { totals, rows } = await result(await aLog(), { changes: { ...AS_LIVED, commissionBps: 1_200 } });
    expect(rows.length).toBe(totals.differ.money);
    expect(rows.map(({ moved }) => moved)).toEqual(rows.map(({ moved }) => moved).toSorted((a, b) => b - a));
    const moved = rows.reduce((sum, row) => sum + row.moved, 0);
    expect(totals.would.platform - totals.was.platform).toBe(moved);
    expect(totals.was.tutor - totals.would.tutor).toBe(moved);
    expect(totals.would.student).toBe(totals.was.student);
  });

  it('[RH14] takes the lessons of the period, where they stand after their moves', async () => {
    const store = inMemoryStore();
    const booked = new Booked();
    const to = booked.startsAt + 24 * HOUR;
    booked
      .hour(-60)
      .give({ type: 'ProposeReschedule', data: { bookingId: 'b', proposalId: 'm', by: 'student', startsAt: to } });
    expect(booked.startsAt).toBe(to);
    await keep(store, booked.taught().hour(80).facts, 1);
    const bookings = async (from: number, until: number) => (await result(store, { from, to: until })).totals.bookings;
    expect(await bookings(0, to)).toBe(0);
    expect(await bookings(to, to + 1)).toBe(1);
    expect(await bookings(to + 1, to + HOUR)).toBe(0);
  });

  it('[RH15] leaves out the bookings of whoever asks, and says how many', async () => {
    const { totals, rows } = await result(await aLog(), { personId: 'tutor', changes: { commissionBps: 1_200 } });
    expect([totals.bookings, totals.own, rows.length]).toEqual([0, 21, 0]);
    // Of those for whom they act too, who may have booked themselves.
    const acting = await result(await aLog(), { personId: 'parent', reach: new Set(['parent', 'tutor']) });
    expect([acting.totals.bookings, acting.totals.own]).toEqual([0, 21]);
  });
});

describe('the log around a rehearsal', () => {
  it('[RH3] is read through three doors, none of which appends', async () => {
    const store = await aLog(3);
    const used = new Set<string>();
    const watched = new Proxy(store, {
      get(target, name) {
        used.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    const { proof } = await result(watched);
    for (const name of used) expect(['chainHead', 'chainRecords', 'readAll']).toContain(name);
    expect(proof.before).toEqual(await store.chainHead());
    expect(proof).toEqual({ before: proof.before, after: proof.before, grown: { events: 0, types: [], whole: true } });
  });

  it('[RH16] may grow by others, whose events are counted, and is shown to be the same below', async () => {
    const store = await aLog(3);
    let looks = 0;
    const growing: LogForReading = {
      ...store,
      async readAll(options) {
        if ((looks += 1) === 2)
          await store.append('booking-new', 'any', [anEvent('BookingNoted', { bookingId: 'new' })]);
        return store.readAll(options);
      },
    };
    const { proof, totals } = await result(growing);
    expect(totals.bookings).toBe(4);
    expect(proof.after).not.toEqual(proof.before);
    expect(proof.grown).toEqual({ events: 1, types: [{ type: 'BookingNoted', events: 1 }], whole: true });
  });

  it('[RH16] that was changed below is told', async () => {
    const store = await aLog(1);
    let asked = 0;
    const lying: LogForReading = {
      ...store,
      async chainHead() {
        const head = await store.chainHead();
        if ((asked += 1) === 1) {
          await store.append('booking-new', 'any', [anEvent('BookingNoted', { bookingId: 'new' })]);
          return head && { ...head, chain: 'ab'.repeat(32) };
        }
        return head;
      },
    };
    expect((await result(lying)).proof.grown.whole).toBe(false);
  });
});

describe('who rehearses', () => {
  it('[RH17] runs one a person and two at once, and a place is free again when its reader leaves', async () => {
    const rehearsals = createRehearsals({ store: await aLog(1), log });
    const { signal } = new AbortController();
    const ask = (personId: string) => rehearsals.rehearse(personId, { ...ALL, changes: {} }, signal);
    const code = (answer: ReturnType<typeof ask>) => (isRefusal(answer) ? answer.code : 'running');
    const first = ask('a');
    expect([code(first), code(ask('a')), code(ask('b')), code(ask('c'))]).toEqual([
      'running',
      'rehearsal-running',
      'running',
      'rehearsals-busy',
    ]);
    if (!isRefusal(first)) await first.return();
    expect(code(ask('a'))).toBe('running');
  });

  it('[RH17] stops reading when its reader has gone', async () => {
    const store = await aLog(3);
    const gone = new AbortController();
    let pages = 0;
    const counted: LogForReading = {
      ...store,
      async readAll(options) {
        pages += 1;
        gone.abort();
        return store.readAll(options);
      },
    };
    expect((await all(counted, {}, gone.signal)).map(({ kind }) => kind)).not.toContain('result');
    expect(pages).toBe(1);
  });
});
