/**
 * Malformed messages over real sockets to a real server process, while two honest people draw: nothing crashes, nothing
 * grows, every socket that is sent away hears why, and the two lose nothing and hardly wait.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, type PRNG } from 'lib0/prng';
import * as Y from 'yjs';
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { entryKey } from '#sync/documents/keys.ts';
import { honestMessages, type Known } from '#sync/testing/fuzz.ts';
import type { Times } from '../../bench/sync/histogram.ts';
import { startPostgres } from '../support/postgres.ts';
import { storedDocument, until } from './board-client.ts';
import { Attacker, openServer, Pair, pathOf, Watcher, type Server } from './fuzz-crowd.ts';
import { nextShot } from './fuzz-frames.ts';
import { inkOf, type PairAnswer } from './fuzz-pair.ts';

/** On one board; then the next, so that each stays as large as a lesson's. */
const A_BOARD = 10_000;
const ATTACKERS = 12;
/** Sockets of each. */
const SOCKETS = 4;
/** Yjs ids of the two who are honest. */
const HONEST = [900_001, 900_002] as const;

export interface FuzzSettings {
  readonly messages: number;
  readonly seed: number;
  /** Messages a second of all attackers; as fast as they are answered when left out. */
  readonly perSecond?: number;
  /** How long the two draw undisturbed at first, ms. */
  readonly quietMs: number;
  readonly log?: (line: string) => void;
}

export interface FuzzReport {
  readonly messages: number;
  readonly seconds: number;
  /** Sockets that were sent away: code and reason → how often. */
  readonly closed: Readonly<Record<string, number>>;
  /** What should have closed its socket and did not, by kind. */
  readonly tolerated: Readonly<Record<string, number>>;
  /** From the pen of one of the two to the other one, ms: alone, and while the others attack. */
  readonly quiet: Times;
  readonly attacked: Times;
  /** How much longer their p99 is then. */
  readonly movedMs: number;
  /** Updates of the two. */
  readonly drawn: number;
  readonly lost: number;
  /** Of the server, MB: before anything, when two thirds were said, the most, and at the end. */
  readonly rssMb: { readonly first: number; readonly later: number; readonly most: number; readonly last: number };
  readonly problems: readonly string[];
}

const ROOTS = ['people', 'strokes', 'erased'];

interface Totals {
  sent: number;
  drawn: number;
  lost: number;
  readonly closed: Map<string, number>;
  readonly tolerated: Map<string, number>;
  readonly problems: string[];
}

const count = (counts: Map<string, number>, what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

/** Attacks one board from all sides until so many messages were said. */
async function attack(
  server: Server,
  name: string,
  messages: number,
  random: PRNG,
  watcher: Watcher,
  totals: Totals,
  pace: () => Promise<void>,
): Promise<void> {
  const people = Array.from({ length: ATTACKERS }, (_, i) => ({ personId: `p-bad-${i}`, name: `Bad ${i}` }));
  const own = people.map((_, i) => i + 1);
  const known: Known = {
    // Their own, nobody's, and those of the two who are honest.
    clients: [...own, 4_000_000_000, 77, ...HONEST],
    next: (client) => Y.getState(watcher.doc.store, client),
  };
  let left = messages;
  const one = async (person: { personId: string; name: string }, client: number): Promise<void> => {
    const honest = honestMessages(client, person);
    const attacker = new Attacker(server.port, pathOf(person, name), (what) => count(totals.closed, what));
    try {
      while (left > 0 && !server.child.exited()) {
        left -= 1;
        await pace();
        const shot = nextShot(random, honest, known, attacker.open);
        const gone = await attacker.say(shot);
        totals.sent += 1;
        if (shot.mustClose && !gone) count(totals.tolerated, shot.what);
      }
    } finally {
      attacker.end();
    }
  };
  await Promise.all(people.flatMap((person, i) => Array.from({ length: SOCKETS }, () => one(person, own[i] ?? 0))));
}

/** What stands on the board, as the product reads it. */
const boardOf = (doc: Y.Doc): string =>
  JSON.stringify(ROOTS.map((root) => Object.entries(doc.getMap(root).toJSON()).sort(([a], [b]) => (a < b ? -1 : 1))));

/** The ink that one of the two has on a board, stroke after stroke. */
function inkIn(doc: Y.Doc, client: number): Buffer {
  const strokes = doc.getMap<unknown>('strokes');
  const parts: Uint8Array[] = [];
  for (let n = 0; strokes.has(entryKey(client, n)); n += 1) {
    const stroke: unknown = strokes.get(entryKey(client, n));
    if (stroke instanceof Y.Array)
      parts.push(...stroke.toArray().filter((chunk): chunk is Uint8Array => chunk instanceof Uint8Array));
    else if (typeof stroke === 'object' && stroke !== null && 'ink' in stroke && stroke.ink instanceof Uint8Array)
      parts.push(stroke.ink);
  }
  return Buffer.concat(parts);
}

/** Counts pieces of ink that are not where they were drawn. */
function missingIn(doc: Y.Doc, sent: readonly number[]): number {
  return sent.reduce((missing, drawn, one) => {
    const ink = inkIn(doc, HONEST[one] ?? 0);
    let gone = 0;
    for (let n = 1; n <= drawn; n += 1) {
      const piece = inkOf(one, n);
      if (!ink.subarray((n - 1) * piece.length, n * piece.length).equals(piece)) gone += 1;
    }
    return missing + gone;
  }, 0);
}

/** What was relayed, what a newcomer gets and what is stored are one document, with all ink of the two in it. */
async function verify(
  server: Server,
  db: Database,
  name: string,
  watcher: Watcher,
  { sent, unseen, unsafe, closed }: Extract<PairAnswer, { kind: 'stop' }>,
  totals: Totals,
): Promise<void> {
  const problem = (text: string): void => void totals.problems.push(`${name}: ${text}`);
  if (unseen + unsafe > 0) problem(`of the two ${unseen} never seen, ${unsafe} never safe`);
  for (const what of closed) problem(`one of the two was sent away: ${what}`);
  if (watcher.closed !== null) problem(`the watcher was sent away: ${watcher.closed}`);
  const fresh = new Watcher(server.port, name, 'fresh');
  try {
    await until(() => fresh.whole, 'a newcomer to be in');
    const same = (doc: Y.Doc): boolean =>
      Buffer.compare(Y.encodeStateVector(doc), Y.encodeStateVector(watcher.doc)) === 0 &&
      boardOf(doc) === boardOf(watcher.doc);
    await until(() => same(fresh.doc), 'a newcomer to see what was relayed').catch((e: unknown) => problem(String(e)));
    await until(async () => same(await storedDocument(db, name)), 'the rows to say the same').catch((e: unknown) =>
      problem(String(e)),
    );
    if (fresh.doc.store.pendingStructs ?? fresh.doc.store.pendingDs) problem('a newcomer waits for what never comes');
    totals.drawn += sent.reduce((sum, n) => sum + n, 0);
    totals.lost += missingIn(fresh.doc, sent) + missingIn(await storedDocument(db, name), sent);
  } finally {
    fresh.end();
  }
}

export async function runBoardFuzz(settings: FuzzSettings): Promise<FuzzReport> {
  const { messages, seed, perSecond, quietMs, log = () => undefined } = settings;
  const random = create(seed);
  const postgres = await startPostgres();
  const db = await openPostgres(postgres.url, { max: 2 });
  const server = await openServer(postgres.url);
  const pair = new Pair();
  const totals: Totals = { sent: 0, drawn: 0, lost: 0, closed: new Map(), tolerated: new Map(), problems: [] };
  const rss = { first: server.rssMb(), later: 0, most: 0, last: 0 };
  const looking = setInterval(() => {
    if (!server.child.exited()) rss.most = Math.max(rss.most, server.rssMb());
  }, 100);
  let quiet: Times | null = null;
  let attacked: Times | null = null;
  let seconds = 0;
  try {
    for (let said = 0; said < messages && !server.child.exited(); said += A_BOARD) {
      const name = `board:${randomUUID()}`;
      const watcher = new Watcher(server.port, name, 'watcher');
      await until(() => watcher.whole, 'the watcher to be in');
      await pair.ask({ kind: 'open', port: server.port, name, clients: HONEST });
      if (!quiet) {
        await sleep(500);
        await pair.ask({ kind: 'time' });
        await sleep(quietMs);
        quiet = (await pair.ask({ kind: 'time' })).times;
      }
      const began = performance.now();
      const before = totals.sent;
      const pace = async (): Promise<void> => {
        const due = perSecond === undefined ? 0 : began + ((totals.sent - before) * 1_000) / perSecond;
        const early = due - performance.now();
        if (early > 0) await sleep(early);
      };
      await attack(server, name, Math.min(A_BOARD, messages - said), random, watcher, totals, pace);
      seconds += (performance.now() - began) / 1_000;
      const stopped = await pair.ask({ kind: 'stop' });
      attacked = stopped.times;
      await verify(server, db, name, watcher, stopped, totals);
      watcher.end();
      if (rss.later === 0 && totals.sent >= (messages * 2) / 3) rss.later = rss.most;
      log(`${totals.sent} messages, p99 ${attacked.p99} ms, ${server.rssMb()} MB`);
    }
    if (server.child.exited()) totals.problems.push('the server is gone');
    else rss.last = server.rssMb();
  } catch (error) {
    totals.problems.push(String(error));
  } finally {
    clearInterval(looking);
    pair.end();
    await server.child.end('SIGKILL');
    await db.close();
    await postgres.stop();
  }
  const output = server.child.output();
  if (output !== '') totals.problems.push(output);
  const none = { p50: 0, p99: 0, p999: 0, max: 0, count: 0 };
  const [alone, among] = [quiet ?? none, attacked ?? none];
  return {
    messages: totals.sent,
    seconds: Math.round(seconds * 10) / 10,
    closed: Object.fromEntries(totals.closed),
    tolerated: Object.fromEntries(totals.tolerated),
    quiet: alone,
    attacked: among,
    movedMs: Math.round((among.p99 - alone.p99) * 100) / 100,
    drawn: totals.drawn,
    lost: totals.lost,
    rssMb: rss,
    problems: totals.problems,
  };
}

/** What the last third of it took more than all before, MB: memory that is full is flat. */
export const growthMb = ({ rssMb }: FuzzReport): number => rssMb.most - rssMb.later;
