/** Which items of a case are shown. Pure. */
import { laneOf, type CaseItem, type CaseLane } from './items.ts';
import type { CaseRow } from './packed.ts';
import type { View } from './zoom.ts';

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

/** Small too is what only ends something: the row of its beginning says until when. */
export const isSmall = (item: CaseItem): boolean =>
  item.kind === 'event' && (SMALL.has(item.row.type) || item.row.ends);

export const MACHINES = 'machines';

export interface CaseFilterState {
  readonly hiddenLanes: readonly CaseLane[];
  readonly small: boolean;
  /** A person id, `machines`, or empty for everyone. */
  readonly who: string;
  /** Only what is in this span, business time; null: all. */
  readonly span: View | null;
}

function concerns(item: CaseItem, who: string): boolean {
  if (who === '') return true;
  switch (item.kind) {
    case 'call':
      return who === MACHINES;
    case 'mail':
      return who === MACHINES || item.letter.personId === who;
    case 'event': {
      const { actor, data } = item.row;
      if (who === MACHINES) return actor.kind !== 'person';
      return actor.id === who || data['personId'] === who;
    }
  }
}

/** What begins before the span and goes on into it counts too. */
function isIn(item: CaseItem, span: View | null): boolean {
  if (span === null) return true;
  const end = item.kind === 'event' ? Math.max(item.at, item.row.until ?? item.at) : item.at;
  return item.at <= span.to && end >= span.from;
}

export function shownItems(items: readonly CaseItem[], filter: CaseFilterState): readonly CaseItem[] {
  return items.filter(
    (item) =>
      !filter.hiddenLanes.includes(laneOf(item)) &&
      (filter.small || !isSmall(item)) &&
      concerns(item, filter.who) &&
      isIn(item, filter.span),
  );
}

/** Everyone who acted or was in the lesson, each once, in order of appearance. */
export function peopleIn(
  rows: readonly CaseRow[],
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
