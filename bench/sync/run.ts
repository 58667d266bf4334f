/** `npm run bench -- sync`: one room of the Yjs server under a class that draws, beside two rivals and beside the bare sockets. */
import { machine } from '../events/machine.ts';
import { median, rounded, spreadPct } from '../events/measure.ts';
import { installRivals, stayOnFirstCore } from './contenders.ts';
import { findLargest } from './largest.ts';
import type { Report } from './plan.ts';
import { POINTS_AN_UPDATE } from './points.ts';
import {
  HZ,
  openStage,
  playClass,
  playCrush,
  playFloor,
  playJoins,
  TICK_MS,
  type Class,
  type Contender,
  type Stage,
} from './scenarios.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const LIMIT_MS = 40 * 60_000;

const TARGETS = {
  stormP99Ms: 25,
  stormCores: 0.2,
  largestTimes: { yWebsocket: 6, hocuspocus: 2 },
  cpuOf: { yWebsocket: 1 / 10, hocuspocus: 1 / 2, floorThatReceives: 2 },
  calmP99Ms: 3,
  calmCpuOfFloor: 1.5,
  bytesAPoint: 12,
  joinsMoveP99Ms: 5,
  normalAgainS: 30,
} as const;

interface Sizes {
  readonly quick: boolean;
  readonly storm: Class;
  readonly calm: Class;
  readonly rounds: number;
  readonly search: { readonly measureMs: number; readonly steps: number };
  readonly yAtBest: number;
  readonly joins: { readonly strokes: number; readonly count: number };
  readonly crush: { readonly crushMs: number; readonly afterMs: number };
}

function sizesOf(quick: boolean): Sizes {
  const measureMs = quick ? 1_500 : 10_000;
  const warmMs = quick ? 700 : 3_000;
  return {
    quick,
    storm: { people: 200, writers: 200, hz: HZ, warmMs, measureMs },
    calm: { people: 200, writers: 1, hz: 60, warmMs, measureMs },
    rounds: quick ? 1 : 3,
    search: { measureMs: quick ? 1_500 : 5_000, steps: quick ? 1 : 5 },
    yAtBest: 50,
    joins: { strokes: 10_000, count: 50 },
    crush: quick ? { crushMs: 2_000, afterMs: 3_000 } : { crushMs: 10_000, afterMs: 15_000 },
  };
}

/** CPU of all server-side processes for an update that one receiver got, µs. */
const perDelivered = (report: Report, seconds: number): number =>
  rounded((total(report) * seconds * 1e6) / Math.max(1, report.delivered), 4);
const total = ({ cpu }: Report): number =>
  rounded(
    Object.values(cpu.cores).reduce((sum, cores) => sum + cores, 0),
    4,
  );

const short = ({ latency, missing, doubled, cpu, acknowledged, acknowledgedLost, diverged, problem }: Report) => ({
  p50: latency.p50,
  p99: latency.p99,
  p999: latency.p999,
  max: latency.max,
  missing,
  doubled,
  cores: cpu.cores,
  rigCores: cpu.rigCores,
  machineCores: cpu.machineCores,
  ...(acknowledged > 0 ? { acknowledged, acknowledgedLost } : {}),
  ...(diverged > 0 ? { diverged } : {}),
  ...(problem === null ? {} : { problem }),
});

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  const only = flags.get('only')?.split(',');
  const wants = (name: string): boolean => only === undefined || only.includes(name);
  const sizes = sizesOf(quick);
  installRivals(say);
  const before = machine();
  stayOnFirstCore();
  const stage = await openStage();
  const stop = (code: number) => (): void => void stage.stop().finally(() => process.exit(code));
  const limit = setTimeout(stop(1), LIMIT_MS);
  process.once('SIGINT', stop(130));
  process.once('SIGTERM', stop(130));
  try {
    const storm = wants('storm') ? await measureStorm(stage, sizes) : undefined;
    const calm = wants('calm') ? await measureCalm(stage, sizes) : undefined;
    const joins = wants('joins') ? await measureJoins(stage, sizes) : undefined;
    const crush = wants('crush') ? await measureCrush(stage, sizes) : undefined;
    // The search is what takes longest, and says nothing when it is short.
    const largest = wants('largest') && (!quick || only !== undefined) ? await measureLargest(stage, sizes) : undefined;
    return { bench: 'sync', quick, machine: before, targets: TARGETS, storm, calm, joins, crush, largest };
  } finally {
    clearTimeout(limit);
    await stage.stop();
  }
}

async function measureStorm(stage: Stage, { quick, storm, rounds, yAtBest }: Sizes) {
  const seconds = storm.measureMs / 1_000;
  const reports: Record<string, Report[]> = {};
  const keep = (name: string, report: Report): Report => {
    (reports[name] ??= []).push(report);
    say(
      `  ${name}: p99 ${report.latency.p99} ms, ${total(report)} cores, rig ${report.cpu.rigCores}, missing ${report.missing}`,
    );
    return report;
  };
  let bytes = 0;
  const play: Readonly<Record<string, () => Promise<unknown>>> = {
    ours: async () => {
      const report = keep('ours', await playClass(stage, 'ours', storm));
      bytes = Math.round((report.bytesPerReceiver * TICK_MS) / 1_000);
    },
    floor: async () => keep('floor', await playFloor(storm, bytes, TICK_MS, false)),
    floorThatReceives: async () => keep('floorThatReceives', await playFloor(storm, bytes, TICK_MS, true)),
    hocuspocus: async () => keep('hocuspocus', await playClass(stage, 'hocuspocus', storm)),
    // At the number of writers where it is at its best: at 200 it falls behind for ever.
    yWebsocket: async () =>
      keep('yWebsocket', await playClass(stage, 'yWebsocket', { ...storm, people: yAtBest, writers: yAtBest })),
  };
  for (let round = 0; round < rounds; round += 1) {
    say(`storm, round ${round + 1}`);
    const order = round % 2 === 0 ? Object.keys(play) : Object.keys(play).reverse();
    for (const name of order) await play[name]?.();
  }
  const stock = quick ? null : keep('hocuspocusStock', await playClass(stage, 'hocuspocusStock', storm));
  const cpu = (name: string): number[] => (reports[name] ?? []).map(total);
  const ours = reports['ours'] ?? [];
  const delivered = ours[0]?.delivered ?? 1;
  const cost = (name: string): number =>
    name.startsWith('floor')
      ? rounded((median(cpu(name)) * seconds * 1e6) / delivered, 4)
      : median((reports[name] ?? []).map((report) => perDelivered(report, seconds)));
  const costs = Object.fromEntries(Object.keys(play).map((name) => [name, cost(name)]));
  const ratio = (name: string): number => rounded(cost('ours') / cost(name), 3);
  const p99 = median(ours.map(({ latency }) => latency.p99));
  const cores = median(cpu('ours'));
  const bytesAPoint = rounded(
    median(ours.map((report) => report.bytesPerReceiver)) / ((storm.writers - 1) * storm.hz * POINTS_AN_UPDATE),
  );
  return {
    p99,
    p999: median(ours.map(({ latency }) => latency.p999)),
    missing: ours.reduce((sum, { missing }) => sum + missing, 0),
    acknowledgedLost: ours.reduce((sum, { acknowledgedLost }) => sum + acknowledgedLost, 0),
    cores,
    /** The Yjs server alone, and its database. */
    coresOf: {
      server: median(ours.map(({ cpu }) => cpu.cores['server'] ?? 0)),
      database: median(ours.map(({ cpu }) => cpu.cores['database'] ?? 0)),
    },
    cpuPerDeliveredUs: costs,
    ratios: {
      hocuspocus: ratio('hocuspocus'),
      yWebsocket: ratio('yWebsocket'),
      floor: ratio('floor'),
      floorThatReceives: ratio('floorThatReceives'),
    },
    ackMs: ours[0]?.ack,
    bytesAPoint,
    frameBytes: bytes,
    spreadPct: { ours: spreadPct(cpu('ours')), floorThatReceives: spreadPct(cpu('floorThatReceives')) },
    met: {
      p99: p99 <= TARGETS.stormP99Ms,
      cores: cores <= TARGETS.stormCores,
      cpuOfHocuspocus: ratio('hocuspocus') <= TARGETS.cpuOf.hocuspocus,
      cpuOfYWebsocket: ratio('yWebsocket') <= TARGETS.cpuOf.yWebsocket,
      cpuOfFloorThatReceives: ratio('floorThatReceives') <= TARGETS.cpuOf.floorThatReceives,
      bytesAPoint: bytesAPoint <= TARGETS.bytesAPoint,
    },
    rounds: Object.fromEntries(Object.entries(reports).map(([name, of]) => [name, of.map(short)])),
    ...(stock ? { stock: short(stock) } : {}),
  };
}

async function measureCalm(stage: Stage, { quick, calm, rounds }: Sizes) {
  const ours: Report[] = [];
  const floors: Report[] = [];
  const hocuspocus: Report[] = [];
  const yWebsocket: Report[] = [];
  for (let round = 0; round < rounds; round += 1) {
    say(`calm class, round ${round + 1}`);
    const report = await playClass(stage, 'ours', calm);
    ours.push(report);
    const bytes = Math.round(report.bytesPerReceiver / calm.hz);
    floors.push(await playFloor(calm, bytes, 1_000 / calm.hz, true));
    if (!quick) {
      hocuspocus.push(await playClass(stage, 'hocuspocus', calm));
      yWebsocket.push(await playClass(stage, 'yWebsocket', calm));
    }
    const last = ours.at(-1);
    if (last) say(`  p99 ${last.latency.p99} ms, ${total(last)} cores; floor ${total(floors.at(-1) ?? last)}`);
  }
  const p99 = median(ours.map(({ latency }) => latency.p99));
  const cores = (of: readonly Report[]): number => median(of.map(total));
  const ofFloor = rounded(cores(ours) / cores(floors), 3);
  return {
    p99,
    cores: { ours: cores(ours), floor: cores(floors), hocuspocus: cores(hocuspocus), yWebsocket: cores(yWebsocket) },
    ratios: {
      floor: ofFloor,
      hocuspocus: rounded(cores(ours) / cores(hocuspocus), 3),
      yWebsocket: rounded(cores(ours) / cores(yWebsocket), 3),
    },
    met: { p99: p99 <= TARGETS.calmP99Ms, cpuOfFloor: ofFloor <= TARGETS.calmCpuOfFloor },
    rounds: {
      ours: ours.map(short),
      floor: floors.map(short),
      hocuspocus: hocuspocus.map(short),
      yWebsocket: yWebsocket.map(short),
    },
  };
}

async function measureJoins(stage: Stage, { quick, storm, joins }: Sizes) {
  say(`${joins.count} joins at once on a board of ${joins.strokes} strokes, in a storm`);
  const size = { ...storm, warmMs: 3_000, measureMs: quick ? 6_000 : storm.measureMs };
  const report = await playJoins(stage, size, joins.count, joins.strokes);
  const at = Math.floor((size.warmMs + size.measureMs / 2) / 1_000);
  // The two seconds from the joins on, beside the seconds before.
  const usual = median(report.p99BySecond.slice(3, at));
  const moved = Math.max(...report.p99BySecond.slice(at, at + 2));
  return {
    p99Before: usual,
    p99During: moved,
    movedMs: rounded(moved - usual, 1),
    joinedMs: report.joined,
    met: moved - usual <= TARGETS.joinsMoveP99Ms,
    p99BySecond: report.p99BySecond,
    ...short(report),
  };
}

async function measureCrush(stage: Stage, { quick, storm, crush }: Sizes) {
  const asked = storm.people * 10;
  say(`${asked} want in`);
  const steady = { ...storm, measureMs: quick ? 4_000 : 6_000 };
  const report = await playCrush(stage, { asked, steady, ...crush });
  const end = (steady.measureMs + crush.crushMs) / 1_000;
  const normal = median(report.p99BySecond.slice(2, steady.measureMs / 1_000));
  const after = report.p99BySecond.slice(end);
  const again = after.findIndex(
    (p99, i) => p99 <= normal * 1.25 + 2 && after.slice(i, i + 3).every((p) => p <= normal * 1.5 + 2),
  );
  return {
    asked,
    closed: report.closed,
    acknowledged: report.acknowledged,
    acknowledgedLost: report.acknowledgedLost,
    missing: report.missing,
    p99Normal: normal,
    p99Worst: Math.max(...report.p99BySecond),
    normalAgainS: again,
    met: report.acknowledgedLost === 0 && report.missing === 0 && again >= 0 && again <= TARGETS.normalAgainS,
    p99BySecond: report.p99BySecond,
    cores: report.cpu.cores,
    rigCores: report.cpu.rigCores,
  };
}

async function measureLargest(stage: Stage, { search }: Sizes) {
  const of = async (who: Contender, from: number) => {
    const found = await findLargest(from, search.steps, async (people) => {
      const size = { people, writers: people, hz: HZ, warmMs: 2_500, measureMs: search.measureMs };
      const report = await playClass(stage, who, size);
      say(`  ${who} ${people}: p99 ${report.latency.p99} ms, missing ${report.missing}, rig ${report.cpu.rigCores}`);
      return report;
    });
    return found;
  };
  say('largest number of writers within 50 ms');
  const ours = await of('ours', 600);
  const hocuspocus = await of('hocuspocus', 300);
  const yWebsocket = await of('yWebsocket', 60);
  return {
    ours,
    hocuspocus,
    yWebsocket,
    times: {
      hocuspocus: rounded(ours.people / hocuspocus.people),
      yWebsocket: rounded(ours.people / yWebsocket.people),
    },
    met: {
      hocuspocus: ours.people >= TARGETS.largestTimes.hocuspocus * hocuspocus.people,
      yWebsocket: ours.people >= TARGETS.largestTimes.yWebsocket * yWebsocket.people,
    },
  };
}
