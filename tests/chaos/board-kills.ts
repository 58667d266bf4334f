/**
 * Kills of nodes under a storm of writers: nothing that was acknowledged is ever missing, whoever dies with the node,
 * everybody goes on at another node within seconds, and every replica ends the same.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { bool, create, int32, oneOf, type PRNG } from 'lib0/prng';
import * as Y from 'yjs';
import type { Database } from '#platform/database/database.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { scanUpdate } from '#sync/wire/scan.ts';
import { Histogram, type Times } from '../../bench/sync/histogram.ts';
import { openClient, sameReplica, storedDocument, until, type BoardClient } from './board-client.ts';
import { startCluster, type Cluster, type Node } from './board-cluster.ts';
import { pieceOf, piecesIn, StormWriter, type PieceKey, type StormPlace } from './storm-writer.ts';

const NODES = 2;
/** Each piece of ink is one update: 20 Hz. */
const EVERY_MS = 50;
const TURN_MS = 5;
/** Stock clients that draw, too, and are the replicas that are compared. */
const STOCK = 3;
/** A stroke of theirs, which is three updates. */
const STOCK_EVERY_MS = 150;
/** On one board; then the next one begins, so that each run ends with boards of the size of a lesson's. */
const KILLS_A_BOARD = 10;
/** Of the writers at the node that dies, in half of the kills. */
const DYING_PART = 0.2;
/** Of all writers, that go to the node that is back. */
const MOVING_PART = 0.4;

export interface KillSettings {
  readonly kills: number;
  readonly seed: number;
  /** At 20 Hz each. */
  readonly writers: number;
  readonly log?: (line: string) => void;
}

export interface KillReport {
  readonly kills: number;
  readonly writers: number;
  /** Pieces of ink, and strokes of the stock clients. */
  readonly drawn: number;
  readonly acknowledged: number;
  /** What was acknowledged and is missing, in words. */
  readonly lost: readonly string[];
  /** What did not end the same, or not at all, in words. */
  readonly problems: readonly string[];
  /** Of each client that was at a killed node: from the kill to its first ack through another node, ms. */
  readonly resumeMs: Times;
}

interface Totals {
  drawn: number;
  acknowledged: number;
  readonly lost: string[];
  readonly problems: string[];
  readonly resumes: Histogram;
}

export async function runBoardKills(settings: KillSettings): Promise<KillReport> {
  const { kills, seed, writers, log = () => undefined } = settings;
  const random = create(seed);
  // What dead authors leave only with their peers comes back after a second instead of ten.
  const cluster = await startCluster(NODES, { orphanMs: 1_000 });
  const db = await openPostgres(cluster.databaseUrl, { max: 2 });
  const totals: Totals = { drawn: 0, acknowledged: 0, lost: [], problems: [], resumes: new Histogram() };
  try {
    for (let done = 0; done < kills; done += KILLS_A_BOARD) {
      await new Board(cluster, db, random, totals, writers, log).play(Math.min(KILLS_A_BOARD, kills - done));
      const { p50, max } = totals.resumes.times();
      const said = `${totals.acknowledged} acknowledged, ${totals.lost.length} lost, resume ${p50} to ${max} ms`;
      log(`${Math.min(kills, done + KILLS_A_BOARD)} kills, ${said}`);
    }
  } finally {
    await db.close();
    await cluster.stop();
  }
  const { resumes, ...rest } = totals;
  return { kills, writers, ...rest, resumeMs: resumes.times() };
}

/** What the rows have of the writers' ink, read as they grow. */
class StoredPieces {
  private readonly db: Database;
  private readonly name: string;
  private readonly found = new Set<PieceKey>();
  private after = 0;

  constructor(db: Database, name: string) {
    this.db = db;
    this.name = name;
  }

  async read(mostClient: number): Promise<ReadonlySet<PieceKey>> {
    for (;;) {
      const rows = await this.db.query<{ seq: number; body: Uint8Array }>(
        'SELECT seq, body FROM sync_update WHERE document = $1 AND seq > $2 ORDER BY seq LIMIT 5000',
        [this.name, this.after],
      );
      for (const { body } of rows)
        for (const { client, structs } of scanUpdate(body).blocks)
          for (const struct of client <= mostClient ? structs : []) {
            const piece = pieceOf(struct);
            if (piece !== null) this.found.add(piece);
          }
      const last = rows.at(-1);
      if (!last) return this.found;
      this.after = last.seq;
    }
  }
}

/** The writers' ink in a replica. */
function piecesOf(doc: Y.Doc): Set<PieceKey> {
  const found = new Set<PieceKey>();
  const take = (ink: unknown): void => {
    if (ink instanceof Uint8Array) for (const piece of piecesIn(ink)) found.add(piece);
  };
  for (const stroke of doc.getMap<unknown>('strokes').values()) {
    if (stroke instanceof Y.Array) stroke.forEach(take);
    else if (typeof stroke === 'object' && stroke !== null && 'ink' in stroke) take(stroke.ink);
  }
  return found;
}

/** Which clients two replicas know differently far. */
function differences(a: Y.Doc, b: Y.Doc): string {
  const [one, other] = [a, b].map((doc) => Y.decodeStateVector(Y.encodeStateVector(doc)));
  const clients = new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])]);
  const unlike = [...clients].filter((client) => one?.get(client) !== other?.get(client));
  const said = unlike
    .slice(0, 10)
    .map((client) => `${client}: ${one?.get(client) ?? 0} and ${other?.get(client) ?? 0}`);
  return `${unlike.length} clients differ: ${said.join(', ')}`;
}

class Board {
  private readonly name = `board:${randomUUID()}`;
  private readonly cluster: Cluster;
  private readonly db: Database;
  private readonly random: PRNG;
  private readonly totals: Totals;
  private readonly wanted: number;
  private readonly log: (line: string) => void;
  private readonly place: StormPlace;
  private readonly stored: StoredPieces;
  private readonly stock: BoardClient[];
  private readonly writers: StormWriter[] = [];
  /** Those that died, whose promises stand. */
  private readonly dead: StormWriter[] = [];
  /** How far the promises to each were looked up in the rows. */
  private readonly lookedUp = new Map<StormWriter, number>();
  private people = 0;

  constructor(
    cluster: Cluster,
    db: Database,
    random: PRNG,
    totals: Totals,
    wanted: number,
    log: (line: string) => void,
  ) {
    this.log = log;
    this.cluster = cluster;
    this.db = db;
    this.random = random;
    this.totals = totals;
    this.wanted = wanted;
    this.stored = new StoredPieces(db, this.name);
    this.stock = Array.from({ length: STOCK }, (_, i) => openClient(cluster.url, this.name, `stock-${i}`));
    let vector: { readonly at: number; readonly bytes: Uint8Array } = { at: 0, bytes: Uint8Array.of(0) };
    this.place = {
      name: this.name,
      ports: cluster.nodes.map(({ port }) => port),
      // Many ask at once.
      vector: () => {
        const [first] = this.stock;
        const now = performance.now();
        if (first && now - vector.at > 50) vector = { at: now, bytes: Y.encodeStateVector(first.doc) };
        return vector.bytes;
      },
    };
  }

  async play(kills: number): Promise<void> {
    const { random, cluster } = this;
    this.fill();
    const stop = this.draw();
    try {
      await this.waitFor(() => this.everyone(({ in: here }) => here), 'all to be in', 20_000);
      for (let kill = 0; kill < kills; kill += 1) {
        await sleep(int32(random, 200, 800));
        await this.kill(oneOf(random, [...cluster.nodes]));
      }
      stop();
      await this.verify();
    } finally {
      stop();
      for (const writer of this.writers) writer.end();
      for (const client of this.stock) client.end();
    }
  }

  private everyone(holds: (writer: StormWriter) => boolean): boolean {
    return this.writers.every(holds) && this.stock.every(({ provider }) => provider.synced);
  }

  private fill(): void {
    while (this.writers.length < this.wanted) {
      this.writers.push(new StormWriter(this.place, this.people));
      this.people += 1;
    }
  }

  /** Everybody draws when it is due, whatever the server does; gives how to stop it. */
  private draw(): () => void {
    const began = performance.now();
    const turns = new Map<object, number>();
    const due = (who: object, i: number, of: number, everyMs: number): number => {
      const now = Math.floor((performance.now() - began - (i * everyMs) / of) / everyMs);
      const count = now - (turns.get(who) ?? now);
      turns.set(who, now);
      return count;
    };
    const timer = setInterval(() => {
      for (const [i, writer] of this.writers.entries())
        for (let n = due(writer, i, this.wanted, EVERY_MS); n > 0; n -= 1) writer.draw();
      for (const [i, client] of this.stock.entries())
        for (let n = due(client, i, STOCK, STOCK_EVERY_MS); n > 0; n -= 1) client.draw();
    }, TURN_MS);
    return () => clearInterval(timer);
  }

  /** One kill, and everybody goes on; then the node comes back and gets its share. */
  private async kill(node: Node): Promise<void> {
    const { random, writers } = this;
    const there = writers.filter(({ port }) => port === node.port);
    // In half of the kills authors die with it: then nobody repeats what the node promised. Only those of whom something
    // was stored: nobody else could bring back what the others left (SPEC A7).
    const dies = (writer: StormWriter): boolean => int32(random, 1, 100) <= DYING_PART * 100 && writer.safe > 0;
    const dying = bool(random) ? there.filter(dies) : [];
    const killed = performance.now();
    const dead = node.kill();
    for (const writer of there) writer.expectDeath(killed);
    for (const writer of dying) this.leave(writer);
    await dead;
    // In the database by now, before anybody who lives could repeat it.
    await this.lookUp();
    const goingOn = (): boolean => this.everyone((writer) => writer.in && !writer.waitsForAnother);
    await this.waitFor(goingOn, 'all to go on elsewhere', 20_000);
    const back = new Histogram();
    for (const { resumedAfter } of there.filter((writer) => !dying.includes(writer)))
      if (resumedAfter !== null) for (const times of [back, this.totals.resumes]) times.record(resumedAfter);
    const { p50, max, count } = back.times();
    this.log(`  ${count} went on elsewhere after ${p50} to ${max} ms`);
    this.fill();
    await sleep(int32(random, 0, 300));
    await node.start();
    for (const writer of writers)
      if (writer.port !== node.port && int32(random, 1, 100) <= MOVING_PART * 100) writer.move(node.port);
    await this.waitFor(() => this.everyone(({ in: here }) => here), 'all to be in', 20_000);
  }

  private leave(writer: StormWriter): void {
    this.writers.splice(this.writers.indexOf(writer), 1);
    this.dead.push(writer);
    writer.end();
  }

  /** Whether the rows have whatever was acknowledged since the last time. */
  private async lookUp(): Promise<void> {
    const promises = [...this.writers, ...this.dead].flatMap((writer) => {
      const keys = writer.promised(this.lookedUp.get(writer) ?? 0);
      this.lookedUp.set(writer, writer.safe);
      return keys;
    });
    const stored = await this.stored.read(this.people);
    for (const key of promises) if (!stored.has(key)) this.totals.lost.push(`${this.name}: not stored: ${key}`);
  }

  private async waitFor(holds: () => boolean | Promise<boolean>, what: string, ms: number): Promise<void> {
    await until(holds, what, ms).catch(
      (error: unknown) => void this.totals.problems.push(`${this.name}: ${String(error)}`),
    );
  }

  private async verify(): Promise<void> {
    const { totals, stock, name } = this;
    const safe = (): boolean =>
      this.everyone(({ settled }) => settled) &&
      stock.every((client) => client.acknowledged().length === client.drawn.length);
    await this.waitFor(safe, 'all that was drawn to be safe', 20_000);
    const fresh = this.cluster.nodes.map(({ url }, i) => openClient(url, name, `fresh-${i}`));
    try {
      const [first, ...others] = [...stock, ...fresh];
      if (!first) throw new Error('somebody');
      await this.waitFor(() => fresh.every(({ provider }) => provider.synced), 'newcomers to be in', 20_000);
      const unlike = (): BoardClient[] => others.filter((other) => !sameReplica(first.doc, other.doc));
      await this.waitFor(() => unlike().length === 0, 'all replicas to be equal', 20_000);
      for (const other of unlike()) totals.problems.push(differences(first.doc, other.doc));
      const rows = async (): Promise<boolean> => sameReplica(first.doc, await storedDocument(this.db, name));
      await this.waitFor(rows, 'the rows to say the same', 20_000);
      const pieces = [...this.writers, ...this.dead].flatMap((writer) => writer.promised());
      const strokes = stock.flatMap((client) => client.acknowledged());
      for (const { doc } of fresh) {
        const found = piecesOf(doc);
        for (const key of pieces) if (!found.has(key)) totals.lost.push(`${name}: not on the board: ${key}`);
        for (const key of strokes) if (!doc.getMap('strokes').has(key)) totals.lost.push(`${name}: no stroke ${key}`);
      }
      totals.acknowledged += pieces.length + strokes.length;
      for (const { drawn } of [...this.writers, ...this.dead]) totals.drawn += drawn;
      for (const { drawn } of stock) totals.drawn += drawn.length;
    } finally {
      for (const client of fresh) client.end();
    }
  }
}
