/** Which events of a case are shown. Pure. */
import type { TimelineLane, TimelineRow } from '#projections/queries.ts';

/** Many of a kind and rarely the point: shown on demand, always counted. */
const SMALL: ReadonlySet<string> = new Set([
  'WorkNoted',
  'PageTurned',
  'MediaStarted',
  'MediaStopped',
  'PageHidden',
  'PageShown',
  'OrderPlanned',
  'TransferRequested',
  'EvidenceFrozen',
]);

export const isSmall = (row: Pick<TimelineRow, 'type'>): boolean => SMALL.has(row.type);

export const MACHINES = 'machines';

export interface CaseFilterState {
  readonly hiddenLanes: readonly TimelineLane[];
  readonly small: boolean;
  /** A person id, `machines`, or empty for everyone. */
  readonly who: string;
}

function concerns(row: TimelineRow, who: string): boolean {
  if (who === '') return true;
  if (who === MACHINES) return row.actor.kind !== 'person';
  return row.actor.id === who || row.data['personId'] === who;
}

export function shownRows(rows: readonly TimelineRow[], filter: CaseFilterState): readonly TimelineRow[] {
  return rows.filter(
    (row) => !filter.hiddenLanes.includes(row.lane) && (filter.small || !isSmall(row)) && concerns(row, filter.who),
  );
}

/** Everyone who acted or was in the lesson, each once, in order of appearance. */
export function peopleIn(
  rows: readonly TimelineRow[],
  nameOf: (personId: string) => string | null,
): readonly { readonly id: string; readonly name: string }[] {
  const names = new Map<string, string>();
  for (const row of rows) {
    const inLesson = row.data['personId'];
    if (typeof inLesson === 'string' && !names.has(inLesson)) names.set(inLesson, nameOf(inLesson) ?? inLesson);
    if (row.actor.kind === 'person') names.set(row.actor.id, row.actorName ?? nameOf(row.actor.id) ?? row.actor.id);
  }
  return [...names].map(([id, name]) => ({ id, name }));
}

export interface DayOfRows {
  readonly key: string;
  /** First event of the day, ms. */
  readonly at: number;
  readonly rows: readonly TimelineRow[];
}

/** Rows in the order of the log, cut where the day changes: the log's order is never rearranged. */
export function daysOf(rows: readonly TimelineRow[], dayOf: (at: number) => string): readonly DayOfRows[] {
  const days: { key: string; at: number; rows: TimelineRow[] }[] = [];
  for (const row of rows) {
    const key = dayOf(row.occurredAt);
    const last = days.at(-1);
    if (last?.key === key) last.rows.push(row);
    else days.push({ key, at: row.occurredAt, rows: [row] });
  }
  return days;
}
