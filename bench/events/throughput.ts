/** Events a second, ours beside the rivals and the floor: A B C D, D C B A, and so on, each round in fresh databases. */
import { openPostgres } from '#platform/database/postgres.server.ts';
import { cpuOfTree } from './cpu.ts';
import { drive, type Driven } from './drive.ts';
import { batchesOf, copyAll } from './floor.ts';
import { cpuSince, median, percentiles, rounded, spreadPct, type Percentiles } from './measure.ts';
import { openOurs, type Ours } from './ours.ts';
import { openRival } from './rival.ts';

export interface Contenders {
  newUrl(): Promise<string>;
  /** Away with a database in which a round was run: nothing may be tidied up there during the next. */
  drop(url: string): Promise<void>;
  /** The database server's first process. */
  readonly serverPid: number;
  readonly inFlight: number;
  say(text: string): void;
}

interface Run {
  readonly eventsPerSecond: number;
  readonly commandsPerSecond: number;
  /** From asking to the durable answer, ms. */
  readonly command: Percentiles;
  /** CPU of this process an event, µs. */
  readonly nodeUs: number;
  /** CPU of the database server an event, µs; absent where it runs in this process. */
  readonly serverUs?: number;
}

const SPREAD_LIMIT_PCT = 5;
const POOLS = [8, 16, 32, 64];

function runOf(driven: Driven, seconds: number, nodeUs: number, serverUs?: number): Run {
  return {
    eventsPerSecond: Math.round(driven.events / seconds),
    commandsPerSecond: Math.round(driven.commands / seconds),
    command: percentiles(driven.latencies),
    nodeUs: rounded(nodeUs / driven.events, 1),
    ...(serverUs !== undefined && { serverUs: rounded(serverUs / driven.events, 1) }),
  };
}

/** All lives, appended and projected into all read models. The clock stops when the last event is in all of them. */
export async function oneRun(ours: Ours, lives: number, inFlight: number, serverPid?: number): Promise<Run> {
  await ours.project();
  await ours.caughtUp();
  const cpu = process.cpuUsage();
  const serverCpu = serverPid === undefined ? 0 : cpuOfTree(serverPid);
  const start = performance.now();
  const give = async (...args: Parameters<Ours['give']>) => (await ours.give(...args)).events.length;
  const driven = await drive(give, { from: 0, to: lives, of: lives, inFlight });
  await ours.caughtUp();
  const seconds = (performance.now() - start) / 1_000;
  const used = serverPid === undefined ? undefined : cpuOfTree(serverPid) - serverCpu;
  const run = runOf(driven, seconds, cpuSince(cpu), used);
  await ours.check();
  return run;
}

export async function measureThroughput(
  { newUrl, drop, serverPid, inFlight, say }: Contenders,
  { lives, rounds }: { readonly lives: number; readonly rounds: number },
) {
  const ourRun = async (many: number): Promise<{ run: Run; batches: Awaited<ReturnType<typeof batchesOf>> }> => {
    const url = await newUrl();
    const ours = await openOurs(await openPostgres(url), many);
    try {
      const run = await oneRun(ours, many, inFlight, serverPid);
      return { run, batches: await batchesOf(ours.db) };
    } finally {
      await ours.close();
      await drop(url);
    }
  };
  const rivalRun = async (many: number, connections: number, projects: boolean): Promise<Run> => {
    const url = await newUrl();
    const rival = await openRival(url, { lives: many, connections, projects });
    try {
      const cpu = process.cpuUsage();
      const serverCpu = cpuOfTree(serverPid);
      const driven = await drive(rival.give, { from: 0, to: many, of: many, inFlight });
      return runOf(driven, driven.seconds, cpuSince(cpu), cpuOfTree(serverPid) - serverCpu);
    } finally {
      await rival.close();
      await drop(url);
    }
  };

  say('warming up, and looking for the best pool of the rival');
  await ourRun(Math.ceil(lives / 4));
  const bestPool = async (projects: boolean): Promise<number> => {
    let pool = 0;
    let best = 0;
    for (const connections of POOLS) {
      const { eventsPerSecond } = await rivalRun(Math.ceil(lives / 8), connections, projects);
      say(`  ${connections} connections${projects ? '' : ', appending only'}: ${eventsPerSecond} events/s`);
      if (eventsPerSecond > best) [best, pool] = [eventsPerSecond, connections];
    }
    return pool;
  };
  const pools = { rival: await bestPool(true), appendOnly: await bestPool(false) };
  const { batches } = await ourRun(lives);
  const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);

  const ours: Run[] = [];
  const rival: Run[] = [];
  const appendOnly: Run[] = [];
  const floor: number[] = [];
  const contenders = [
    async () => void ours.push((await ourRun(lives)).run),
    async () => void rival.push(await rivalRun(lives, pools.rival, true)),
    async () => void appendOnly.push(await rivalRun(lives, pools.appendOnly, false)),
    async () => {
      const url = await newUrl();
      floor.push(Math.round(rows / (await copyAll(url, batches))));
      await drop(url);
    },
  ];
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : contenders.toReversed()) await contender();
    const [a, b, c] = [ours, rival, appendOnly].map((runs) => runs.at(-1)?.eventsPerSecond);
    say(`round ${round + 1}: ours ${a}, rival ${b}, appending only ${c}, floor ${floor.at(-1)} events/s`);
  }

  const speeds = (runs: readonly Run[]): number[] => runs.map((run) => run.eventsPerSecond);
  const [a, b, c] = [speeds(ours), speeds(rival), speeds(appendOnly)];
  const times = (others: readonly number[]): number =>
    rounded(median(a.map((value, index) => value / (others[index] ?? Number.NaN))));
  const spreads = { ours: spreadPct(a), rival: spreadPct(b), appendOnly: spreadPct(c), floor: spreadPct(floor) };
  return {
    inFlight,
    lives,
    rounds,
    order: 'ours rival appendOnly floor, floor appendOnly rival ours, …',
    projected: { ours: true, rival: true, appendOnly: false },
    connections: pools,
    eventsPerBatch: rounded(rows / batches.length, 1),
    eventsPerSecond: { ours: median(a), rival: median(b), appendOnly: median(c), floor: median(floor) },
    timesRival: times(b),
    timesAppendOnly: times(c),
    ofFloor: rounded(median(a) / median(floor), 3),
    command: {
      unit: 'ms',
      ours: medianRun(ours).command,
      rival: medianRun(rival).command,
      appendOnly: medianRun(appendOnly).command,
    },
    cpuUs: { ours: costOf(ours), rival: costOf(rival), appendOnly: costOf(appendOnly) },
    spreadPct: spreads,
    noisy: Math.max(spreads.ours, spreads.rival, spreads.appendOnly) > SPREAD_LIMIT_PCT,
    raw: { ours, rival, appendOnly, floor },
  };
}

function medianRun(runs: readonly Run[]): Run {
  const sorted = [...runs].sort((a, b) => a.eventsPerSecond - b.eventsPerSecond);
  const run = sorted[sorted.length >> 1];
  if (!run) throw new Error('No rounds');
  return run;
}

/** CPU an event, µs: it says the same on a busy machine as on a quiet one, or nearly. */
const costOf = (runs: readonly Run[]) => ({
  node: median(runs.map((run) => run.nodeUs)),
  server: median(runs.map((run) => run.serverUs ?? 0)),
});
