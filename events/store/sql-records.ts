import type { ChainRecord } from './chain.ts';
import type { AllFilter } from './event-store.ts';
import { positionFrom } from './position.ts';

export interface EventRow {
  readonly pos: number;
  readonly stream: string;
  readonly rev: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
  readonly recorded_at: number;
  readonly chain: string;
}

export const EVENT_COLUMNS =
  "e.pos, e.stream, e.rev, e.id::text AS id, e.type, e.data, e.meta, e.recorded_at, encode(e.chain, 'hex') AS chain";

export function recordOf(row: EventRow): ChainRecord {
  return {
    position: positionFrom(row.pos),
    stream: row.stream,
    revision: row.rev,
    id: row.id,
    type: row.type,
    data: row.data,
    meta: row.meta,
    recordedAt: row.recorded_at,
    chain: row.chain,
  };
}

/** `condition` over `log_event e`, with its parameters numbered from `first`. */
export function filterSql(filter: AllFilter | undefined, first: number): { condition: string; params: unknown[] } {
  const parts: string[] = [];
  const params: unknown[] = [];
  for (const [column, values] of [
    ['category', filter?.categories],
    ['type', filter?.types],
  ] as const) {
    if (values === undefined) continue;
    parts.push(`e.${column} = ANY($${first + params.length}::text[])`);
    params.push([...values]);
  }
  return { condition: parts.length === 0 ? 'true' : parts.join(' AND '), params };
}
