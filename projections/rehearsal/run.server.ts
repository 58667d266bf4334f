/** Runs rehearsals in slices beside everything else that is served, and proves that the log is as it was. Rules RH3, RH14–RH17. */
import { setImmediate } from 'node:timers/promises';
import { refuse } from '#events/shared/refusal.ts';
import { GENESIS, link, type ChainHead } from '#events/store/chain.ts';
import { comparePositions } from '#events/store/event-store.ts';
import { rehearse } from './compare.ts';
import type { GrownBy, Rehearsals, RehearsalNews, RehearsalQuestion } from './contract.ts';
import { forReading, MAX_BOOKINGS, readPast, type LogForReading } from './read.server.ts';
import { Totals } from './totals.ts';

export interface RehearsalParts {
  readonly store: LogForReading;
  /** Wall ms. */
  readonly now?: () => number;
  readonly log: Record<'info' | 'error', (details: Readonly<Record<string, unknown>>, message: string) => void>;
}

const AT_ONCE = 2;
/** So long may a slice keep everybody else waiting, ms. */
const SLICE_MS = 8;
const CHAIN_PAGE = 1_000;

export function createRehearsals({ store, now = Date.now, log }: RehearsalParts): Rehearsals {
  const door = forReading(store);
  const running = new Set<string>();
  return {
    rehearse(personId, question, signal, reach = new Set([personId])) {
      if (running.has(personId))
        return refuse('rehearsal-running', 'You are rehearsing already. It ends when its page is left.');
      if (running.size >= AT_ONCE)
        return refuse('rehearsals-busy', 'Two rehearsals are running already. Try again in a minute.');
      // At once: whoever asks while this one has not begun must find it counted.
      running.add(personId);
      return counted(run(door, reach, question, signal, now), (error) => {
        running.delete(personId);
        if (error !== undefined) log.error({ err: error, personId, question }, 'a rehearsal failed');
        else log.info({ personId, question }, 'a rehearsal ended');
      });
    },
  };
}

/** Its end is told also when nobody ever reads it. */
function counted(
  news: AsyncGenerator<RehearsalNews, void, void>,
  ended: (error?: unknown) => void,
): AsyncGenerator<RehearsalNews, void, void> {
  let over = false;
  const end = (error?: unknown): void => {
    if (!over) ended(error);
    over = true;
  };
  const told: AsyncGenerator<RehearsalNews, void, void> = {
    async next() {
      try {
        const step = await news.next();
        if (step.done) end();
        return step;
      } catch (error) {
        end(error);
        throw error;
      }
    },
    async return() {
      end();
      return news.return();
    },
    async throw(error) {
      end();
      return news.throw(error);
    },
    [Symbol.asyncIterator]: () => told,
    async [Symbol.asyncDispose]() {
      await told.return();
    },
  };
  return told;
}

async function* run(
  door: LogForReading,
  reach: ReadonlySet<string>,
  question: RehearsalQuestion,
  signal: AbortSignal,
  now: () => number,
): AsyncGenerator<RehearsalNews, void, void> {
  const began = now();
  const before = await door.chainHead();
  const totals = new Totals();
  for await (const read of readPast(door, { ...question, until: before?.position ?? null, signal })) {
    if (signal.aborted) return;
    if (read.kind === 'looked') yield { kind: 'reading', looked: read.looked };
    else if (read.kind === 'too-many') {
      const found = `${read.bookings.toLocaleString('en-IN')} bookings are in these days`;
      const message = `${found}; at most ${MAX_BOOKINGS.toLocaleString('en-IN')} are rehearsed at once. Choose fewer days.`;
      return yield { kind: 'failed', code: 'too-many-bookings', message };
    } else {
      const cases = [...read.pasts.cases()];
      let [decided, sliceEnds] = [0, performance.now() + SLICE_MS];
      for (const past of cases) {
        const one = rehearse(past, (lessonId) => read.pasts.lesson(lessonId), question.changes);
        const isParty = (who: string): boolean => reach.has(who);
        if (one && [one.booked.tutorId, one.booked.studentId, one.booked.bookedBy].some(isParty)) totals.leaveOut();
        else if (one) totals.take(one);
        decided += 1;
        if (performance.now() < sliceEnds) continue;
        yield { kind: 'deciding', decided, of: cases.length };
        await setImmediate();
        if (signal.aborted) return;
        sliceEnds = performance.now() + SLICE_MS;
      }
    }
  }
  if (signal.aborted) return;
  const after = await door.chainHead();
  const grown = await grownBetween(door, before, after, signal);
  const { rows } = totals;
  yield { kind: 'result', totals: totals.totals, rows, proof: { before, after, grown }, tookMs: now() - began };
}

/** What others appended meanwhile, link by link: with it the old head is shown to lie below the new one. */
export async function grownBetween(
  door: LogForReading,
  before: ChainHead | null,
  after: ChainHead | null,
  signal: AbortSignal,
): Promise<GrownBy> {
  const types = new Map<string, number>();
  if (after === null || before?.position === after.position)
    return { events: 0, types: [], whole: before?.chain === after?.chain };
  let [chain, last, events] = [before?.chain ?? GENESIS, before?.position, 0];
  for (let more = true; more && !signal.aborted;) {
    const page = await door.chainRecords({ ...(last !== undefined && { after: last }), limit: CHAIN_PAGE });
    for (const record of page) {
      if (comparePositions(record.position, after.position) > 0) break;
      chain = link(chain, record);
      events += 1;
      types.set(record.type, (types.get(record.type) ?? 0) + 1);
      last = record.position;
    }
    more = page.length === CHAIN_PAGE && last !== after.position;
  }
  const listed = [...types].map(([type, count]) => ({ type, events: count }));
  return { events, types: listed.sort((a, b) => b.events - a.events), whole: chain === after.chain };
}
