/** Two processes, each web and worker at once, on one PostgreSQL and one Redis: nothing skipped, nothing doubled. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RecordedEvent } from '#events/store/event-store.ts';
import { booksAtEveryInstant } from './month.ts';
import { openPair, type Pair } from './pair.ts';
import { playRound, prepare, type Fate } from './scenarios.ts';

const DAY_OF_BUSINESS: readonly Fate[] = [
  'taught',
  'cancelled-early',
  'cancelled-late',
  'tutor-no-show',
  'dispute-student',
  'dispute-split',
  'paid-too-late',
  'paid-twice',
  'bank-lost-early',
];
const DUTIES = ['effects', 'processes', 'read-models'];

let pair: Pair;
beforeAll(async () => {
  pair = await openPair();
});
afterAll(async () => {
  await pair.end();
});

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came about: ${what}`);
    await sleep(100);
  }
}

const heldBy = async (before: Readonly<Record<string, number>>): Promise<boolean> => {
  const now = await pair.duties();
  return DUTIES.every((duty) => (now[duty] ?? 0) > (before[duty] ?? 0));
};

async function happened(type: string, times: number): Promise<boolean> {
  const [row] = await pair.evidence.query<{ times: number }>(
    'SELECT count(*)::int4 AS times FROM log_event WHERE type = $1',
    [type],
  );
  return (row?.times ?? 0) >= times;
}

/** Commands whose events are not one piece of one stream. */
function inPieces(log: readonly RecordedEvent[]): readonly string[] {
  const last = new Map<string, RecordedEvent>();
  const found: string[] = [];
  for (const event of log) {
    const { commandId } = event.meta;
    const before = last.get(commandId);
    last.set(commandId, event);
    if (before && (before.stream !== event.stream || before.revision + 1 !== event.revision))
      found.push(`${commandId} wrote ${before.stream} ${before.revision} and ${event.stream} ${event.revision}`);
  }
  return found;
}

test('RU11, HA3: one is frozen and wakes, the other is killed and starts again; every effect happens once', async () => {
  const { first, second, evidence } = pair;
  // The first one has all duties, and the provider's webhooks.
  await first.start();
  await until('a worker', () => heldBy({}));
  await second.start();
  await prepare(pair);
  let day: unknown = null;
  const played = playRound(pair, 'two', DAY_OF_BUSINESS).then(
    () => (day = 'played'),
    (error: unknown) => (day = error),
  );

  await until('business', () => happened('PaymentCaptured', 3));
  const atFreeze = await pair.duties();
  await first.freeze();
  await until('the second one at work', () => heldBy(atFreeze));
  await sleep(500);
  const atWake = await pair.duties();
  await first.wake();
  // Longer than a lease is renewed: whoever woke up takes nothing back.
  await sleep(3_000);
  expect(await pair.duties(), 'the one that woke up works no more').toEqual(atWake);

  const atKill = await pair.duties();
  await second.kill();
  await second.start();
  await until('someone at work again', () => heldBy(atKill));

  await played;
  expect(day).toBe('played');
  await pair.settle();

  expect(await evidence.violations(pair.acknowledged)).toEqual([]);
  expect(booksAtEveryInstant(await evidence.journal())).toEqual([]);
  expect(pair.disagreements).toEqual([]);
  expect(pair.sent.toBoth).toBeGreaterThan(10);

  const log = await evidence.events();
  expect(inPieces(log)).toEqual([]);
  // Each event counted once by each consumer, up to the last one.
  const consumers = await evidence.query<{ consumer: string; ordinal: number; position: string }>(
    `SELECT consumer, ordinal::int4 AS ordinal, position FROM worker.checkpoint WHERE consumer <> 'effects' ORDER BY consumer`,
  );
  const seen = { ordinal: log.length, position: log.at(-1)?.position };
  expect(consumers).toEqual([
    { consumer: 'processes', ...seen },
    { consumer: 'read-models', ...seen },
  ]);
  const [left] = await evidence.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int4 FROM worker.parked_event) AS parked,
            (SELECT count(*)::int4 FROM worker.webhook WHERE state <> 'done') AS webhooks,
            (SELECT count(*)::int4 FROM worker.outbound_call WHERE state NOT IN ('confirmed', 'rejected')) AS calls`,
  );
  expect(left).toEqual({ parked: 0, webhooks: 0, calls: 0 });
  expect(await pair.differencesOfRebuild()).toEqual([]);
}, 180_000);
