/**
 * The rows of a case as they travel to its page: what is said of an event, each word that repeats once, and nothing that
 * only its raw form shows (that is fetched when it is opened). Pure.
 */
import type { Actor } from '#events/store/event-store.ts';
import type { TimelineRow } from '#projections/queries.ts';
import { pairsOf } from './pairs.ts';

/** An event of a case as its page has it. */
export interface CaseRow extends Omit<TimelineRow, 'correlationId' | 'chain'> {
  /** The first characters of its chain value. */
  readonly chain: string;
  /** Of what begins something: when that was over, business ms; null: never, or it begins nothing. */
  readonly until: number | null;
  /** It only ends what another row began. */
  readonly ends: boolean;
}

interface PackedActor {
  readonly actor: Actor;
  readonly name: string | null;
}

type PackedRow = readonly [
  eventId: string,
  type: number,
  lane: number,
  stream: number,
  revision: number,
  actor: number,
  occurredAt: number,
  /** After `occurredAt`, ms. */
  recorded: number,
  position: string,
  chain: string,
  data: Readonly<Record<string, unknown>>,
  /** After `occurredAt`, ms; -1: it begins nothing, or that never ended; -2: it ends something. */
  until: number,
];

export interface PackedRows {
  readonly words: readonly string[];
  readonly actors: readonly PackedActor[];
  readonly rows: readonly PackedRow[];
}

/** By the hundred in a lesson; of their data the ids of lesson and connection, and the instant said twice, stay behind. */
export const ATTENDANCE: ReadonlySet<string> = new Set([
  'ParticipantJoined',
  'ParticipantLeft',
  'MediaStarted',
  'MediaStopped',
  'WorkNoted',
  'PageHidden',
  'PageShown',
  'ConnectionWeakened',
  'ConnectionRecovered',
  'MediaFaultNoticed',
  'MediaFaultEnded',
]);
const LEFT_BEHIND: ReadonlySet<string> = new Set(['lessonId', 'connectionId', 'at', 'by']);
const SHOWN_OF_CHAIN = 12;
const NOTHING = -1;
const ENDS = -2;

function indexer<T>(list: T[], keyOf: (value: T) => string): (value: T) => number {
  const known = new Map<string, number>();
  return (value) => {
    const key = keyOf(value);
    const at = known.get(key) ?? list.push(value) - 1;
    known.set(key, at);
    return at;
  };
}

export function packRows(rows: readonly TimelineRow[]): PackedRows {
  const words: string[] = [];
  const actors: PackedActor[] = [];
  const word = indexer(words, (value) => value);
  const actor = indexer(actors, (value) => JSON.stringify(value));
  const { until, ends } = pairsOf(rows);
  return {
    words,
    actors,
    rows: rows.map((row) => {
      const over = until.get(row.eventId);
      const data = ATTENDANCE.has(row.type)
        ? Object.fromEntries(Object.entries(row.data).filter(([key]) => !LEFT_BEHIND.has(key)))
        : row.data;
      return [
        row.eventId,
        word(row.type),
        word(row.lane),
        word(row.stream),
        row.revision,
        actor({ actor: row.actor, name: row.actorName }),
        row.occurredAt,
        row.recordedAt - row.occurredAt,
        row.position,
        row.chain.slice(0, SHOWN_OF_CHAIN),
        data,
        over === undefined ? (ends.has(row.eventId) ? ENDS : NOTHING) : over - row.occurredAt,
      ];
    }),
  };
}

export function unpackRows({ words, actors, rows }: PackedRows): readonly CaseRow[] {
  return rows.flatMap(
    ([eventId, type, lane, stream, revision, actor, occurredAt, recorded, position, chain, data, until]) => {
      const by = actors[actor];
      if (!by) return [];
      return {
        eventId,
        type: words[type] ?? '',
        // Written by `packRows`, which was given lanes.
        lane: (words[lane] ?? 'booking') as CaseRow['lane'],
        stream: words[stream] ?? '',
        revision,
        actor: by.actor,
        actorName: by.name,
        occurredAt,
        recordedAt: occurredAt + recorded,
        position,
        chain,
        data,
        until: until < 0 ? null : occurredAt + until,
        ends: until === ENDS,
      };
    },
  );
}
