/**
 * The rows of one booking as they stood at an instant of the past: its own events up to then, put through the projections
 * that write the live rows (SPEC AO1–AO4). In memory and without a database; pure.
 */
import { EVENTS } from '#events/handling/registry.ts';
import { attendance } from '../attendance/project.ts';
import { bookings } from '../bookings/project.ts';
import { chargebacks } from '../chargebacks/project.ts';
import { disputes } from '../disputes/project.ts';
import { earnings } from '../earnings/project.ts';
import { recognise, type Fact } from '../fact.ts';
import { ledger } from '../ledger/project.ts';
import { lessons } from '../lessons/project.ts';
import { payments } from '../payments/project.ts';
import type { TimelineRow } from '../queries.ts';
import type { Projection } from '../runner/projection.ts';
import { Unit } from '../runner/rows.ts';
import type { AnyTable, StoredRow } from '../runner/table.ts';
import { timeline } from '../timeline/project.ts';
import { isBy, type PastMoment } from './moment.ts';

/** Those whose rows about one booking follow from that booking's own timeline alone. */
export const FOLDED: readonly Projection[] = [
  bookings,
  payments,
  earnings,
  lessons,
  attendance,
  disputes,
  chargebacks,
  timeline,
  ledger,
];

/** A fact with its place in the log, as the live rows have it. */
export interface Placed {
  readonly fact: Fact;
  readonly ordinal: number;
}

/** Rows by table, in the order in which they were first written. */
export type PastRows = ReadonlyMap<AnyTable, readonly StoredRow[]>;

const KINDS: Readonly<Record<string, { readonly category: Fact['category']; readonly version: number }>> = EVENTS;

/**
 * The fact behind a row of the timeline, or null for a type that this program does not know. Timeline rows are in today's
 * shape already.
 */
export function factOf(row: Omit<TimelineRow, 'lane' | 'actorName'>): Fact | null {
  const kind = Object.hasOwn(KINDS, row.type) ? KINDS[row.type] : undefined;
  if (!kind) return null;
  return recognise({
    id: row.eventId,
    type: row.type,
    data: row.data,
    meta: {
      // No projection reads what caused an event, and the timeline does not keep it.
      commandId: '',
      causationId: '',
      correlationId: row.correlationId,
      actor: row.actor,
      occurredAt: row.occurredAt,
      schemaVersion: kind.version,
    },
    stream: row.stream,
    category: kind.category,
    revision: row.revision,
    position: row.position,
    recordedAt: row.recordedAt,
    chain: row.chain,
  });
}

/** `facts` in the order of the log. */
export function foldTo(facts: readonly Placed[], moment: PastMoment): PastRows {
  return fold(
    facts.filter(({ fact }) => isBy({ occurredAt: fact.meta.occurredAt, recordedAt: fact.recordedAt }, moment)),
  );
}

export function fold(facts: readonly Placed[]): PastRows {
  const unit = new Unit(() => null);
  for (const { fact, ordinal } of facts)
    for (const projection of FOLDED) {
      unit.begin();
      try {
        projection.project(fact, unit, ordinal);
      } catch {
        // As in the live rows (RU4): what one projection cannot take it goes without. The runner has told of it already.
        unit.takeBack();
      }
    }
  const rows = new Map<AnyTable, readonly StoredRow[]>();
  for (const { tables } of FOLDED)
    for (const table of tables) {
      const changed = [...(unit.changed.get(table)?.values() ?? [])].filter((row) => row !== null);
      rows.set(table, [...changed, ...(unit.added.get(table) ?? [])]);
    }
  return rows;
}
