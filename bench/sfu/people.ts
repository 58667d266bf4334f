/** How many people one core carries: rooms with a full grid as ours forwards it, beside forwarding everything to everybody; and lessons of four. */
import { execFileSync } from 'node:child_process';
import { MOST_VOICES } from '#sfu/rooms/voices.ts';
import { layerFor } from '../../app/lib/classroom/layers.ts';
import { rounded } from '../events/measure.ts';
import { playCrowd, type Crowd, type CrowdReport } from './crowd.ts';
import type { Say } from './tools.ts';

export const PEOPLE_TARGETS = { timesNaive: 6, lossBelow: 0.001, p99Ms: 5, room: 50 } as const;

const ALL = 1_000;
/** A grid of 49 on a screen of 1,920 pixels, and a lesson of four. */
const TILE = { grid: 1_920 / 7, four: 1_920 / 2 };

type Shape = Pick<Crowd, 'layer' | 'voices'>;

const layerOf = (width: number): Crowd['layer'] => {
  const layer = layerFor(width);
  return layer === 0 || layer === 1 ? layer : 2;
};

const OURS: Shape = { layer: layerOf(TILE.grid), voices: MOST_VOICES + 1 };
const NAIVE: Shape = { layer: 2, voices: ALL };

export async function measurePeople(quick: boolean, say: Say) {
  // The generator has the second core, the worker goes to the first.
  execFileSync('taskset', ['-acp', '1', String(process.pid)], { stdio: 'ignore' });
  const time = quick ? { warmMs: 1_500, measureMs: 2_500 } : { warmMs: 2_500, measureMs: 6_000 };
  const play = async (name: string, shape: Shape, people: number, rooms: number): Promise<CrowdReport> => {
    const report = await playCrowd({ ...shape, ...time, people, rooms });
    const { cores, rigCores, packetsOut, loss, p99, ok } = report;
    say(
      `  ${name}, ${rooms} of ${people}: ${cores} cores (rig ${rigCores}), ${packetsOut} packets/s, loss ${loss}, p99 ${p99} ms${ok ? '' : ': not well'}`,
    );
    return report;
  };
  /** Upwards while it goes well. */
  const largest = async (name: string, shape: Shape, sizes: readonly number[]) => {
    const tried: CrowdReport[] = [];
    for (const people of sizes) {
      const report = await play(name, shape, people, 1);
      tried.push(report);
      if (!report.ok) break;
    }
    return { people: tried.findLast(({ ok }) => ok)?.people ?? 0, tried };
  };
  const ours = await largest('ours', OURS, quick ? [30, 50] : [30, 40, 50, 60]);
  const naive = await largest('naive', NAIVE, quick ? [8, 16] : [8, 12, 16, 20, 24, 28]);
  const four = await play('lessons of 1 + 3', { layer: layerOf(TILE.four), voices: ALL }, 4, quick ? 6 : 12);
  const costly = naive.tried.findLast(({ ok }) => ok);
  const ourRoom = ours.tried.find(({ people }) => people === PEOPLE_TARGETS.room);
  const others = PEOPLE_TARGETS.room * (PEOPLE_TARGETS.room - 1);
  // A room of fifty does not fit one core the naive way, so it is reckoned from what a stream costs where it does.
  const naiveRoomCores =
    costly === undefined ? null : rounded((costly.cores * others) / (costly.people * (costly.people - 1)), 2);
  const perCore = (cores: number | null | undefined): number | null =>
    cores === null || cores === undefined ? null : rounded(PEOPLE_TARGETS.room / cores, 1);
  const [mine, theirs] = [perCore(ourRoom?.cores), perCore(naiveRoomCores)];
  const timesNaive = mine === null || theirs === null ? null : rounded(mine / theirs, 2);
  const roomsPerCore = rounded((four.rooms / four.cores) * 0.8, 1);
  return {
    ours,
    naive,
    peoplePerCoreInRoomsOf50: { ours: mine, naive: theirs, naiveIsReckoned: true },
    timesNaive,
    lessonsOfFour: { report: four, perCoreAt80Percent: roomsPerCore, coresFor100: rounded(100 / roomsPerCore, 2) },
    met: { room: ourRoom?.ok ?? false, timesNaive: timesNaive !== null && timesNaive >= PEOPLE_TARGETS.timesNaive },
  };
}
