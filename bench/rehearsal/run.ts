/**
 * `npm run bench -- rehearsal`: 10,000 past bookings decided again under another rule, and under their own. The rival decides
 * one booking after the other with a read a stream; the floor reads the same events of the log and decides nothing.
 */
import { setImmediate } from 'node:timers/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RuleChanges } from '#events/rehearsal/rule.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { HOUR } from '#events/shared/times.ts';
import type { ChainedStore } from '#events/store/chain.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { recognise, type Fact } from '#projections/fact.ts';
import { rehearse } from '#projections/rehearsal/compare.ts';
import type { RehearsalNews } from '#projections/rehearsal/contract.ts';
import { Booked } from '#projections/rehearsal/examples.ts';
import { Pasts } from '#projections/rehearsal/past.ts';
import { readPast } from '#projections/rehearsal/read.server.ts';
import { createRehearsals } from '#projections/rehearsal/run.server.ts';
import { copyOf, type PastStream } from '#projections/testing/past-lives.ts';
import { machine } from '../events/machine.ts';
import { cpuSince, median, rounded, spreadPct } from '../events/measure.ts';

type Store = EventStore & ChainedStore;
const PERIOD = { from: 0, to: Number.MAX_SAFE_INTEGER };
const CHANGED: RuleChanges = { commissionBps: 1_200, holdMs: 24 * HOUR, heldPct: 60 };
const IN_FLIGHT = 256;
const TARGET_MS = 10_000;

/** Of ten bookings six are taught and paid out; one each is cancelled late, not come to, disputed and reviewed. */
function templates(): readonly (readonly Fact[])[] {
  const held = new Booked().taught().hour(80).facts;
  const late = new Booked().hour(-5).cancels().hour(80).facts;
  const nobody = new Booked().hour(80).facts;
  const disputed = new Booked().taught(50).hour(30).complains().decided(30_000).hour(100).facts;
  const reviewed = new Booked().taught(20).hour(5).decided(40_000).hour(100).facts;
  return [held, held, late, held, held, nobody, held, disputed, held, reviewed];
}

async function fill(store: Store, bookings: number): Promise<number> {
  const lives = templates();
  let [next, events] = [0, 0];
  async function worker(): Promise<void> {
    for (let copy = next++; copy < bookings; copy = next++)
      for (const { stream, events: some } of copyOf(lives[copy % lives.length] ?? [], copy)) {
        await store.append(stream, 'any', some);
        events += some.length;
        if (copy % 1_000 === 0 && stream.startsWith('booking'))
          process.stderr.write(`\r${copy} bookings, ${events} events `);
      }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  process.stderr.write('\n');
  return events;
}

async function ours(store: Store, changes: RuleChanges): Promise<Extract<RehearsalNews, { kind: 'result' }>> {
  const log = { info: () => undefined, error: () => undefined };
  const asked = createRehearsals({ store, log }).rehearse(
    'bench',
    { ...PERIOD, changes },
    new AbortController().signal,
  );
  if (isRefusal(asked)) throw new Error(asked.code);
  for await (const news of asked) {
    if (news.kind === 'result') return news;
    if (news.kind === 'failed') throw new Error(news.code);
  }
  throw new Error('the rehearsal ended without a result');
}

/** The obvious way: of each booking its streams, one read after the other. */
async function rival(store: Store, streams: readonly (readonly string[])[]): Promise<void> {
  for (const names of streams) {
    const pasts = new Pasts();
    const events = (await Promise.all(names.map((name) => store.read(name, { limit: 10_000 })))).flat();
    const ordered = events.sort((a, b) => (a.position.padStart(20, '0') < b.position.padStart(20, '0') ? -1 : 1));
    for (const event of ordered) {
      const fact = recognise(event);
      if (fact) pasts.take(fact);
    }
    for (const past of pasts.cases()) rehearse(past, (lessonId) => pasts.lesson(lessonId), CHANGED);
  }
}

async function floor(store: Store): Promise<void> {
  const until = (await store.chainHead())?.position ?? null;
  for await (const read of readPast(store, { ...PERIOD, until, signal: new AbortController().signal })) void read;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  const bookings = quick ? 500 : 10_000;
  const rounds = Number(flags.get('rounds') ?? 3);
  const about = machine();
  const db = await openPglite(null);
  const store: Store = await openSqlStore(db, {});
  const events = await fill(store, bookings);
  const lives = templates();
  const streams = Array.from({ length: bookings }, (_, copy) => [
    ...new Set(copyOf(lives[copy % lives.length] ?? [], copy).map(({ stream }: PastStream) => stream)),
  ]);
  const took = { ours: [] as number[], rival: [] as number[], floor: [] as number[] };
  const loops: ReturnType<typeof monitorEventLoopDelay>[] = [];
  const cpus: number[] = [];
  let last = await ours(store, CHANGED);
  for (let round = 0; round < rounds; round += 1) {
    const loop = monitorEventLoopDelay({ resolution: 5 });
    const cpu = process.cpuUsage();
    loop.enable();
    took.ours.push(await timed(async () => (last = await ours(store, CHANGED))));
    loop.disable();
    loops.push(loop);
    cpus.push(cpuSince(cpu) / 1_000);
    took.floor.push(await timed(() => floor(store)));
    await setImmediate();
    took.rival.push(await timed(() => rival(store, streams)));
    process.stderr.write(`round ${round + 1}: ${JSON.stringify(took)}\n`);
  }
  const same = await ours(store, {});
  await store.close();
  await db.close();
  const ms = median(took.ours);
  return {
    bench: 'rehearsal',
    machine: about,
    bookings,
    events,
    target: { ms: TARGET_MS, met: !quick && ms <= TARGET_MS },
    ours: {
      ms: rounded(ms, 0),
      all: took.ours.map((one) => rounded(one, 0)),
      spreadPct: spreadPct(took.ours),
      cpuMs: rounded(median(cpus), 0),
    },
    rival: { ms: rounded(median(took.rival), 0), timesOurs: rounded(median(took.rival) / ms) },
    floor: { ms: rounded(median(took.floor), 0), oursTimes: rounded(ms / median(took.floor)) },
    // How long others in this process waited for it, ms.
    heldUp: {
      p99: rounded(median(loops.map((loop) => loop.percentile(99) / 1e6))),
      max: rounded(Math.max(...loops.map((loop) => loop.max / 1e6))),
    },
    differ: last.rows.length,
    underOwnRule: { bookings: same.totals.bookings, differ: same.rows.length, tookMs: same.tookMs },
    logUnmoved: last.proof.before?.chain === last.proof.after?.chain,
    noisy: spreadPct(took.ours) > 5,
  };
}
