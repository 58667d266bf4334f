/** AO1–AO4 in simulated lives: what is folded up to an instant, beside what the runner makes of the log up to there. */
import { describe, expect, it } from 'vitest';
import type { Fact } from '../fact.ts';
import type { TimelineRow } from '../queries.ts';
import { project } from '../runner/project.ts';
import { live } from '../simulation/life.ts';
import type { StoredRow } from '../runner/table.ts';
import { factOf, fold, FOLDED, foldTo, type PastRows, type Placed } from './fold.ts';

const first = Number(process.env['SIMULATION_SEED'] ?? 1);
/** The last of them are lives that once broke the books: the strangest there are. */
const SEEDS = [...Array.from({ length: 60 }, (_, index) => first + index), 64, 318, 1425, 5810, 6077, 34372];
const RECORDED = 1_900_000_000_000;

/** A life with its places in the log; something else was recorded between any two of its events. */
function lifeOf(seed: number): readonly Placed[] {
  return live(seed).facts.map((fact, index) => ({
    fact: { ...fact, recordedAt: RECORDED + 10 * index } as Fact,
    ordinal: 7 + 3 * index,
  }));
}

/** By the runner's own way, batch by batch, as the live rows come about. */
async function lived(facts: readonly Placed[]): Promise<string> {
  const kept = new Map<string, StoredRow | null>();
  const added = new Map<string, StoredRow[]>();
  const order: string[] = [];
  for (const { fact, ordinal } of facts) {
    const { unit, failures } = await project(
      FOLDED,
      [fact],
      ordinal - 1,
      (table, key) => kept.get(`${table.name} ${key}`) ?? null,
      () => Promise.reject(new Error('every row is known')),
    );
    expect(failures).toEqual([]);
    for (const [table, rows] of unit.changed) for (const [key, row] of rows) kept.set(`${table.name} ${key}`, row);
    for (const [table, rows] of unit.added) added.set(table.name, [...(added.get(table.name) ?? []), ...rows]);
  }
  for (const [key, row] of kept) if (row) order.push(`${key.split(' ')[0] ?? ''} ${JSON.stringify(row)}`);
  for (const [name, rows] of added) for (const row of rows) order.push(`${name} ${JSON.stringify(row)}`);
  return order.toSorted().join('\n');
}

const dump = (rows: PastRows): string =>
  [...rows]
    .flatMap(([table, stored]) => stored.map((row) => `${table.name} ${JSON.stringify(row)}`))
    .toSorted()
    .join('\n');

describe('the rows of a booking at an instant', () => {
  it(`[AO3] are, at the last event, the live rows byte for byte, by either clock, in ${SEEDS.length} lives`, async () => {
    let rows = 0;
    for (const seed of SEEDS) {
      const facts = lifeOf(seed);
      const whole = await lived(facts);
      for (const by of ['recorded', 'business'] as const)
        expect(dump(foldTo(facts, { by, at: Number.MAX_SAFE_INTEGER })), `seed ${seed}`).toBe(whole);
      rows += whole.split('\n').length;
    }
    expect(rows).toBeGreaterThan(SEEDS.length * 30);
  });

  it('[AO1] are, at each event, what was built only that far', async () => {
    for (const seed of SEEDS.slice(-8)) {
      const facts = lifeOf(seed);
      for (let count = 0; count <= facts.length; count += 1) {
        const built = await lived(facts.slice(0, count));
        const at = RECORDED + 10 * (count - 1);
        expect(dump(foldTo(facts, { by: 'recorded', at })), `seed ${seed}, ${count} events`).toBe(built);
        // A millisecond before the next one nothing is different.
        expect(dump(foldTo(facts, { by: 'recorded', at: at + 9 })), `seed ${seed}, ${count} events`).toBe(built);
      }
    }
  });

  it('[AO2] by business time follow what had happened, whenever the log got it', async () => {
    const facts = lifeOf(64);
    const index = facts.findIndex(({ fact }) => fact.type === 'PaymentCaptured');
    const paid = facts[index];
    if (!paid) throw new Error('a life with a payment');
    const happened = paid.fact.meta.occurredAt - 1;
    // The log got it last of all, though it happened before anything that the same instant brought.
    const late: Placed = {
      fact: {
        ...paid.fact,
        recordedAt: RECORDED + 1_000_000,
        meta: { ...paid.fact.meta, occurredAt: happened },
      } as Fact,
      ordinal: 1_000_000,
    };
    const log = [...facts.filter((placed) => placed !== paid), late];
    const { providerPaymentId } = paid.fact.data as { readonly providerPaymentId: string };
    const captures = (rows: PastRows): number =>
      [...rows]
        .flatMap(([table, stored]) => (table.name === 'capture' ? stored : []))
        .filter((row) => row['provider_payment_id'] === providerPaymentId).length;
    expect(captures(foldTo(log, { by: 'business', at: happened - 1 }))).toBe(0);
    expect(captures(foldTo(log, { by: 'business', at: happened }))).toBe(1);
    expect(captures(foldTo(log, { by: 'recorded', at: RECORDED + 999_999 }))).toBe(0);
    expect(captures(foldTo(log, { by: 'recorded', at: RECORDED + 1_000_000 }))).toBe(1);
    const before = log.filter(({ fact }) => fact.meta.occurredAt <= happened);
    expect(dump(foldTo(log, { by: 'business', at: happened }))).toBe(await lived(before));
  });

  it('[AO4] follow from the rows of the timeline alone', () => {
    for (const seed of SEEDS.slice(-8)) {
      const facts = lifeOf(seed);
      const rows = fold(facts);
      const [, timeline] = [...rows].find(([table]) => table.name === 'timeline') ?? [];
      const read = (timeline ?? []).flatMap((row): readonly Placed[] => {
        const fact = factOf(timelineRow(row));
        return fact ? [{ fact, ordinal: Number(row['ordinal']) }] : [];
      });
      expect(read.length).toBe(timeline?.length);
      expect(dump(fold(read)), `seed ${seed}`).toBe(dump(rows));
    }
  });

  it('[AO5] a type that this program does not know is left out', () => {
    const row = { ...timelineRow({}), type: 'SomethingOfTomorrow' };
    expect(factOf(row)).toBe(null);
    expect(factOf({ ...row, type: 'toString' })).toBe(null);
  });
});

function timelineRow(row: StoredRow): Omit<TimelineRow, 'lane' | 'actorName'> {
  const text = (column: string): string => String(row[column] ?? '');
  const parsed = (column: string): unknown => JSON.parse(text(column) || '{}');
  return {
    position: text('position'),
    eventId: text('event_id'),
    stream: text('stream'),
    revision: Number(row['revision'] ?? 0),
    type: text('type'),
    data: parsed('data') as TimelineRow['data'],
    actor: parsed('actor') as TimelineRow['actor'],
    occurredAt: Number(row['occurred_at'] ?? 0),
    recordedAt: Number(row['recorded_at'] ?? 0),
    correlationId: text('correlation_id'),
    chain: text('chain'),
  };
}
