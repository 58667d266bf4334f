/**
 * Kills of nodes under a storm of writers: nothing that was acknowledged is ever missing, whoever dies with the node, and
 * every replica ends the same.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, int32, bool } from 'lib0/prng';
import type { Database } from '#platform/database/database.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { openClient, sameReplica, storedDocument, strokesOf, until, type BoardClient } from './board-client.ts';
import { startCluster, type Cluster } from './board-cluster.ts';

const NODES = 2;
const WRITERS = 20;
/** A stroke each; it is three updates. */
const EVERY_MS = 150;
/** On one board; then the next one begins, so that each run ends with boards of the size of a lesson's. */
const KILLS_A_BOARD = 10;
const DYING_AUTHORS = 4;

export interface KillReport {
  readonly kills: number;
  readonly strokes: number;
  readonly acknowledged: number;
  /** Keys that were acknowledged and are missing. */
  readonly lost: readonly string[];
  /** What did not end the same, in words. */
  readonly problems: readonly string[];
  /** From a kill until the last client was synced again, ms. */
  readonly resumeMs: { readonly p50: number; readonly max: number };
}

export async function runBoardKills(options: {
  readonly kills: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<KillReport> {
  const { kills, seed, log = () => undefined } = options;
  const random = create(seed);
  // What dead authors leave only with their peers comes back after a second instead of ten.
  const cluster = await startCluster(NODES, { orphanMs: 1_000 });
  const db = await openPostgres(cluster.databaseUrl, { max: 2 });
  const totals = {
    strokes: 0,
    acknowledged: 0,
    lost: [] as string[],
    problems: [] as string[],
    resumes: [] as number[],
  };
  try {
    for (let done = 0; done < kills; done += KILLS_A_BOARD) {
      await playBoard(cluster, db, Math.min(KILLS_A_BOARD, kills - done), random, totals);
      log(
        `${Math.min(kills, done + KILLS_A_BOARD)} kills, ${totals.acknowledged} acknowledged, ${totals.lost.length} lost`,
      );
    }
  } finally {
    await db.close();
    await cluster.stop();
  }
  const { strokes, acknowledged, lost, problems, resumes } = totals;
  resumes.sort((a, b) => a - b);
  const resumeMs = { p50: resumes[resumes.length >> 1] ?? 0, max: resumes.at(-1) ?? 0 };
  return { kills, strokes, acknowledged, lost, problems, resumeMs };
}

interface Totals {
  strokes: number;
  acknowledged: number;
  readonly lost: string[];
  readonly problems: string[];
  readonly resumes: number[];
}

async function playBoard(
  cluster: Cluster,
  db: Database,
  kills: number,
  random: ReturnType<typeof create>,
  totals: Totals,
): Promise<void> {
  const name = `board:${randomUUID()}`;
  let people = 0;
  /** By authors that are gone. */
  const promised: string[] = [];
  let drawing = true;
  const running: Promise<void>[] = [];
  const ended = new Set<BoardClient>();
  const writers: BoardClient[] = [];
  const join = (): void => {
    people += 1;
    const writer = openClient(cluster.url, name, `${people}`);
    writers.push(writer);
    running.push(write(writer));
  };
  const write = async (writer: BoardClient): Promise<void> => {
    while (drawing && !ended.has(writer)) {
      writer.draw();
      await sleep(int32(random, EVERY_MS / 2, (EVERY_MS * 3) / 2));
    }
  };
  const leave = (writer: BoardClient): void => {
    ended.add(writer);
    writers.splice(writers.indexOf(writer), 1);
    promised.push(...writer.acknowledged());
    totals.strokes += writer.drawn.length;
    writer.end();
  };
  const allIn = (): boolean => writers.every(({ provider }) => provider.synced);

  for (let i = 0; i < WRITERS; i += 1) join();
  await until(allIn, 'all to be in');
  for (let kill = 0; kill < kills; kill += 1) {
    await sleep(int32(random, 150, 700));
    const node = cluster.nodes[int32(random, 0, NODES - 1)];
    if (!node) throw new Error('a node');
    // In half of the kills authors die with it: then nobody repeats what the node promised.
    const dying = bool(random) ? DYING_AUTHORS : 0;
    const killed = Date.now();
    const dead = node.kill();
    for (let i = 0; i < dying; i += 1) {
      const author = writers[int32(random, 0, writers.length - 1)];
      if (author) leave(author);
    }
    await dead;
    // In the database by now, before anybody who lives could repeat it.
    const safe = [...promised, ...writers.flatMap((writer) => writer.acknowledged())];
    const stored = strokesOf(await storedDocument(db, name));
    totals.lost.push(...safe.filter((key) => !stored.has(key)));
    await sleep(50);
    await until(allIn, 'all to be back', 20_000);
    totals.resumes.push(Math.max(0, ...writers.map((writer) => writer.syncedAt())) - killed);
    for (let i = 0; i < dying; i += 1) join();
    await sleep(int32(random, 0, 300));
    await node.start();
    await until(allIn, 'all to be in');
  }
  drawing = false;
  await Promise.all(running);
  const fresh = cluster.nodes.map(({ url }, i) => openClient(url, name, `fresh-${i}`));
  try {
    await verify(writers, fresh, promised, totals);
  } finally {
    for (const client of [...writers, ...fresh]) client.end();
  }
}

async function verify(
  writers: readonly BoardClient[],
  fresh: readonly BoardClient[],
  promised: readonly string[],
  totals: Totals,
): Promise<void> {
  const attempt = async (holds: () => boolean, what: string): Promise<void> => {
    await until(holds, what, 15_000).catch((error: unknown) => void totals.problems.push(String(error)));
  };
  await attempt(() => writers.every((one) => one.acknowledged().length === one.drawn.length), 'all strokes to be safe');
  const [first, ...others] = [...writers, ...fresh];
  if (!first) throw new Error('somebody');
  await attempt(() => others.every((other) => sameReplica(first.doc, other.doc)), 'all replicas to be equal');
  const acknowledged = [...promised, ...writers.flatMap((writer) => writer.acknowledged())];
  totals.strokes += writers.reduce((sum, { drawn }) => sum + drawn.length, 0);
  totals.acknowledged += acknowledged.length;
  for (const { doc } of fresh) {
    const found = strokesOf(doc);
    totals.lost.push(...acknowledged.filter((key) => !found.has(key)));
  }
}
