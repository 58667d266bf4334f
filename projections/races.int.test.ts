/**
 * The release against a dispute, at the same moment, in two processes with clocks of their own: for one it is 71:59:59.999,
 * for the other 72:00:00.000. On the real store, two of it on one PostgreSQL, as two web processes would have it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSubmit } from '#events/handling/submit.server.ts';
import type { AnyCommand, Submit } from '#events/handling/submit.ts';
import { disputeIdOf } from '#events/dispute/events.ts';
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { startPostgres, type TestPostgres } from '../tests/support/postgres.ts';
import { HOUR } from './testing/world.ts';

const RACES = 500;
const T0 = Date.UTC(2026, 11, 7, 5, 30);
const HOLD_ENDS = T0 + 72 * HOUR;

let postgres: TestPostgres;
const databases: Database[] = [];
const stores: EventStore[] = [];
const submits: Submit[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.createDatabase('races');
  for (let process = 0; process < 2; process += 1) {
    const db = await openPostgres(url);
    const store = await openSqlStore(db);
    databases.push(db);
    stores.push(store);
    submits.push(createSubmit(store));
  }
});
afterAll(async () => {
  for (const store of stores) await store.close();
  for (const db of databases) await db.close();
  await postgres.stop();
});

async function give(process: number, command: AnyCommand, id: string): Promise<string | null> {
  const submit = submits[process];
  if (!submit) throw new Error('no such process');
  const commandId = idFrom('race', command.type, id);
  const actor = { kind: 'system', id: 'test' } as const;
  const outcome = await submit(command, { commandId, correlationId: id, causationId: id, actor });
  return isRefusal(outcome) ? outcome.code : null;
}

/** Taught, and on hold. */
async function held(bookingId: string): Promise<void> {
  const share = 72_000;
  const commands: readonly AnyCommand[] = [
    {
      type: 'PlanPayout',
      now: T0,
      data: {
        bookingId,
        tutorId: 't1',
        accountId: 'acc_1',
        providerPaymentId: `pay_${bookingId}`,
        gross: 80_000,
        commissionBps: 1_000,
        holdMs: 72 * HOUR,
      },
    },
    { type: 'RequestTransfer', now: T0, data: { bookingId, operationId: `transfer-${bookingId}` } },
    { type: 'RecordTransfer', now: T0, data: { bookingId, transferId: `trf_${bookingId}`, amount: share } },
    { type: 'StartHold', now: T0, data: { bookingId, t0: T0 } },
  ];
  for (const command of commands) expect(await give(0, command, bookingId)).toBeNull();
}

const release = (bookingId: string, now: number): AnyCommand => ({
  type: 'AuthorizeRelease',
  now,
  data: { bookingId, operationId: `release-${bookingId}` },
});
const dispute = (bookingId: string, now: number): AnyCommand => ({
  type: 'DisputePayout',
  now,
  data: {
    bookingId,
    disputeId: disputeIdOf(bookingId),
    kind: 'in-app',
    openedBy: 's1',
    cause: 'cut-short',
    text: 'It was cut short.',
    wants: null,
    opensAt: T0 - HOUR,
  },
});

async function inBatches(ids: readonly string[], size: number, work: (id: string, n: number) => Promise<void>) {
  for (let from = 0; from < ids.length; from += size)
    await Promise.all(ids.slice(from, from + size).map((id, n) => work(id, from + n)));
}

const typesOf = async (bookingId: string): Promise<readonly string[]> =>
  (await stores[0]?.read(`payout-${bookingId}`))?.map((event) => event.type).slice(4) ?? [];

test(`PO20: ${RACES} times a release and a dispute at the same moment: exactly one of them, each the winner at times`, async () => {
  const ids = Array.from({ length: RACES }, (_, n) => `race-${n}`);
  await inBatches(ids, 50, held);
  const won = { release: 0, dispute: 0 };
  await inBatches(ids, 25, async (bookingId, n) => {
    // Whoever starts first, and where, takes turns; what happens then is up to two processes and a database.
    const [here, there] = n % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    const releasing = () => give(here, release(bookingId, HOLD_ENDS), bookingId);
    const disputing = () => give(there, dispute(bookingId, HOLD_ENDS - 1), bookingId);
    const first = n % 4 < 2 ? releasing() : disputing();
    const second = n % 4 < 2 ? disputing() : releasing();
    const [released, disputed] = await Promise.all(n % 4 < 2 ? [first, second] : [second, first]);
    const types = await typesOf(bookingId);
    expect(types, bookingId).toHaveLength(1);
    if (released === null) {
      won.release += 1;
      expect([disputed, types]).toEqual(['too-late', ['ReleaseAuthorized']]);
    } else {
      won.dispute += 1;
      expect([released, disputed, types]).toEqual(['dispute-open', null, ['PayoutDisputed']]);
    }
  });
  expect(won.release + won.dispute).toBe(RACES);
  expect(Math.min(won.release, won.dispute)).toBeGreaterThan(0);
});

test('PO8, PO19: with clocks that agree there is no race: to the millisecond it is one or the other', async () => {
  for (const [n, now] of [HOLD_ENDS - 1, HOLD_ENDS].entries()) {
    const bookingId = `agreed-${n}`;
    await held(bookingId);
    const [released, disputed] = await Promise.all([
      give(0, release(bookingId, now), bookingId),
      give(1, dispute(bookingId, now), bookingId),
    ]);
    if (now === HOLD_ENDS) expect([released, disputed]).toEqual([null, 'too-late']);
    else expect([['hold-running', 'dispute-open'].includes(released ?? ''), disputed]).toEqual([true, null]);
    expect(await typesOf(bookingId)).toEqual([now === HOLD_ENDS ? 'ReleaseAuthorized' : 'PayoutDisputed']);
  }
});
