import { randomUUID } from 'node:crypto';
import { BEFORE_ALL } from './position.ts';
import { prepareAppend, TooLarge } from './check.ts';
import type { AppendResult, EventStore, ExpectedRevision, NewEvent, RecordedEvent } from './event-store.ts';
import type { Client, Credentials } from './eventstoredb-client.server.ts';
import { classify, StoreRefused, StoreUnavailable, UnknownOutcome } from './eventstoredb-errors.ts';
import { appendIdOf, expectedOf, outgoing, positionIn, type Arrived } from './eventstoredb-wire.ts';
import { backOff, pause, within, type Report } from './tail.ts';

export interface AppendContext {
  readonly client: Client;
  /** Given per call they make the client use plain Append. */
  readonly credentials: Credentials | undefined;
  readonly report: Report;
  readonly closing: AbortSignal;
  /** One try, and all tries, ms. */
  readonly tryMs: number;
  readonly giveUpMs: number;
  /** So many events of a stream from a revision on, from the leader. */
  eventsAt(stream: string, from: number, count: number): Promise<readonly Arrived[]>;
  last(stream: string): Promise<RecordedEvent | undefined>;
}

/** Appends to one stream go one after the other, in the order in which they were asked for. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(stream: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(stream);
    const mine = before === undefined ? work() : before.then(work, work);
    this.#last.set(stream, mine);
    const done = (): void => {
      if (this.#last.get(stream) === mine) this.#last.delete(stream);
    };
    mine.then(done, done);
    return mine;
  }
}

/**
 * Appends until the outcome is known or `giveUpMs` is over. A try whose reply was lost is done again with the same ids
 * and the same expected revision, which the server recognises: written once, answered as the first time.
 */
export async function append(
  context: AppendContext,
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
): Promise<AppendResult> {
  const prepared = prepareAppend(stream, expected, events);
  if (prepared.length === 0) return checkOnly(context, stream, expected);

  const appendId = randomUUID();
  const data = prepared.map((one, index) => {
    const meta = events[index]?.meta;
    if (meta === undefined) throw new Error('An event was lost while it was prepared');
    return outgoing(one, meta, appendId);
  });
  const { client, credentials, tryMs, giveUpMs, report, closing } = context;
  const what = `The append to ${stream}`;
  const until = performance.now() + giveUpMs;
  let perhapsWritten = false;
  for (let failures = 1; ; failures += 1) {
    try {
      const sent = client.appendToStream(stream, data, {
        expectedRevision: expectedOf(expected),
        requiresLeader: true,
        deadline: tryMs,
        ...(credentials && { credentials }),
      });
      // Its own time-out: with BatchAppend the deadline is a timestamp for the server, and the promise may never settle.
      const { nextExpectedRevision } = await within(tryMs, what, sent);
      perhapsWritten = true;
      return await confirm(Number(nextExpectedRevision));
    } catch (error) {
      const failure = classify(error);
      switch (failure.kind) {
        case 'wrong-revision':
          return { kind: 'wrong-expected-revision', actual: failure.actual };
        case 'too-large':
          throw new TooLarge(what, data.length, failure.limit);
        case 'refused':
        case 'unsupported':
          throw new StoreRefused(what, { cause: error });
        case 'unavailable':
          break;
        default:
          perhapsWritten = true;
      }
      if (performance.now() >= until || closing.aborted) {
        throw perhapsWritten
          ? new UnknownOutcome(what, { cause: error })
          : new StoreUnavailable(what, { cause: error });
      }
      report.warn({ err: error, stream, failures }, 'an append got no answer; the same one is sent again');
      await pause(backOff(failures), closing);
    }
  }

  /** The server answers a repeated append like a first one. Whose it was stands in the events. */
  async function confirm(revision: number): Promise<AppendResult> {
    // With `any` the known events may stand anywhere before.
    const first = Math.max(0, revision - data.length + 1);
    const written = await context.eventsAt(stream, first, revision - first + 1);
    const last = written.find((event) => Number(event.revision) === revision);
    if (last === undefined) throw new Error(`${what} cannot be read yet`);
    const position = positionIn(last);
    if (appendIdOf(last) !== appendId) return { kind: 'appended', revision, position, duplicate: true };
    const placed = written.map((event) => ({
      position: positionIn(event),
      recordedAt: event.created.getTime(),
      chain: '',
    }));
    return { kind: 'appended', revision, position, duplicate: false, placed };
  }
}

/** Nothing to send: the client would, and servers differ in what they answer. */
async function checkOnly(
  { last }: AppendContext,
  stream: string,
  expected: ExpectedRevision,
): ReturnType<EventStore['append']> {
  const newest = await last(stream);
  const revision = newest?.revision ?? -1;
  const fits =
    expected === 'any' ||
    (expected === 'stream-exists' ? revision >= 0 : (expected === 'no-stream' ? -1 : expected) === revision);
  if (!fits) return { kind: 'wrong-expected-revision', actual: newest?.revision ?? 'no-stream' };
  return { kind: 'appended', revision, position: newest?.position ?? BEFORE_ALL, duplicate: false };
}
