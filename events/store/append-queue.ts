/**
 * Group commit: whatever is appended while a batch is on its way to the disk goes together in the next one. Each append
 * keeps its own answer. When many wait, a second batch goes out before the first is answered, so that the database always
 * has one in hand; appends to one stream keep their order all the same.
 */
import type { PreparedEvent } from './check.ts';
import type { ExpectedRevision, Placed } from './event-store.ts';
import { within } from './tail.ts';

export interface Append {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly PreparedEvent[];
  /** Of all its events. */
  readonly bytes: number;
}

export interface AppendOutcome {
  readonly outcome: 'appended' | 'duplicate' | 'wrong';
  /** The stream's last revision; -1 for a stream without events. */
  readonly revision: number;
  /** The number of the position of the last event; null when there is none. */
  readonly position: number | null;
  /** What was added to each event that was written now. */
  readonly placed: readonly Placed[];
}

/** The queue is full: this append was not sent, and nothing was written. */
export class LogBusy extends Error {
  readonly code = 'log-busy';

  constructor() {
    super('Too much is waiting to be written to the log.');
    this.name = 'LogBusy';
  }
}

export interface AppendQueueSettings {
  /** Writes all of them in one durable transaction, or none. */
  send(appends: readonly Append[]): Promise<readonly AppendOutcome[]>;
  /** This error is certainly about one of the appends of the batch, and nothing of the batch was written. */
  isRefusal(error: unknown): boolean;
  /** Batches on their way at once, at most. */
  readonly lanes?: number;
  /** Appends in one batch at most. */
  readonly batchAppends?: number;
  /** Bytes of one batch at most, unless it is a single append. */
  readonly batchBytes?: number;
  /** Appends that may wait. */
  readonly maxWaiting?: number;
  /** Bytes that may wait. */
  readonly maxWaitingBytes?: number;
  /** After this long without an answer the outcome counts as unknown, ms. */
  readonly answerMs?: number;
}

interface Waiting {
  readonly append: Append;
  readonly resolve: (outcome: AppendOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/** So many appends are worth a batch of their own: its costs are then shared by enough. */
const WORTH_A_BATCH = 32;

/** One turn of the event loop, so that all who were answered together, or who came with one packet, go together. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class AppendQueue {
  readonly #settings: Required<AppendQueueSettings>;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  /** Lanes that look for appends. */
  #open = 0;
  readonly #running = new Set<Promise<void>>();
  /** Streams of the batches that are on their way. */
  readonly #underWay = new Set<string>();
  #closed = false;

  constructor(settings: AppendQueueSettings) {
    this.#settings = {
      lanes: 1,
      batchAppends: 256,
      batchBytes: 4 * 1024 * 1024,
      maxWaiting: 10_000,
      maxWaitingBytes: 32 * 1024 * 1024,
      answerMs: 30_000,
      ...settings,
    };
  }

  /** Resolves when the append is on the disk, or decided against. Throws `LogBusy` when too many wait already. */
  append(append: Append): Promise<AppendOutcome> {
    const { maxWaiting, maxWaitingBytes } = this.#settings;
    if (this.#closed) return Promise.reject(new Error('The log is closed'));
    if (this.#waiting.length >= maxWaiting || this.#waitingBytes + append.bytes > maxWaitingBytes) {
      return Promise.reject(new LogBusy());
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ append, resolve, reject });
      this.#waitingBytes += append.bytes;
      this.#openLane();
    });
  }

  /** Resolves when everything that waits is answered; takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #openLane(): void {
    const { lanes } = this.#settings;
    if (this.#open >= lanes || this.#waiting.length < (this.#open === 0 ? 1 : WORTH_A_BATCH)) return;
    this.#open += 1;
    const lane = this.#run().finally(() => this.#running.delete(lane));
    this.#running.add(lane);
  }

  async #run(): Promise<void> {
    await turn();
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      // The first that waits goes to a stream of the other lane's batch: that lane comes back for it.
      if (batch.length === 0) break;
      this.#openLane();
      const streams = new Set(batch.map(({ append }) => append.stream));
      for (const stream of streams) this.#underWay.add(stream);
      await this.#write(batch);
      for (const stream of streams) this.#underWay.delete(stream);
      // Those who were answered now ask for the next thing.
      await turn();
    }
    // In the same step as the last look at what waits: whoever comes next opens a lane anew.
    this.#open -= 1;
  }

  #take(): Waiting[] {
    const { lanes, batchAppends, batchBytes } = this.#settings;
    // A batch for each lane, rather than all in one and nothing left to do while it is written.
    const share = Math.max(WORTH_A_BATCH, Math.ceil(this.#waiting.length / lanes));
    let bytes = 0;
    let count = 0;
    for (const { append } of this.#waiting) {
      if (count >= Math.min(batchAppends, share) || (count > 0 && bytes + append.bytes > batchBytes)) break;
      if (this.#underWay.has(append.stream)) break;
      bytes += append.bytes;
      count += 1;
    }
    this.#waitingBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { send, isRefusal, answerMs } = this.#settings;
    try {
      const outcomes = await within(answerMs, 'The log', send(batch.map(({ append }) => append)));
      for (const [index, { resolve, reject }] of batch.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('The log gave no answer to an append'));
        else resolve(outcome);
      }
    } catch (error) {
      if (batch.length > 1 && isRefusal(error)) {
        // Nothing of the batch was written. The one to blame is found by asking for each alone, in the same order.
        for (const one of batch) await this.#write([one]);
        return;
      }
      for (const { reject } of batch) reject(error);
    }
  }
}
