/** The traces of this node's people: begun with a visit's first connection, and stored beside the signalling. */
import { newSupportCode } from '#events/access/support-code.server.ts';
import type { Ticket } from '#events/access/ticket.ts';
import type { Log } from '../log.ts';
import type { TraceStore } from './store.server.ts';
import { Trace, type TraceWay } from './trace.ts';

/** What is noted of one connection. Nothing here ever throws at whoever notes. */
export interface TraceLine {
  readonly supportCode: string;
  /** `summary` is asked for once; `data` is only measured. */
  note(way: TraceWay, event: string, data: unknown, summary: () => string, answer?: string | null): void;
  /** Whether one more picture of the page's own connection is taken. */
  takePicture(): 'pass' | 'too-many' | 'too-fast';
  /** Stores what there is, soon. */
  save(): void;
  /** The connection is gone; called once. */
  end(): void;
}

/** Whoever comes back within this is in the same visit, wall ms. */
const LINGER_MS = 60_000;
/** So often the end of a visit is tried to be stored after that, as far apart. */
const MOST_TRIES = 10;
/** How long a node that stops waits for the last ones, wall ms. */
const LAST_MS = 3_000;

export class Traces {
  readonly #store: Pick<TraceStore, 'save'>;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #lingerMs: number;
  readonly #traces = new Map<string, Trace>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  /** To be stored, one after the other. */
  readonly #queue = new Set<Trace>();
  #storing: Promise<void> | null = null;

  /** @param now business time, ms. */
  constructor(store: Pick<TraceStore, 'save'>, log: Log, now: () => number, lingerMs = LINGER_MS) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
    this.#lingerMs = lingerMs;
  }

  /** A connection of this person begins. */
  enter({ lessonId, personId, role }: Pick<Ticket, 'lessonId' | 'personId' | 'role'>): TraceLine {
    const key = `${lessonId}/${personId}`;
    clearTimeout(this.#leaving.get(key));
    this.#leaving.delete(key);
    const trace = this.#traces.get(key) ?? new Trace(newSupportCode(), { lessonId, personId, role }, this.#now());
    this.#traces.set(key, trace);
    trace.open += 1;
    const line = (trace.lines += 1);
    return {
      supportCode: trace.code,
      note: (way, event, data, summary, answer = null) => {
        try {
          const bytes = data === undefined ? 0 : JSON.stringify(data).length;
          trace.add({ at: this.#now(), line, way, event, bytes, answer, summary: summary() });
        } catch (error) {
          this.#log.warn({ err: error, lesson: lessonId, event }, 'A message is missing from a trace');
        }
      },
      takePicture: () => trace.takePicture(Date.now()),
      save: () => this.#save(trace),
      end: () => {
        trace.open -= 1;
        this.#save(trace);
        if (trace.open > 0) return;
        this.#linger(key, trace, 1);
      },
    };
  }

  /** Traces that are held in memory. */
  get size(): number {
    return this.#traces.size;
  }

  /** Stores what was added since the last time: a lesson in which somebody calls support is not over yet. */
  saveAll(): void {
    for (const trace of this.#traces.values()) this.#save(trace);
  }

  /** The last of everything; waits for the database for a while. */
  async close(): Promise<void> {
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    this.saveAll();
    let late: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => (late = setTimeout(resolve, LAST_MS)));
    await Promise.race([this.#storing, enough]);
    clearTimeout(late);
    this.#traces.clear();
  }

  /** The visit is over; while the end of it could not be stored, it waits for as long again. */
  #forget(key: string, trace: Trace, tries = 1): void {
    this.#leaving.delete(key);
    if (!trace.dirty || tries > MOST_TRIES) {
      if (trace.dirty) this.#log.error({ lesson: trace.who.lessonId }, 'The end of a trace is given up');
      this.#traces.delete(key);
      return;
    }
    this.#save(trace);
    this.#linger(key, trace, tries + 1);
  }

  #linger(key: string, trace: Trace, tries: number): void {
    const timer = setTimeout(() => this.#forget(key, trace, tries), this.#lingerMs);
    timer.unref();
    this.#leaving.set(key, timer);
  }

  #save(trace: Trace): void {
    if (!trace.dirty) return;
    this.#queue.add(trace);
    this.#storing ??= this.#drain();
  }

  async #drain(): Promise<void> {
    // Not in the turn of whoever asked.
    await Promise.resolve();
    for (const trace of this.#queue) {
      this.#queue.delete(trace);
      trace.dirty = false;
      try {
        await this.#store.save(trace.stored());
      } catch (error) {
        // Tried again with what comes next, and when the visit is over.
        trace.dirty = true;
        this.#log.error({ err: error, lesson: trace.who.lessonId }, 'A trace was not stored');
      }
    }
    this.#storing = null;
  }
}
