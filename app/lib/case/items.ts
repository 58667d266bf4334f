/**
 * What stands in the timeline of a case: the events of the log, and between them what is in no log – calls to the payment
 * provider, and notices with their mails. Pure.
 */
import type { CallOfCase, LetterOfCase, TimelineLane } from '#projections/queries.ts';
import type { CaseRow } from './packed.ts';

export type CaseLane = TimelineLane | 'call' | 'mail';

interface Placed {
  /** Of an event the event's own id. */
  readonly id: string;
  /** Business ms. */
  readonly at: number;
}
export interface EventItem extends Placed {
  readonly kind: 'event';
  readonly row: CaseRow;
}
export interface CallItem extends Placed {
  readonly kind: 'call';
  readonly call: CallOfCase;
}
export interface LetterItem extends Placed {
  readonly kind: 'mail';
  readonly letter: LetterOfCase;
}
export type CaseItem = EventItem | CallItem | LetterItem;

export const laneOf = (item: CaseItem): CaseLane => (item.kind === 'event' ? item.row.lane : item.kind);

/** When a call was asked for by the business clock: calls know the wall clock only, and the event that they follow from. */
function askedAt(call: CallOfCase, rows: readonly CaseRow[]): number {
  const cause = rows.find(({ eventId }) => eventId === call.causationId);
  if (cause) return cause.occurredAt;
  // How far the clocks were apart when the last event before it was recorded.
  const before = rows.findLast(({ recordedAt }) => recordedAt <= call.plannedAt);
  return call.plannedAt + (before ? before.occurredAt - before.recordedAt : 0);
}

/** The events in the order of the log, which is never rearranged; whatever else there is after the last event before it. */
export function itemsOf(
  rows: readonly CaseRow[],
  calls: readonly CallOfCase[],
  letters: readonly LetterOfCase[],
): readonly CaseItem[] {
  const asides: readonly (CallItem | LetterItem)[] = [
    ...calls.map((call): CallItem => ({ kind: 'call', id: `call-${call.operationId}`, at: askedAt(call, rows), call })),
    ...letters.map((letter): LetterItem => ({ kind: 'mail', id: `mail-${letter.noticeId}`, at: letter.at, letter })),
  ].toSorted((one, other) => one.at - other.at);
  const behind = new Map<number, CaseItem[]>();
  for (const aside of asides) {
    const after = rows.findLastIndex(({ occurredAt }) => occurredAt <= aside.at);
    behind.set(after, [...(behind.get(after) ?? []), aside]);
  }
  return [
    ...(behind.get(-1) ?? []),
    ...rows.flatMap((row, index): readonly CaseItem[] => [
      { kind: 'event', id: row.eventId, at: row.occurredAt, row },
      ...(behind.get(index) ?? []),
    ]),
  ];
}
