/** Which rows begin something and which end it: a stay, a weak line, a page out of sight. Pure. */
import type { TimelineRow } from '#projections/queries.ts';

type Row = Pick<TimelineRow, 'eventId' | 'type' | 'data' | 'occurredAt'>;

/** What an end is the end of. */
const BEGINS: Readonly<Record<string, string>> = {
  ParticipantLeft: 'ParticipantJoined',
  MediaStopped: 'MediaStarted',
  PageShown: 'PageHidden',
  ConnectionRecovered: 'ConnectionWeakened',
  MediaFaultEnded: 'MediaFaultNoticed',
};
const STARTS: ReadonlySet<string> = new Set(Object.values(BEGINS));
/** Measured over a person's connection: over without a word when they go, or come anew. */
const MEASURED: ReadonlySet<string> = new Set(['PageHidden', 'ConnectionWeakened', 'MediaFaultNoticed']);
/** What tells two of a kind apart. */
const TOLD_BY = ['personId', 'connectionId', 'direction', 'fault'] as const;

/** When a fact of a lesson was so: its own time, since what is measured is queued before it is written down. Business ms. */
export function measuredAt({ data, occurredAt }: Pick<Row, 'data' | 'occurredAt'>): number {
  const at = data['at'];
  return typeof at === 'number' && Number.isFinite(at) ? at : occurredAt;
}

export interface Pairs {
  /** By the event that begins it: when it was over, business ms. */
  readonly until: ReadonlyMap<string, number>;
  /** Events that end what another began. */
  readonly ends: ReadonlySet<string>;
}

/** Rows in the order of the log. A lesson's end closes what is still open in it; a coming or going, what was measured before. */
export function pairsOf(rows: readonly Row[]): Pairs {
  const open = new Map<string, Row>();
  const until = new Map<string, number>();
  const ends = new Set<string>();
  /** When each person last went or joined anew. */
  const gone = new Map<unknown, number>();
  const closeMeasured = (by: Row): void => {
    for (const [key, began] of open) {
      if (!MEASURED.has(began.type) || began.data['personId'] !== by.data['personId']) continue;
      until.set(began.eventId, Math.max(measuredAt(began), measuredAt(by)));
      open.delete(key);
    }
  };
  const isHere = (personId: unknown): boolean =>
    [...open.values()].some(({ type, data }) => type === 'ParticipantJoined' && data['personId'] === personId);
  for (const row of rows) {
    if (row.type === 'LessonEnded') {
      for (const began of open.values()) until.set(began.eventId, Math.max(measuredAt(began), measuredAt(row)));
      open.clear();
      continue;
    }
    const begins = BEGINS[row.type];
    if (begins === undefined && !STARTS.has(row.type)) continue;
    const key = [begins ?? row.type, ...TOLD_BY.map((name) => row.data[name])].join(' ');
    const began = open.get(key);
    if (begins === undefined) {
      // A word of the room may be written after the person was gone: it was over when they went.
      const went = MEASURED.has(row.type) ? (gone.get(row.data['personId']) ?? -Infinity) : -Infinity;
      if (went > measuredAt(row)) until.set(row.eventId, went);
      else if (!began) open.set(key, row);
    } else if (began) {
      until.set(began.eventId, Math.max(measuredAt(began), measuredAt(row)));
      ends.add(row.eventId);
      open.delete(key);
    }
    // Who is still here over another connection goes on being measured.
    const left = row.type === 'ParticipantLeft' && !isHere(row.data['personId']);
    if (!left && row.type !== 'ParticipantJoined') continue;
    gone.set(row.data['personId'], measuredAt(row));
    closeMeasured(row);
  }
  return { until, ends };
}
