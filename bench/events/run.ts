/** `npm run bench -- events`: the log and its read models, beside a store of the usual kind and beside the bare disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { startPostgres } from '../../tests/support/postgres.ts';
import { databaseSettings, machine } from './machine.ts';
import { fdatasyncsPerSecond, rounded } from './measure.ts';
import { measureThroughput, oneRun, type Contenders } from './throughput.ts';
import { openOurs } from './ours.ts';
import { measureVisible } from './visible.ts';
import { drive } from './drive.ts';

/** A measurement that hangs ends by itself, ms. */
const LIMIT_MS = 40 * 60_000;
/** Enough that no round waits for a checkpoint, the same for all. */
const SERVER = [
  'shared_buffers=512MB',
  'max_wal_size=8GB',
  'checkpoint_timeout=30min',
  'synchronous_commit=on',
  'max_connections=100',
];
const EVENTS_PER_LIFE = 33;
const IN_FLIGHT = 64;
const TARGETS = { timesRival: 3, visibleP99Ms: 10, rebuiltPerSecond: 50_000 };

const say = (text: string): void => void process.stderr.write(`${text}\n`);

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  const number = (name: string, usual: number, short: number): number => {
    const value = flags.get(name);
    if (value === undefined) return quick ? short : usual;
    if (!/^\d+$/.test(value)) throw new Error(`--${name} needs a number`);
    return Number(value);
  };
  const sizes = {
    lives: number('lives', 2_000, 150),
    rounds: number('rounds', 5, 3),
    seconds: number('seconds', 20, 4),
    rebuilt: number('events', 1_000_000, 20_000),
  };
  const folder = mkdtempSync(join(tmpdir(), 'nexused-bench-'));
  const postgres = await startPostgres(SERVER);
  const cleanUp = async (): Promise<void> => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const giveUp = (code: number): void => void cleanUp().finally(() => process.exit(code));
  const limit = setTimeout(() => {
    say(`Not done after ${LIMIT_MS / 60_000} minutes; given up.`);
    giveUp(1);
  }, LIMIT_MS);
  const stop = (): void => giveUp(130);
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const before = machine();
    let databases = 0;
    const newUrl = (): Promise<string> => postgres.createDatabase(`bench${(databases += 1)}`);
    const onPostgres = async (): Promise<Database> => openPostgres(await newUrl());
    const flushes = fdatasyncsPerSecond(folder);
    const settingsDb = await onPostgres();
    const settings = await databaseSettings(settingsDb);
    await settingsDb.close();

    const atServer = async (sql: string): Promise<void> => {
      const db = await openPostgres(postgres.url);
      await db.query(sql);
      await db.close();
    };
    const drop = (url: string): Promise<void> =>
      atServer(`DROP DATABASE "${new URL(url).pathname.slice(1)}" WITH (FORCE)`);
    const contenders: Contenders = { newUrl, drop, serverPid: postgres.pid(), inFlight: IN_FLIGHT, say };
    const throughput = await measureThroughput(contenders, sizes);
    // What the rounds left to be written later would otherwise be written now.
    await atServer('CHECKPOINT');
    say('append → visible');
    const visible = await visibleOn(await onPostgres(), sizes.seconds);
    const rebuild = await rebuildOn(await onPostgres(), sizes.rebuilt);
    const pglite = await onPglite(folder, quick);

    return {
      bench: 'events',
      quick,
      noisy: throughput.noisy,
      machine: before,
      postgres: { ...settings, fdatasyncsPerSecond: flushes },
      targets: TARGETS,
      met: {
        timesRival: throughput.timesRival >= TARGETS.timesRival,
        visibleP99: visible.p99 <= TARGETS.visibleP99Ms && visible.missing === 0,
        rebuild: rebuild.eventsPerSecond >= TARGETS.rebuiltPerSecond && rebuild.identical,
      },
      throughput,
      visible,
      rebuild,
      pglite,
    };
  } finally {
    clearTimeout(limit);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    await cleanUp();
  }
}

async function visibleOn(db: Database, seconds: number) {
  const eventsPerSecond = 1_000;
  const of = Math.ceil((seconds * eventsPerSecond) / EVENTS_PER_LIFE) + 1_000;
  const ours = await openOurs(db, of);
  try {
    const visible = await measureVisible(ours, { of, eventsPerSecond, eventsPerCommand: 1.237, seconds });
    await ours.check();
    return visible;
  } finally {
    await ours.close();
  }
}

async function rebuildOn(db: Database, wanted: number) {
  const of = Math.ceil(wanted / EVENTS_PER_LIFE);
  const ours = await openOurs(db, of);
  try {
    say(`filling the log with about ${wanted} events, projected as they come`);
    await ours.project();
    await ours.caughtUp();
    const give = async (...args: Parameters<typeof ours.give>) => (await ours.give(...args)).events.length;
    const filled = await drive(give, { from: 0, to: of, of, inFlight: IN_FLIGHT });
    await ours.caughtUp();
    await ours.check();
    const live = await ours.fingerprint();
    if (db.kind === 'postgres') await db.query('CHECKPOINT');
    say('building all read models anew');
    const start = performance.now();
    const events = await ours.rebuild();
    const seconds = (performance.now() - start) / 1_000;
    const rebuilt = await ours.fingerprint();
    await ours.check();
    const different = Object.keys({ ...live, ...rebuilt }).filter((table) => live[table] !== rebuilt[table]);
    return {
      events,
      seconds: rounded(seconds),
      eventsPerSecond: Math.round(events / seconds),
      identical: different.length === 0,
      different,
      tables: Object.keys(rebuilt).length,
      filledPerSecond: Math.round(filled.events / filled.seconds),
    };
  } finally {
    await ours.close();
  }
}

/** Without a threshold: it is the database of a laptop, one thread, every commit flushed as well. */
async function onPglite(folder: string, quick: boolean) {
  let folders = 0;
  const open = (): Promise<Database> => openPglite(join(folder, `pglite${(folders += 1)}`));
  say('PGlite');
  const lives = quick ? 30 : 300;
  const ours = await openOurs(await open(), lives);
  const appended = await oneRun(ours, lives, IN_FLIGHT).finally(() => ours.close());
  const visible = await visibleOn(await open(), quick ? 2 : 10);
  const rebuild = await rebuildOn(await open(), quick ? 2_000 : 50_000);
  return { throughput: appended, visible, rebuild };
}
