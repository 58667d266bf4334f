/** `npm run bench -- fanout`: one document on two nodes with a Redis between them, beside two nodes of a rival. */
import { Redis } from 'ioredis';
import { startRedis } from '../../tests/support/redis.ts';
import { machine } from '../events/machine.ts';
import { median, rounded } from '../events/measure.ts';
import {
  hocuspocus,
  installRivals,
  ours,
  runRig,
  stayOnFirstCore,
  strangers,
  ticketed,
  type Server,
} from '../sync/contenders.ts';
import type { Plan, Report, Someone } from '../sync/plan.ts';
import { HZ, openStage, TICK_MS, type Stage } from '../sync/scenarios.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const LIMIT_MS = 20 * 60_000;
const PEOPLE = 200;
/** Two nodes of the rival share a core with its Redis, and lose updates of more writers; a void round says nothing. */
const WRITERS = { ours: 200, oursAsRival: 50, hocuspocus: 50, hocuspocusStock: 50 } as const;
type Who = keyof typeof WRITERS;
const TARGETS = { commandsOfRival: 1 / 20, bytesOfRival: 1 / 10, otherNodeP99PlusMs: 3 } as const;

interface Traffic {
  readonly commands: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** What Redis did since it was last asked to forget, by its own count. */
async function traffic(redis: Redis): Promise<Traffic> {
  const numbers = (text: string, pattern: RegExp): number =>
    [...text.matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  const commands = await redis.info('commandstats');
  const stats = await redis.info('stats');
  return {
    commands: numbers(commands, /^cmdstat_(?!info|config)[^:]+:calls=(\d+)/gm),
    bytesIn: numbers(stats, /^total_net_input_bytes:(\d+)/gm),
    bytesOut: numbers(stats, /^total_net_output_bytes:(\d+)/gm),
  };
}

interface Round {
  readonly report: Report;
  /** For a thousand updates. */
  readonly commands: number;
  readonly bytes: number;
}

async function playRound(stage: Stage, who: Who, measureMs: number): Promise<Round> {
  const mine = who === 'ours' || who === 'oursAsRival';
  const flushDelay = who === 'hocuspocusStock' ? 0 : TICK_MS;
  // As docker-compose.yml has it; the rival's has nothing to keep.
  const redis = await startRedis({ appendonly: mine, appendfsync: 'everysec' });
  const asked = new Redis(redis.url);
  const servers: Server[] = [];
  try {
    const redisPort = Number(new URL(redis.url).port);
    const database = mine ? await stage.newDatabase() : undefined;
    for (let node = 0; node < 2; node += 1)
      servers.push(
        database === undefined ? await hocuspocus(flushDelay, redisPort) : await ours(database, {}, redis.url),
      );
    const [one, two] = servers;
    if (!one || !two) throw new Error('two nodes');
    const document = `board:f${Math.random().toString(36).slice(2)}`;
    const people: Someone[] =
      database === undefined ? strangers(document, 0, PEOPLE) : await ticketed(one.port, document, 0, PEOPLE);
    const plan: Plan = {
      wire: mine ? 'ours' : 'hocuspocus',
      port: one.port,
      document,
      groups: [
        {
          people: people.map((person, i) => ({ ...person, port: i % 2 === 0 ? one.port : two.port })),
          writers: WRITERS[who],
          joinAt: 0,
          leaveAt: null,
          comesBack: false,
        },
      ],
      hz: HZ,
      warmMs: 3_000,
      measureMs,
      pids: {
        one: one.pid,
        two: two.pid,
        ...(database === undefined ? {} : { database: stage.postgres.pid() }),
      },
      ...(database === undefined ? {} : { database }),
    };
    await asked.config('RESETSTAT');
    const report = await runRig(plan);
    const { commands, bytesIn, bytesOut } = await traffic(asked);
    const thousands = (WRITERS[who] * HZ * (plan.warmMs + measureMs)) / 1_000 / 1_000;
    for (const { output } of servers) if (output() !== '') say(output().slice(-500));
    return { report, commands: commands / thousands, bytes: (bytesIn + bytesOut) / thousands };
  } finally {
    asked.disconnect();
    for (const server of servers) await server.stop();
    await redis.stop();
  }
}

export async function run(flags: ReadonlyMap<string, string>): Promise<unknown> {
  const quick = flags.has('quick');
  installRivals(say);
  const before = machine();
  stayOnFirstCore();
  const stage = await openStage();
  const stop = (code: number) => (): void => void stage.stop().finally(() => process.exit(code));
  const limit = setTimeout(stop(1), LIMIT_MS);
  process.once('SIGINT', stop(130));
  process.once('SIGTERM', stop(130));
  try {
    const rounds: Record<Who, Round[]> = { ours: [], oursAsRival: [], hocuspocus: [], hocuspocusStock: [] };
    const all = ['ours', 'oursAsRival', 'hocuspocus', 'hocuspocusStock'] as const;
    for (let round = 0; round < (quick ? 1 : 3); round += 1)
      for (const who of round % 2 === 0 ? all : all.toReversed()) {
        say(`${who}, round ${round + 1}`);
        const played = await playRound(stage, who, quick ? 3_000 : 10_000);
        const { sameNode, otherNode, missing } = played.report;
        say(`  same node ${sameNode?.p99} ms, other node ${otherNode?.p99} ms, missing ${missing}`);
        rounds[who].push(played);
      }
    const of = (who: Who) => ({
      writers: WRITERS[who],
      commands: rounded(median(rounds[who].map(({ commands }) => commands)), 1),
      bytes: Math.round(median(rounds[who].map(({ bytes }) => bytes))),
      sameNodeP99: median(rounds[who].map(({ report }) => report.sameNode?.p99 ?? 0)),
      otherNodeP99: median(rounds[who].map(({ report }) => report.otherNode?.p99 ?? 0)),
      missing: rounds[who].reduce((sum, { report }) => sum + report.missing, 0),
      acknowledgedLost: rounds[who].reduce((sum, { report }) => sum + report.acknowledgedLost, 0),
      rounds: rounds[who].map(({ report: { sameNode, otherNode, ack, cpu } }) => ({ sameNode, otherNode, ack, cpu })),
    });
    const found = { ours: of('ours'), oursAsRival: of('oursAsRival'), hocuspocus: of('hocuspocus') };
    const stock = of('hocuspocusStock');
    const { ours: mine } = found;
    const plus = rounded(mine.otherNodeP99 - mine.sameNodeP99);
    const beside = (theirs: typeof mine) => ({
      commands: rounded(mine.commands / theirs.commands, 4),
      bytes: rounded(mine.bytes / theirs.bytes, 4),
    });
    const ratios = { tuned: beside(found.hocuspocus), stock: beside(stock) };
    return {
      bench: 'fanout',
      quick,
      machine: before,
      targets: TARGETS,
      /** Of Redis, for a thousand updates. */
      ...found,
      hocuspocusStock: stock,
      ratios,
      otherNodeP99PlusMs: plus,
      /** Beside the rival as it comes: tuned, it tells the other node as seldom as we do. */
      met: {
        commands: ratios.stock.commands <= TARGETS.commandsOfRival,
        bytes: ratios.stock.bytes <= TARGETS.bytesOfRival,
        otherNode: plus <= TARGETS.otherNodeP99PlusMs,
      },
    };
  } finally {
    clearTimeout(limit);
    await stage.stop();
  }
}
