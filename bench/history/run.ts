/** `npm run bench -- history`: the books and a booking as of any instant, beside a plain fold of all events, and a floor. */
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { manualClock } from '#platform/clock/manual.ts';
import { randomOf } from '#platform/random/seeded.ts';
import { createQueries } from '#projections/queries.server.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { drive } from '../events/drive.ts';
import { databaseSettings, machine } from '../events/machine.ts';
import { percentiles, rounded } from '../events/measure.ts';
import { openOurs } from '../events/ours.ts';
import { foldAll } from './fold-all.ts';
import { grow } from './grow.ts';

const LIMIT_MS = 20 * 60_000;
const LIVES = 200;
const SERVER = ['shared_buffers=512MB', 'max_wal_size=8GB', 'checkpoint_timeout=30min'];
const TARGET_MS = 500;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  const wanted = flags.get('events') ?? (quick ? '100000' : '1000000');
  if (!/^\d+$/.test(wanted)) throw new Error('--events needs a number');
  const before = machine();
  const postgres = await startPostgres(SERVER);
  const giveUp = (code: number): void => void postgres.stop().finally(() => process.exit(code));
  const limit = setTimeout(() => {
    say(`Not done after ${LIMIT_MS / 60_000} minutes; given up.`);
    giveUp(1);
  }, LIMIT_MS);
  const stop = (): void => giveUp(130);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const db = await openPostgres(await postgres.createDatabase('history'));
    const measured = await measure(db, Number(wanted), quick ? 20 : 60);
    return { bench: 'history', quick, machine: before, ...measured };
  } finally {
    clearTimeout(limit);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await postgres.stop();
  }
}

async function measure(db: Database, wanted: number, asks: number) {
  const ours = await openOurs(db, LIVES);
  try {
    const settings = await databaseSettings(db);
    await db.script('CREATE TABLE IF NOT EXISTS person_name (person_id text PRIMARY KEY, name text, email text)');
    say(`${LIVES} lives, then as many copies as make ${wanted} events`);
    await ours.project();
    const give = async (...args: Parameters<typeof ours.give>) => (await ours.give(...args)).events.length;
    await drive(give, { from: 0, to: LIVES, of: LIVES, inFlight: 32 });
    await ours.caughtUp();
    const bookings = await db.query<{ id: string }>('SELECT booking_id AS id FROM read_model.booking');
    const sizes = await grow(db, wanted);
    say(`${sizes.events} events, ${sizes.entries} entries`);

    const queries = createQueries(db, manualClock(sizes.occurredTo));
    const random = randomOf(1);
    const between = (from: number, to: number): number => Math.floor(from + random() * (to - from));
    const times: Record<'business' | 'recorded' | 'booking' | 'floor', number[]> = {
      business: [],
      recorded: [],
      booking: [],
      floor: [],
    };
    const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
      const start = performance.now();
      await work();
      into.push(performance.now() - start);
    };
    const businessAt = (): number => between(sizes.occurredFrom, sizes.occurredTo);
    const recordedAt = (): number => between(sizes.recordedFrom, sizes.recordedTo);
    // The contenders take turns, so that what else runs here meets all of them.
    for (let ask = 0; ask < asks; ask += 1) {
      const bookingId = bookings[between(0, bookings.length)]?.id ?? '';
      await timed(times.business, () => queries.trialBalance(businessAt(), 'business'));
      await timed(times.recorded, () => queries.trialBalance(recordedAt(), 'recorded'));
      await timed(times.booking, () => queries.pastBooking(bookingId, [{ by: 'recorded', at: recordedAt() }]));
      await timed(times.floor, () => db.query('SELECT sum(amount) FROM read_model.ledger_entry'));
    }
    say('a plain fold of all events');
    const at = businessAt();
    const start = performance.now();
    const folded = await foldAll(db, sizes.copies, sizes.perCopy, at);
    const rivalMs = performance.now() - start;
    const asked = await queries.trialBalance(at, 'business');
    const same = asked.rows.every(({ account, balance }) => balance === (folded.get(account) ?? 0));
    if (!same) throw new Error('The fold and the books differ.');

    const found = {
      trialBalanceByBusinessTime: percentiles(times.business),
      trialBalanceByRecordedTime: percentiles(times.recorded),
      oneBooking: percentiles(times.booking),
    };
    const worst = Math.max(...Object.values(found).map(({ p99 }) => p99));
    return {
      postgres: settings,
      unit: 'ms',
      events: sizes.events,
      entries: sizes.entries,
      asks,
      targets: { p99Ms: TARGET_MS },
      met: { p99: worst <= TARGET_MS },
      ...found,
      rival: { plainFoldMs: rounded(rivalMs), sameBalances: same },
      floor: { bareSum: percentiles(times.floor) },
      timesRival: rounded(rivalMs / found.trialBalanceByBusinessTime.p50),
    };
  } finally {
    await ours.close();
  }
}
