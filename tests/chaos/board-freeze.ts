/** Redis frozen while people draw on both nodes: nobody waits for it, and nothing is missing afterwards. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { openClient, sameReplica, strokesOf, until, type BoardClient } from './board-client.ts';
import { startCluster, type Cluster } from './board-cluster.ts';

const A_NODE = 3;
const EVERY_MS = 50;

interface Spread {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
export interface FreezeReport {
  readonly seconds: number;
  readonly strokes: number;
  /** From a stroke to its peer on the same node, on the other, and to its acknowledgement, while Redis was frozen; ms. */
  readonly sameNodeMs: Spread;
  readonly otherNodeMs: Spread;
  readonly acknowledgedMs: Spread;
  /** From the end of the freeze until words came over Redis again, ms. */
  readonly backMs: number;
  readonly problems: readonly string[];
}

const spread = (values: readonly number[]): Spread => {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): number => Math.round((sorted[Math.floor((sorted.length - 1) * q)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
};

/** @param cluster of two nodes. */
export async function freezeRedis(
  cluster: Cluster,
  seconds: number,
  log: (line: string) => void = () => undefined,
): Promise<FreezeReport> {
  const name = `board:${randomUUID()}`;
  const clients: BoardClient[] = cluster.nodes.flatMap(({ url }, n) =>
    Array.from({ length: A_NODE }, (_, i) => openClient(url, name, `${n}-${i}`)),
  );
  const [one, peer] = clients;
  const far = clients.at(-1);
  if (!one || !peer || !far) throw new Error('three of them');
  const problems: string[] = [];
  const times = { same: [] as number[], other: [] as number[], safe: [] as number[] };
  let drawing = true;
  const waitFor = async (holds: () => boolean, what: string, ms: number): Promise<void> => {
    await until(holds, what, ms).catch((error: unknown) => void problems.push(String(error)));
  };
  try {
    await until(() => clients.every(({ provider }) => provider.synced), 'all to be in');
    const running = clients.map(async (client) => {
      while (drawing) {
        client.draw();
        await sleep(EVERY_MS);
      }
    });
    await sleep(500);
    cluster.redis.freeze();
    log('frozen');
    try {
      for (const end = Date.now() + seconds * 1_000; Date.now() < end;) {
        const began = performance.now();
        const key = one.draw();
        await waitFor(() => strokesOf(peer.doc).has(key), 'a stroke on the same node', 10_000);
        times.same.push(performance.now() - began);
        await waitFor(() => one.acknowledged().includes(key), 'a stroke to be safe', 10_000);
        times.safe.push(performance.now() - began);
        await waitFor(() => strokesOf(far.doc).has(key), 'a stroke on the other node', 3_000);
        times.other.push(performance.now() - began);
      }
    } finally {
      cluster.redis.thaw();
    }
    log('thawed');
    const thawed = performance.now();
    // Sooner than the database is looked at: by Redis.
    for (let quick = false; !quick && problems.length === 0;) {
      const began = performance.now();
      const key = one.draw();
      await waitFor(() => strokesOf(far.doc).has(key), 'a stroke on the other node', 3_000);
      quick = performance.now() - began < 60;
      if (performance.now() - thawed > 15_000) problems.push('words do not come over Redis any more');
    }
    const backMs = Math.round(performance.now() - thawed);
    drawing = false;
    await Promise.all(running);
    await waitFor(() => clients.every((c) => c.acknowledged().length === c.drawn.length), 'all to be safe', 10_000);
    const fresh = cluster.nodes.map(({ url }, i) => openClient(url, name, `fresh-${i}`));
    clients.push(...fresh);
    await waitFor(() => clients.every((other) => sameReplica(one.doc, other.doc)), 'all replicas to be equal', 10_000);
    const strokes = clients.reduce((sum, { drawn }) => sum + drawn.length, 0);
    if (strokesOf(one.doc).size !== strokes) problems.push(`${strokes - strokesOf(one.doc).size} strokes are missing`);
    const [sameNodeMs, otherNodeMs, acknowledgedMs] = [spread(times.same), spread(times.other), spread(times.safe)];
    return { seconds, strokes, sameNodeMs, otherNodeMs, acknowledgedMs, backMs, problems };
  } finally {
    drawing = false;
    for (const client of clients) client.end();
  }
}

export async function runBoardFreeze(options: {
  readonly seconds: number;
  readonly log?: (line: string) => void;
}): Promise<FreezeReport> {
  const cluster = await startCluster(2);
  try {
    return await freezeRedis(cluster, options.seconds, options.log);
  } finally {
    await cluster.stop();
  }
}
