/** What people's own ends measure of their connections: told to the room, to the lesson when it lasts, and to `/metrics`. */
import type { MediaFault, RoomWord } from '#events/lesson/room.ts';
import type { Log } from '../log.ts';
import type { Attendance } from './attendance.server.ts';
import type { Peer } from './peer.ts';
import type { Stats } from '../signalling/protocol.ts';
import { measured, networkOf, sumsOf, wordsOf, type QualitySums } from './quality.ts';
import type { Room } from './room.ts';

/** Since the node started. */
export interface MeasuredTotals {
  readonly reports: number;
  readonly framesDecoded: number;
  /** Connections that were weak for so long that the lesson was told. */
  readonly weakened: number;
  readonly faults: Readonly<Record<MediaFault, number>>;
}

export const NOTHING_MEASURED: MeasuredTotals = {
  reports: 0,
  framesDecoded: 0,
  weakened: 0,
  faults: { 'camera-black': 0, 'microphone-silent': 0, 'hears-nobody': 0 },
};

/** Reports are due every 5 s. */
const LEAST_APART_MS = 4_000;
/** Facts of this kind about one connection. */
const MOST_WORDS = 30;

const sameFaults = (a: readonly MediaFault[], b: readonly MediaFault[]): boolean =>
  a.length === b.length && a.every((fault) => b.includes(fault));

export class Measuring {
  totals = NOTHING_MEASURED;
  readonly #attendance: Pick<Attendance, 'note'>;
  readonly #log: Log;
  /** ms; only differences of it matter. */
  readonly #now: () => number;

  constructor(attendance: Pick<Attendance, 'note'>, log: Log, now: () => number = () => performance.now()) {
    this.#attendance = attendance;
    this.#log = log;
    this.#now = now;
  }

  /** One report of one person. More often than they are due they say nothing new. */
  report(room: Room, peer: Peer, stats: Stats): void {
    const now = this.#now();
    const before = peer.quality;
    if (before.latest !== null && now - before.at < LEAST_APART_MS) return;
    const quality = measured(before, stats, now);
    peer.quality = quality;
    const network = networkOf(
      [...room.peers.values()].map((one) => one.quality),
      now,
    );
    const words = wordsOf(peer.personId, before, quality, network);
    this.#count(stats, words);
    for (const word of words) this.#tell(room, peer, word);
    if (!sameFaults(before.faults, quality.faults)) room.tellOf(peer);
    room.setNetwork(network);
  }

  sums(rooms: readonly Room[]): QualitySums {
    return sumsOf(
      rooms.flatMap((room) => [...room.peers.values()].map(({ quality }) => quality)),
      this.#now(),
    );
  }

  #tell(room: Room, peer: Peer, word: RoomWord): void {
    this.#log.warn({ lesson: room.lessonId, person: peer.personId, word }, 'A connection changed');
    peer.measureWords += 1;
    // What people's own ends say must never push out what decides a lesson.
    if (peer.measureWords > MOST_WORDS) return;
    // It tries again by itself, and says so in the log.
    void this.#attendance.note(room.lessonId, null, word);
  }

  #count(stats: Stats, words: readonly RoomWord[]): void {
    const { reports, framesDecoded, weakened, faults } = this.totals;
    const more = { ...faults };
    for (const word of words) if (word.type === 'MediaFaultNoticed') more[word.fault] += 1;
    this.totals = {
      reports: reports + 1,
      framesDecoded: framesDecoded + stats.framesDecoded,
      weakened: weakened + (words.some(({ type }) => type === 'ConnectionWeakened') ? 1 : 0),
      faults: more,
    };
  }
}
