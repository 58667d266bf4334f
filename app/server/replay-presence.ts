/** Who was in a lesson and how well they were connected, on the clock of its replay. Pure. Business time, ms. */
import type { RecordedEvent } from '#events/store/event-store.ts';
import { measuredAt, pairsOf } from '#app/lib/case/pairs.ts';
import type { AttendanceRow, Interval } from '#projections/queries.ts';
import type { Stretch } from './replay-facts.ts';

/** One person of the lesson; each list rises. */
export interface PersonThere {
  readonly personId: string;
  readonly name: string;
  readonly role: string;
  readonly here: readonly Stretch[];
  readonly sent: readonly Stretch[];
  readonly received: readonly Stretch[];
  /** Here, with the lesson's page out of sight. */
  readonly away: readonly Stretch[];
  readonly weak: readonly Stretch[];
  /** Without sound or picture though connected. */
  readonly faults: readonly Stretch[];
}

type Fact = Pick<RecordedEvent, 'id' | 'type' | 'data' | 'meta'>;

const closed = (intervals: readonly Interval[], now: number): Stretch[] =>
  intervals.map(({ from, to }) => ({ from, to: to ?? Math.max(from, now) }));

/** @param facts of the lesson, in the order of the log; @param now closes what is still open. */
export function presenceOf(
  rows: readonly AttendanceRow[],
  facts: readonly Fact[],
  now: number,
): readonly PersonThere[] {
  const told = facts.map(({ id, type, data, meta }) => ({ eventId: id, type, data, occurredAt: meta.occurredAt }));
  const { until } = pairsOf(told);
  const stretchesOf = (personId: string, wanted: string): Stretch[] =>
    told
      .filter(({ type, data }) => type === wanted && data['personId'] === personId)
      .map((fact) => {
        const from = measuredAt(fact);
        return { from, to: until.get(fact.eventId) ?? Math.max(from, now) };
      });
  return rows.map(({ personId, name, role, here, sent, received, away }) => ({
    personId,
    name,
    role,
    here: closed(here, now),
    sent: closed(sent, now),
    received: closed(received, now),
    away: closed(away, now),
    weak: stretchesOf(personId, 'ConnectionWeakened'),
    faults: stretchesOf(personId, 'MediaFaultNoticed'),
  }));
}
