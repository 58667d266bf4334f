/** The rival: every event read in the order of the log and put through the ledger's projection, as without any books. */
import type { Database } from '#platform/database/database.ts';
import { factOf } from '#projections/as-of/fold.ts';
import { ledger } from '#projections/ledger/project.ts';
import type { TimelineRow } from '#projections/queries.ts';
import { Unit } from '#projections/runner/rows.ts';

/** Balances by line of the chart, of what had occurred by `at`. The ids of a life occur in each copy, so each is folded alone. */
export async function foldAll(
  db: Database,
  copies: number,
  perCopy: number,
  at: number,
): Promise<ReadonlyMap<string, number>> {
  const balances = new Map<string, number>();
  for (let copy = 0; copy < copies; copy += 1) {
    const rows = await db.query<Omit<TimelineRow, 'lane' | 'actorName'>>(
      `SELECT position, event_id AS "eventId", stream, revision, type, data::json AS data, actor::json AS actor,
         occurred_at AS "occurredAt", recorded_at AS "recordedAt", correlation_id AS "correlationId", chain
       FROM read_model.timeline WHERE ordinal > $1 AND ordinal <= $2 ORDER BY ordinal`,
      [copy * perCopy, (copy + 1) * perCopy],
    );
    const unit = new Unit(() => null);
    for (const [index, row] of rows.entries()) {
      const fact = row.occurredAt <= at ? factOf(row) : null;
      if (fact) ledger.project(fact, unit, index);
    }
    for (const [table, added] of unit.added)
      if (table.name === 'ledger_entry')
        for (const entry of added) {
          const line = String(entry['class']);
          balances.set(line, (balances.get(line) ?? 0) + Number(entry['amount']));
        }
  }
  return balances;
}
