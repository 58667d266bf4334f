/**
 * The rows of a case as they travel to its page: what is said of an event, each word that repeats once, and nothing that
 * only its raw form shows (that is fetched when it is opened). Pure.
 */
import type { Actor } from '#events/store/event-store.ts';
import type { TimelineRow } from '#projections/queries.ts';
import { measuredAt, pairsOf } from './pairs.ts';

/** An event of a case as its page has it. */
export interface CaseRow extends Omit<TimelineRow, 'correlationId' | 'chain'> {
  /** The first characters of its chain value; like the position empty where they were not asked for. */
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
  data: number,
  /** After its own time (`measuredAt`), ms; -1: it begins nothing, or that never ended; -2: it ends something. */
  until: number,
];

interface Packed {
  readonly words: readonly string[];
  readonly actors: readonly PackedActor[];
  readonly datas: readonly Readonly<Record<string, unknown>>[];
  readonly rows: readonly PackedRow[];
}

/** By the hundred in a lesson; of their data the ids of lesson and connection stay behind, and the instant where it is said twice. */
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
const LEFT_BEHIND: ReadonlySet<string> = new Set(['lessonId', 'connectionId', 'by']);
const MINUTE = 60_000;
const SHOWN_OF_CHAIN = 12;

/** What its page is told of an event: of those by the hundred not the instant and the minute where they are those of the event. */
function toldOf({ type, data, occurredAt }: TimelineRow): TimelineRow['data'] {
  if (!ATTENDANCE.has(type)) return data;
  const said = new Set(LEFT_BEHIND);
  if (data['minute'] === minuteOf(occurredAt)) said.add('minute');
  if (measuredAt({ data, occurredAt }) === occurredAt) said.add('at');
  return Object.fromEntries(Object.entries(data).filter(([key]) => !said.has(key)));
}

/** The minute that an instant lies in, ms. */
export const minuteOf = (at: number): number => Math.floor(at / MINUTE) * MINUTE;
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

/**
 * As JSON: a page takes one long text in much faster than thousands of small things. `proof`: every row with its position and
 * what is shown of its chain value; else those by the hundred come without.
 */
export function packRows(rows: readonly TimelineRow[], proof: boolean): string {
  const words: string[] = [];
  const actors: PackedActor[] = [];
  const datas: Readonly<Record<string, unknown>>[] = [];
  const dataOf = indexer(datas, (value) => JSON.stringify(value));
  const word = indexer(words, (value) => value);
  const actor = indexer(actors, (value) => JSON.stringify(value));
  const { until, ends } = pairsOf(rows);
  const packed: Packed = {
    words,
    actors,
    datas,
    rows: rows.map((row) => {
      const over = until.get(row.eventId);
      const many = ATTENDANCE.has(row.type);
      return [
        row.eventId,
        word(row.type),
        word(row.lane),
        word(row.stream),
        row.revision,
        actor({ actor: row.actor, name: row.actorName }),
        row.occurredAt,
        row.recordedAt - row.occurredAt,
        many && !proof ? '' : row.position,
        proof ? row.chain.slice(0, SHOWN_OF_CHAIN) : '',
        dataOf(toldOf(row)),
        over === undefined ? (ends.has(row.eventId) ? ENDS : NOTHING) : over - measuredAt(row),
      ];
    }),
  };
  return JSON.stringify(packed);
}

/** @param packed from `packRows`, and nobody else. */
export function unpackRows(packed: string): readonly CaseRow[] {
  const { words, actors, datas, rows } = JSON.parse(packed) as Packed;
  return rows.flatMap(
    ([eventId, type, lane, stream, revision, actor, occurredAt, recorded, position, chain, data, until]) => {
      const by = actors[actor];
      const said = datas[data];
      if (!by || !said) return [];
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
        data: said,
        until: until < 0 ? null : measuredAt({ data: said, occurredAt }) + until,
        ends: until === ENDS,
      };
    },
  );
}
