/**
 * A long lesson in a short time: everything that happens in four hours, one after the other as it would, only sooner. What
 * the server remembers is read at the end of each hour, at rest and behind a forced collection, beside what a fresh process
 * needs for the same document; and a pen is timed to another client all along.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { Pen } from '../../bench/sync/points.ts';
import { startChild, type Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { startPostgres } from '../support/postgres.ts';
import { storedDocument, until, visibleIn } from './board-client.ts';
import { Pupil, type Place } from './board-pupil.ts';

const SERVE = join(import.meta.dirname, '../../sync/testing/serve.ts');
const HOURS = 4;
const RECONNECTS = 3;
/** Of ten strokes. */
const ERASED = 3;
const CHUNKS = 8;
const CHUNK_MS = 40;
const PROBE_MS = 50;
const MB = 2 ** 20;
/** Client ids of the pen that is timed: none that a random one meets. */
const PROBE_CLIENT = 5;

export interface SoakSettings {
  readonly strokes: number;
  readonly people: number;
  /** Wall seconds of an hour of the lesson. */
  readonly secondsAnHour: number;
  readonly log?: (line: string) => void;
}

interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

interface Hour {
  /** Of the server with everybody in it, and of a fresh one for the document alone; MB. */
  readonly heapMb: number;
  readonly documentMb: number;
  readonly rssMb: number;
  /** From the pen of one client to another one, ms. */
  readonly pen: Times;
}

export interface SoakReport {
  readonly strokes: number;
  readonly erased: number;
  readonly people: number;
  readonly reconnects: number;
  readonly hours: readonly Hour[];
  readonly encodedBytes: number;
  /** A straight line through the hours' heap, and the same without what the document itself needs; MB an hour. */
  readonly heapMbAnHour: number;
  readonly besidesDocumentMbAnHour: number;
  readonly missing: number;
  readonly problems: readonly string[];
  readonly seconds: number;
}

/** Nothing is remembered that the document does not need: at most 1 MB more an hour. */
export const isFlat = ({ besidesDocumentMbAnHour }: SoakReport): boolean => besidesDocumentMbAnHour <= 1;

const rounded = (value: number): number => Math.round(value * 100) / 100;

function timesOf(values: readonly number[]): Times {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (q: number): number => rounded(sorted[Math.floor((sorted.length - 1) * q)] ?? 0);
  return { p50: at(0.5), p99: at(0.99), count: sorted.length };
}

/** Of the line that lies nearest to the values, a step. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [over, under] = values.reduce<[number, number]>(
    ([a, b], value, i) => [a + (i - middle) * (value - mean), b + (i - middle) ** 2],
    [0, 0],
  );
  return under === 0 ? 0 : over / under;
}

interface Node extends Place {
  readonly child: Child;
  memory(): Promise<{ heapUsed: number; rss: number }>;
}

async function openNode(database: string, name: string): Promise<Node> {
  const port = await freePort();
  const args = ['--disable-warning=ExperimentalWarning', '--expose-gc', SERVE, database, String(port)];
  const up = `http://127.0.0.1:${port}`;
  const child = await startChild(
    process.execPath,
    args,
    {},
    async () => (await fetch(`${up}/?name=board:up&person=nobody`)).ok,
  );
  return {
    child,
    port,
    name,
    memory: async () => (await (await fetch(`${up}/memory`)).json()) as { heapUsed: number; rss: number },
  };
}

/** Heap that a fresh process needs for this document, bytes. */
async function heapOfDocument(database: string, name: string): Promise<number> {
  const node = await openNode(database, name);
  try {
    const reader = new Pupil({ port: node.port, name: `board:${randomUUID()}` }, 'warm');
    await reader.come();
    const { heapUsed: before } = await node.memory();
    const pupil = new Pupil(node, 'reader');
    await pupil.come();
    const { heapUsed: after } = await node.memory();
    for (const one of [reader, pupil]) one.leave();
    return after - before;
  } finally {
    await node.child.end('SIGKILL');
  }
}

/** A pen whose every update is recognised in the frames that another client gets. */
class TimedPen {
  private readonly pen: Pupil;
  private readonly hand: Pen;
  private readonly due = new Map<number, { readonly ink: Buffer; readonly at: number }>();
  private took: number[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private n = 0;

  constructor(pen: Pupil, watcher: Pupil) {
    this.pen = pen;
    this.hand = new Pen(PROBE_CLIENT, { id: pen.person.personId, name: pen.person.name }, 0, () => this.ink());
    watcher.onFrame = (payload) => this.look(payload);
  }

  start(): void {
    this.timer = setInterval(() => this.pen.sendUpdate(this.hand.next({ writer: 0, at: 0 })), PROBE_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** What was timed since the last time, ms; and how many updates never came. */
  take(): { times: Times; lost: number } {
    const times = timesOf(this.took);
    const lost = this.due.size;
    this.took = [];
    this.due.clear();
    return { times, lost };
  }

  private ink(): Uint8Array {
    const ink = Buffer.alloc(8, 0x71);
    ink.writeUInt32LE((this.n += 1), 2);
    this.due.set(this.n, { ink, at: performance.now() });
    return ink;
  }

  private look(payload: Buffer): void {
    const now = performance.now();
    for (const [n, { ink, at }] of this.due)
      if (payload.includes(ink)) {
        this.took.push(now - at);
        this.due.delete(n);
      }
  }
}

export async function runBoardSoak({
  strokes,
  people,
  secondsAnHour,
  log = () => undefined,
}: SoakSettings): Promise<SoakReport> {
  const began = performance.now();
  const postgres = await startPostgres();
  const name = `board:${randomUUID()}`;
  const node = await openNode(postgres.url, name);
  const problems: string[] = [];
  const pupils = Array.from({ length: people }, (_, i) => new Pupil(node, `${i}`));
  const [pen, watcher] = [new Pupil(node, 'pen'), new Pupil(node, 'watcher')];
  const everybody = [...pupils, pen, watcher];
  const erased = new Set<string>();
  const kept = new Set<string>();
  const each = Math.ceil(strokes / people);
  const goesAfter = new Set(
    Array.from({ length: RECONNECTS }, (_, k) => Math.floor((each * (k + 1)) / (RECONNECTS + 1))),
  );

  /** One stroke of a page, perhaps erased by its author; now and then the page is opened anew behind it. */
  const drawOne = async (n: number): Promise<void> => {
    const pupil = pupils[n % people];
    if (!pupil) return;
    const stroke = pupil.begin(n + 1);
    for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
      const at = chunk * 3;
      stroke.append(
        [0, 1, 2].map((i) => ({ x: (n % 97) * 8 + at + i, y: (n % 61) * 9 + ((at * i) % 7), pressure: 0.5 })),
      );
      await sleep(CHUNK_MS);
    }
    stroke.seal();
    kept.add(stroke.key);
    if ((n * 7 + Math.floor(n / people)) % 10 < ERASED) {
      await sleep(CHUNK_MS);
      pupil.erase(stroke.key);
      kept.delete(stroke.key);
      erased.add(stroke.key);
    }
    if (goesAfter.has(Math.floor(n / people))) await pupil.comeBack();
  };
  const hands: Promise<void>[] = [];
  const hours: Hour[] = [];
  try {
    for (const one of everybody) await one.come();
    const timed = new TimedPen(pen, watcher);
    for (let hour = 0; hour < HOURS; hour += 1) {
      timed.start();
      const [from, to] = [Math.round((strokes * hour) / HOURS), Math.round((strokes * (hour + 1)) / HOURS)];
      const start = performance.now();
      for (let n = from; n < to; n += 1) {
        const wait = start + ((n - from) * secondsAnHour * 1_000) / (to - from) - performance.now();
        if (wait > 0) await sleep(wait);
        // A hand draws one stroke after the other.
        const drawn = (hands[n % people] ?? Promise.resolve()).then(() => drawOne(n));
        hands[n % people] = drawn.catch((error: unknown) => void problems.push(String(error)));
      }
      await Promise.all(hands);
      timed.stop();
      await until(() => everybody.every(({ settled }) => settled), 'all to be safe', 60_000);
      // Timers of what just ended, such as rooms and rows on their way, have run out by then.
      await sleep(1_000);
      const { heapUsed, rss } = await node.memory();
      const documentMb = (await heapOfDocument(postgres.url, name)) / MB;
      const { times, lost } = timed.take();
      if (lost > 0) problems.push(`${lost} updates of the timed pen never came`);
      hours.push({
        heapMb: rounded(heapUsed / MB),
        documentMb: rounded(documentMb),
        rssMb: rounded(rss / MB),
        pen: times,
      });
      log(`hour ${hour + 1}: ${JSON.stringify(hours.at(-1))}`);
    }
    const db = await openPostgres(postgres.url, { max: 2 });
    const stored = await storedDocument(db, name);
    await db.close();
    const visible = new Set(visibleIn(stored));
    const missing =
      [...kept].filter((key) => !visible.has(key)).length + [...erased].filter((key) => visible.has(key)).length;
    const complaints = node.child.output();
    if (complaints !== '') problems.push(complaints);
    return {
      strokes: kept.size + erased.size,
      erased: erased.size,
      people,
      reconnects: pupils.reduce((sum, { reconnects }) => sum + reconnects, 0),
      hours,
      encodedBytes: Y.encodeStateAsUpdate(stored).length,
      heapMbAnHour: rounded(slopeOf(hours.map(({ heapMb }) => heapMb))),
      besidesDocumentMbAnHour: rounded(slopeOf(hours.map(({ heapMb, documentMb }) => heapMb - documentMb))),
      missing,
      problems,
      seconds: Math.round((performance.now() - began) / 1_000),
    };
  } finally {
    for (const one of everybody) one.leave();
    await node.child.end('SIGKILL');
    await postgres.stop();
  }
}
