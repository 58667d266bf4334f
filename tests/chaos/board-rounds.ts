/**
 * Random concurrent edits in the manner of Yjs's own tests: stock clients on two nodes, 2 % disconnects, and in the end
 * every replica, a newcomer on each node and the stored rows say the same.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { bool, create, int31, int32, oneOf, word, type PRNG } from 'lib0/prng';
import * as Y from 'yjs';
import { openPostgres } from '#platform/database/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openClient, sameReplica, storedDocument, until, visibleIn, type BoardClient } from './board-client.ts';
import { startCluster, type Cluster } from './board-cluster.ts';

const CLIENTS = 4;
const STEPS = 80;
/** Of each step, in percent. */
const DISCONNECTS = 2;
const AT_ONCE = 4;

export interface RoundReport {
  readonly rounds: number;
  readonly edits: number;
  readonly disconnects: number;
  readonly problems: readonly string[];
}

const mapOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap<unknown>('map');
const arrayOf = (doc: Y.Doc): Y.Array<unknown> => doc.getArray<unknown>('array');
const textOf = (doc: Y.Doc): Y.Text => doc.getText('text');
const xmlOf = (doc: Y.Doc): Y.XmlFragment => doc.getXmlFragment('xml');

function nested(random: PRNG): unknown {
  switch (int31(random, 0, 3)) {
    case 0:
      return new Y.Map([[word(random), int32(random, 0, 100)]]);
    case 1:
      return Y.Array.from([int32(random, 0, 100), word(random)]);
    case 2:
      return new Y.Text(word(random));
    default:
      return { [word(random)]: [int32(random, -5, 5), null, bool(random)] };
  }
}

/** What one client may do; each is one act of a person. */
const EDITS: readonly ((client: BoardClient, random: PRNG) => void)[] = [
  ({ doc }, random) => void mapOf(doc).set(oneOf(random, ['one', 'two', 'three']), word(random)),
  ({ doc }, random) => void mapOf(doc).set(oneOf(random, ['one', 'two', 'three']), nested(random)),
  ({ doc }, random) => mapOf(doc).delete(oneOf(random, ['one', 'two', 'three'])),
  ({ doc }, random) => {
    const inner = mapOf(doc).get(oneOf(random, ['one', 'two', 'three']));
    if (inner instanceof Y.Map) inner.set(word(random), nested(random));
    else if (inner instanceof Y.Array) inner.insert(0, [word(random), nested(random)]);
    else if (inner instanceof Y.Text) inner.insert(inner.length, word(random));
  },
  ({ doc }, random) => {
    const array = arrayOf(doc);
    array.insert(
      int32(random, 0, array.length),
      Array.from({ length: int32(random, 1, 4) }, () => int32(random, 0, 99)),
    );
  },
  ({ doc }, random) => arrayOf(doc).insert(int32(random, 0, arrayOf(doc).length), [nested(random)]),
  ({ doc }, random) => {
    const array = arrayOf(doc);
    if (array.length === 0) return;
    const at = int32(random, 0, array.length - 1);
    array.delete(at, Math.min(int32(random, 1, 3), array.length - at));
  },
  ({ doc }, random) => textOf(doc).insert(int32(random, 0, textOf(doc).length), word(random)),
  ({ doc }, random) => textOf(doc).insert(int32(random, 0, textOf(doc).length), '✏️ रेखा', { bold: true }),
  ({ doc }, random) => {
    const text = textOf(doc);
    if (text.length === 0) return;
    const at = int32(random, 0, text.length - 1);
    const length = Math.min(int32(random, 1, 6), text.length - at);
    if (bool(random)) text.delete(at, length);
    else text.format(at, length, { bold: oneOf(random, [true, null]) });
  },
  ({ doc }, random) => {
    const xml = xmlOf(doc);
    const node = bool(random) ? new Y.XmlElement('p') : new Y.XmlText(word(random));
    xml.insert(int32(random, 0, xml.length), [node]);
  },
  ({ doc }, random) => {
    const xml = xmlOf(doc);
    if (xml.length > 0) xml.delete(int32(random, 0, xml.length - 1), 1);
  },
  (client) => void client.draw(),
  (client) => void client.draw(),
  (client, random) => {
    // The host anything, the others what is theirs: what may not enter would stay with its author alone.
    const keys = visibleIn(client.doc).filter((key) => client.role === 'host' || client.drawn.includes(key));
    if (keys.length > 0) client.erase(oneOf(random, keys));
  },
  // Many acts as one update.
  (client, random) =>
    client.doc.transact(() => {
      for (let i = 0; i < 5; i += 1) oneOf(random, [...EDITS.slice(0, 12)])(client, random);
    }),
];

/** One board: edits, then everyone in, then everyone the same. Throws in words. */
async function playRound(
  cluster: Cluster,
  db: Database,
  seed: number,
): Promise<{ edits: number; disconnects: number }> {
  const random = create(seed);
  // A name that nobody had before, so that a seed can be played again.
  const name = `board:${crypto.randomUUID()}`;
  const open = (i: number): BoardClient => {
    const client = openClient(
      cluster.nodes[i % cluster.nodes.length]?.url ?? '',
      name,
      `${i}`,
      i === 0 ? 'host' : 'participant',
    );
    for (const root of [mapOf, arrayOf, textOf, xmlOf]) root(client.doc);
    return client;
  };
  const clients = Array.from({ length: CLIENTS }, (_, i) => open(i));
  let disconnects = 0;
  try {
    for (let step = 0; step < STEPS; step += 1) {
      const client = oneOf(random, clients);
      if (int32(random, 1, 100) <= DISCONNECTS) {
        disconnects += 1;
        client.provider.disconnect();
      } else if (!client.provider.shouldConnect && int32(random, 1, 100) <= 20) client.provider.connect();
      oneOf(random, [...EDITS])(client, random);
      if (int32(random, 1, 100) <= 40) await sleep(int32(random, 0, 6));
    }
    for (const { provider } of clients) if (!provider.shouldConnect) provider.connect();
    const all = [...clients, open(CLIENTS), open(CLIENTS + 1)];
    clients.push(...all.slice(CLIENTS));
    const [first, ...others] = all;
    if (!first) throw new Error('somebody');
    await until(() => all.every(({ provider }) => provider.synced), 'all to be in');
    await until(() => others.every((other) => sameReplica(first.doc, other.doc)), 'all to say the same');
    await until(() => all.every((one) => one.acknowledged().length === one.drawn.length), 'all strokes to be safe');
    const read = async (): Promise<boolean> => {
      const copy = await storedDocument(db, name);
      for (const root of [mapOf, arrayOf, textOf, xmlOf]) root(copy);
      return sameReplica(first.doc, copy);
    };
    await until(read, 'the stored rows to say the same');
  } finally {
    for (const client of clients) client.end();
  }
  return { edits: STEPS, disconnects };
}

/** @param seeds played several at once. */
export async function playRounds(
  cluster: Cluster,
  seeds: readonly number[],
  log: (line: string) => void = () => undefined,
): Promise<RoundReport> {
  const db = await openPostgres(cluster.databaseUrl, { max: 4 });
  const problems: string[] = [];
  let [edits, disconnects, played] = [0, 0, 0];
  const waiting = [...seeds];
  const player = async (): Promise<void> => {
    for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
      try {
        const round = await playRound(cluster, db, seed);
        edits += round.edits;
        disconnects += round.disconnects;
      } catch (error) {
        problems.push(`seed ${seed}: ${String(error)}`);
      }
      played += 1;
      if (played % 50 === 0) log(`${played} rounds, ${problems.length} problems`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, player));
  } finally {
    await db.close();
  }
  return { rounds: seeds.length, edits, disconnects, problems };
}

export async function runBoardRounds(options: {
  readonly rounds: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}): Promise<RoundReport> {
  const cluster = await startCluster(2);
  try {
    return await playRounds(
      cluster,
      Array.from({ length: options.rounds }, (_, i) => options.seed + i),
      options.log,
    );
  } finally {
    await cluster.stop();
  }
}
