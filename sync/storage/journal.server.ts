/**
 * Appends accepted updates. Whatever gathers while one statement is under way goes into the next one, for all documents
 * together. A failed statement is tried again until it succeeds: nothing is acknowledged before, and nothing is lost
 * while the process lives. If only the answer was lost, the rows are there twice, which changes no document.
 */
import type { Database } from '#platform/database/database.ts';
import type { Log } from '../log.ts';

export interface NewUpdate {
  readonly body: Uint8Array;
  readonly personId: string;
  readonly brought: boolean;
  /** Wall and business time of acceptance, ms. */
  readonly wallAt: number;
  readonly businessAt: number;
}

/** Sequence numbers, both ends included; null when there was nothing to store. */
export type Stored = { readonly first: number; readonly last: number } | null;

/** What is to be stored when the statement is made that stores it, and its bytes as they were accepted. */
export type Take = () => { readonly updates: readonly NewUpdate[]; readonly bytes: number };

interface Waiting {
  readonly document: string;
  readonly take: Take;
  readonly resolve: (stored: Stored) => void;
}

interface Batch extends ReturnType<Take> {
  readonly document: string;
  readonly resolve: (stored: Stored) => void;
}

const APPEND = `
  WITH incoming AS (
    SELECT * FROM jsonb_to_recordset($1::text::jsonb)
      AS t(document text, nth int8, body text, person_id text, brought bool, wall_at int8, business_at int8)
  ), counts AS (
    SELECT document, count(*) AS n FROM incoming GROUP BY document
  ), locked AS (
    -- In one order everywhere, so that two processes never wait for each other in a circle.
    SELECT d.name FROM sync_document d JOIN counts c ON c.document = d.name ORDER BY d.name FOR UPDATE OF d
  ), counted AS (
    UPDATE sync_document d SET head = d.head + c.n
    FROM counts c JOIN locked l ON l.name = c.document WHERE d.name = c.document
    RETURNING d.name, d.head - c.n AS before, c.n
  ), stored AS (
    INSERT INTO sync_update (document, seq, body, person_id, brought, wall_at, business_at)
    SELECT i.document, c.before + i.nth, decode(i.body, 'base64'), i.person_id, i.brought, i.wall_at, i.business_at
    FROM incoming i JOIN counted c ON c.name = i.document
  )
  SELECT name, before, n FROM counted`;

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5_000;
const LAST_MOMENT_MS = 1_000;
/** One statement's worth; the rest follows in the next. */
const MOST_BYTES = 4 * 1024 * 1024;

export class Journal {
  private readonly db: Database;
  private readonly log: Log;
  /** Between two statements, ms; the first after a pause goes at once. */
  private readonly everyMs: number;
  private queue: Waiting[] = [];
  private last = -Infinity;
  private running: Promise<void> | null = null;
  private closed = false;
  private wake: (() => void) | null = null;
  /** Accepted and not yet stored. */
  unstored = 0;

  constructor(db: Database, log: Log, everyMs: number) {
    this.db = db;
    this.log = log;
    this.everyMs = everyMs;
  }

  /** Counts what is to be stored sooner or later. */
  accept(bytes: number): void {
    this.unstored += bytes;
  }

  /**
   * Calls `take` once, when the statement is made that stores what it gives. Resolves once that, and all that was handed
   * over before, is durable. Never rejects.
   */
  append(document: string, take: Take): Promise<Stored> {
    return new Promise((resolve) => {
      this.queue.push({ document, take, resolve });
      this.running ??= this.run();
    });
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.running) await this.running;
  }

  /** Gives what waits a last moment, then stops trying; what is not stored by then was never acknowledged. */
  async close(): Promise<void> {
    const until = Date.now() + LAST_MOMENT_MS;
    while (this.running && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    this.closed = true;
    this.wake?.();
    await this.settled();
  }

  private async run(): Promise<void> {
    // Let the turn end first: every room that ticks in it joins the same statement.
    await new Promise((resolve) => setImmediate(resolve));
    let wait = FIRST_RETRY_MS;
    await this.turn();
    let batches = this.take();
    while (batches.length > 0 && !this.closed) {
      try {
        const stored = await this.write(batches);
        for (const [i, batch] of batches.entries()) {
          this.unstored -= batch.bytes;
          batch.resolve(stored[i] ?? null);
        }
        wait = FIRST_RETRY_MS;
        if (this.queue.length > 0) await this.turn();
        batches = this.take();
      } catch (error) {
        this.log.error({ err: error, batches: batches.length, retryInMs: wait }, 'updates could not be stored yet');
        await this.pause(wait);
        wait = Math.min(LAST_RETRY_MS, wait * 2);
      }
    }
    this.running = null;
  }

  private take(): Batch[] {
    const taken: Batch[] = [];
    let bytes = 0;
    while (this.queue.length > 0 && (taken.length === 0 || bytes < MOST_BYTES)) {
      const next = this.queue.shift();
      if (!next) break;
      const batch = { ...next.take(), document: next.document, resolve: next.resolve };
      taken.push(batch);
      bytes += batch.bytes;
    }
    return taken;
  }

  private async write(batches: readonly Batch[]): Promise<Stored[]> {
    const counts = new Map<string, number>();
    const rows = batches.flatMap(({ document, updates }) =>
      updates.map((update) => {
        const nth = (counts.get(document) ?? 0) + 1;
        counts.set(document, nth);
        return {
          document,
          nth,
          body: Buffer.from(update.body.buffer, update.body.byteOffset, update.body.length).toString('base64'),
          person_id: update.personId,
          brought: update.brought,
          wall_at: update.wallAt,
          business_at: update.businessAt,
        };
      }),
    );
    if (rows.length === 0) return [];
    const counted = await this.db.query<{ name: string; before: number; n: number }>(APPEND, [JSON.stringify(rows)]);
    const next = new Map(counted.map(({ name, before }) => [name, before]));
    for (const document of counts.keys())
      if (!next.has(document)) throw new Error(`${document} has no row to count in`);
    return batches.map(({ document, updates }) => {
      if (updates.length === 0) return null;
      const before = next.get(document) ?? 0;
      next.set(document, before + updates.length);
      return { first: before + 1, last: before + updates.length };
    });
  }

  /** Waits until the next statement is due: what gathers meanwhile shares it, and its rows. */
  private async turn(): Promise<void> {
    const due = this.last + this.everyMs - performance.now();
    if (due > 0 && !this.closed) await this.pause(due);
    this.last = performance.now();
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }
}
