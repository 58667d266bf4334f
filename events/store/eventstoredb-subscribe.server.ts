import type { AllStreamSubscription } from '@eventstore/db-client';
import {
  comparePositions,
  type EventStore,
  type Position,
  type RecordedEvent,
  type Subscription,
} from './event-store.ts';
import type { Client } from './eventstoredb-client.server.ts';
import { Inbox } from './eventstoredb-inbox.ts';
import type { Reads } from './eventstoredb-read.server.ts';
import {
  isOurs,
  logPositionOf,
  matches,
  matchesNothing,
  positionOf,
  recorded,
  serverFilter,
} from './eventstoredb-wire.ts';
import { backOff, pause, type Report } from './tail.ts';

export interface SubscribeContext {
  readonly client: Client;
  readonly reads: Reads;
  readonly report: Report;
  readonly closing: AbortSignal;
  readonly running: Set<Promise<void>>;
  /** A subscription that brings nothing is held against the log this often, ms. */
  readonly watchMs: number;
  /** A subscription that is not confirmed in this time is begun again, ms. */
  readonly confirmMs: number;
}

type Options = Parameters<EventStore['subscribe']>[0];

/** While a batch is not full and nothing more comes, it is handed out after so long, ms. */
const QUIET_MS = 50;
/** A subscription that lived so long was a good one: the next failure is a first one, ms. */
const GOOD_LIFE_MS = 5_000;
/** Checkpoints come after 32 times so many records of the log. */
const CHECKPOINT_INTERVAL = 16;

/** The contract of `EventStore.subscribe` over a subscription of the client, which never comes back by itself. */
export function subscribe(context: SubscribeContext, options: Options): Subscription {
  const stopping = new AbortController();
  const follower = new Follower(context, options, AbortSignal.any([stopping.signal, context.closing]));
  const running = follower.run();
  context.running.add(running);
  void running.finally(() => context.running.delete(running));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

class Follower {
  readonly #context: SubscribeContext;
  readonly #options: Options;
  readonly #signal: AbortSignal;
  readonly #batchSize: number;
  /** Everything up to here is handled or does not match. Undefined: not begun yet. */
  #cursor: Position | null | undefined;
  /** When the server last said something, `performance.now()`. */
  #heardAt = 0;

  constructor(context: SubscribeContext, options: Options, signal: AbortSignal) {
    this.#context = context;
    this.#options = options;
    this.#signal = signal;
    this.#batchSize = options.batchSize ?? 200;
  }

  async run(): Promise<void> {
    const { report, reads } = this.#context;
    let failures = 0;
    while (!this.#signal.aborted) {
      const begun = performance.now();
      try {
        if (this.#cursor === undefined) {
          const { after } = this.#options;
          this.#cursor = after === 'end' ? await reads.head() : after === 'start' ? null : after;
        }
        if (matchesNothing(this.#options.filter)) {
          this.#options.onCaughtUp?.();
          await new Promise<void>((resolve) => this.#signal.addEventListener('abort', () => resolve()));
          return;
        }
        await this.#session(this.#cursor);
      } catch (error) {
        failures = performance.now() - begun > GOOD_LIFE_MS ? 1 : failures + 1;
        report.warn(
          { err: error, failures, after: this.#cursor },
          'a subscription broke; it begins again where it was',
        );
        await pause(backOff(failures), this.#signal);
      }
    }
  }

  /** One subscription of the client, until it breaks or is stopped. */
  async #session(after: Position | null): Promise<void> {
    const inbox = new Inbox();
    const source = this.#open(inbox, after);
    const { watchMs } = this.#context;
    let live = false;
    try {
      while (!this.#signal.aborted) {
        const taken = await inbox.take(this.#batchSize, {
          live,
          quietMs: QUIET_MS,
          // The first look comes sooner: servers before 23.10 do not say that a subscription caught up.
          idleMs: live ? watchMs : Math.min(watchMs, 1_000),
          signal: this.#signal,
        });
        if (taken === null) {
          if (this.#signal.aborted) break;
          const atEnd = await this.#watch(inbox);
          if (!live && atEnd) {
            live = true;
            this.#options.onCaughtUp?.();
          }
          continue;
        }
        if (inbox.size < this.#batchSize && source.isPaused()) source.resume();
        if (taken.events.length > 0) await this.#deliver(taken.events);
        if (this.#signal.aborted) break;
        this.#moveTo(taken.reached);
        live ||= taken.caughtUp;
        if (live && inbox.empty && (taken.caughtUp || taken.events.length > 0)) this.#options.onCaughtUp?.();
      }
    } finally {
      // Cancels as soon as there is something to cancel; a subscription that never began has nothing.
      void source.unsubscribe().catch((error: Error) => inbox.fail(error));
    }
  }

  #open(inbox: Inbox, after: Position | null): AllStreamSubscription {
    const { client, confirmMs } = this.#context;
    const { filter } = this.#options;
    let arrived = 0;
    // The client calls back for a checkpoint while events before it still wait in the stream's own buffer.
    const early: { readonly behind: number; readonly tell: () => void }[] = [];
    this.#heardAt = performance.now();
    const inOrder = (tell: () => void): void => {
      this.#heardAt = performance.now();
      early.push({ behind: arrived + source.readableLength, tell });
      settle();
    };
    const settle = (): void => {
      while (early[0] !== undefined && early[0].behind <= arrived) early.shift()?.tell();
    };
    const source = client.subscribeToAll({
      fromPosition: after === null ? 'start' : logPositionOf(after),
      filter: {
        ...serverFilter(filter),
        checkpointInterval: CHECKPOINT_INTERVAL,
        checkpointReached: (_subscription, position) =>
          inOrder(() => inbox.push({ kind: 'reached', position: positionOf(position) })),
      },
    });
    const unconfirmed = setTimeout(
      () => inbox.fail(new Error(`EventStoreDB did not confirm a subscription within ${confirmMs} ms`)),
      confirmMs,
    );
    source.on('confirmation', () => clearTimeout(unconfirmed));
    source.on('caughtUp', () => inOrder(() => inbox.push({ kind: 'caught-up' })));
    source.on('data', ({ event }) => {
      arrived += 1;
      this.#heardAt = performance.now();
      try {
        if (event !== undefined && isOurs(event)) {
          const one = recorded(event);
          if (matches(filter, one) && this.#isNew(one.position)) inbox.push({ kind: 'event', event: one });
        }
      } catch (error) {
        inbox.fail(error instanceof Error ? error : new Error(String(error)));
      }
      settle();
      if (inbox.size > 4 * this.#batchSize) source.pause();
    });
    const over = (error: Error): void => {
      clearTimeout(unconfirmed);
      inbox.fail(error);
    };
    source.on('error', over);
    source.on('end', () => over(new Error('EventStoreDB ended the subscription')));
    source.on('close', () => over(new Error('The subscription was closed')));
    return source;
  }

  #isNew(position: Position): boolean {
    const cursor = this.#cursor ?? null;
    return cursor === null || comparePositions(position, cursor) > 0;
  }

  #moveTo(position: Position | null): void {
    if (position !== null && this.#isNew(position)) this.#cursor = position;
  }

  /** Until the handler takes it, or the subscription is stopped. */
  async #deliver(events: readonly RecordedEvent[]): Promise<void> {
    for (let failures = 1; !this.#signal.aborted; failures += 1) {
      try {
        await this.#options.onEvents(events);
        return;
      } catch (error) {
        this.#context.report.warn({ err: error, failures }, 'a handler failed; the same batch will come again');
        await pause(backOff(failures), this.#signal);
      }
    }
  }

  /**
   * A subscription can die without a word. When nothing came for a while: is there something in the log that should
   * have? Then it had its chance while we looked, and is begun anew. True when there is nothing left to come.
   */
  async #watch(inbox: Inbox): Promise<boolean> {
    const { reads, watchMs } = this.#context;
    const { filter } = this.#options;
    const head = await reads.head();
    if (head === null || !this.#isNew(head)) return inbox.empty;
    const cursor = this.#cursor ?? undefined;
    const [missing] = await reads.all({ ...(cursor && { after: cursor }), ...(filter && { filter }), limit: 1 });
    if (missing === undefined) {
      // Nothing up to the head matches, so the next start need not look at it again.
      if (inbox.empty) this.#moveTo(head);
      return inbox.empty;
    }
    await pause(Math.min(1_000, watchMs), this.#signal);
    if (inbox.empty && !this.#signal.aborted && performance.now() - this.#heardAt >= watchMs) {
      throw new Error(`The subscription was silent while the log went on to ${missing.position}`);
    }
    return false;
  }
}
