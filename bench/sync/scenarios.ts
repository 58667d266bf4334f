/** The scenarios: for each contender its server, its people, and what the generator is told. */
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import * as start from './contenders.ts';
import type { Server } from './contenders.ts';
import type { Group, Plan, Report, Someone, Wire } from './plan.ts';
import { manyStrokes } from './points.ts';

export type Contender = 'ours' | 'yWebsocket' | 'hocuspocus' | 'hocuspocusStock';
const WIRES: Readonly<Record<Contender, Wire>> = {
  ours: 'ours',
  yWebsocket: 'plain',
  hocuspocus: 'hocuspocus',
  hocuspocusStock: 'hocuspocus',
};
/** Updates a second that one writer sends: 60 samples, three in each. */
export const HZ = 20;
/** What the tuned rival waits, and what our tick is, ms. */
export const TICK_MS = 16;
/** Rooms as large as the measurement wants; everything else is as delivered. */
const LARGE = { socketsPerRoom: 5_000 };

export interface Stage {
  readonly postgres: TestPostgres;
  /** Of an empty database of its own. */
  newDatabase(): Promise<string>;
  stop(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const settings = ['synchronous_commit=on', 'shared_buffers=256MB', 'max_wal_size=4GB', 'checkpoint_timeout=30min'];
  const postgres = await startPostgres(settings);
  let databases = 0;
  return {
    postgres,
    newDatabase: () => postgres.createDatabase(`bench${(databases += 1)}`),
    stop: () => postgres.stop(),
  };
}

let documents = 0;
const newDocument = (): string => `board:b${(documents += 1)}`;

interface Setting {
  readonly server: Server;
  readonly wire: Wire;
  readonly document: string;
  readonly pids: Readonly<Record<string, number>>;
  readonly database?: string;
  people(from: number, count: number): Promise<Someone[]>;
}

async function withContender<T>(
  stage: Stage,
  who: Contender,
  limits: object,
  use: (setting: Setting) => Promise<T>,
): Promise<T> {
  const document = newDocument();
  const wire = WIRES[who];
  const database = who === 'ours' ? await stage.newDatabase() : undefined;
  const server =
    database !== undefined
      ? await start.ours(database, limits)
      : await (who === 'yWebsocket' ? start.yWebsocket() : start.hocuspocus(who === 'hocuspocus' ? TICK_MS : 0));
  try {
    return await use({
      server,
      wire,
      document,
      pids: database === undefined ? { server: server.pid } : { server: server.pid, database: stage.postgres.pid() },
      ...(database === undefined ? {} : { database }),
      people: async (from, count) =>
        database === undefined
          ? start.strangers(document, from, count)
          : start.ticketed(server.port, document, from, count),
    });
  } finally {
    await server.stop();
  }
}

const present = (people: readonly Someone[], writers: number): Group => ({
  people,
  writers,
  joinAt: 0,
  leaveAt: null,
  comesBack: false,
});

const planOf = ({
  server,
  wire,
  document,
  pids,
  database,
}: Setting): Pick<Plan, 'wire' | 'port' | 'document' | 'pids' | 'database'> => ({
  wire,
  port: server.port,
  document,
  pids,
  ...(database === undefined ? {} : { database }),
});

export interface Class {
  readonly people: number;
  readonly writers: number;
  readonly hz: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

/** Some who write, and everybody watching. */
export const playClass = (stage: Stage, who: Contender, size: Class): Promise<Report> =>
  withContender(stage, who, LARGE, async (setting) =>
    start.runRig({
      ...planOf(setting),
      groups: [present(await setting.people(0, size.people), size.writers)],
      hz: size.hz,
      warmMs: size.warmMs,
      measureMs: size.measureMs,
    }),
  );

/** Frames of so many bytes at this rate, and as many frames coming in as in the class. */
export async function playFloor(size: Class, bytes: number, everyMs: number, receives: boolean): Promise<Report> {
  const server = await start.floor(bytes, everyMs);
  try {
    return await start.runRig({
      wire: 'floor',
      port: server.port,
      document: 'floor',
      pids: { server: server.pid },
      groups: [present(start.strangers('floor', 0, size.people), receives ? size.writers : 0)],
      hz: size.hz,
      warmMs: size.warmMs,
      measureMs: size.measureMs,
    });
  } finally {
    await server.stop();
  }
}

/** A storm on a board that has ten thousand strokes, and so many who come in at one moment in the middle of it. */
export const playJoins = (stage: Stage, size: Class, joins: number, strokes: number): Promise<Report> =>
  withContender(stage, 'ours', LARGE, async (setting) => {
    const people = await setting.people(0, size.people);
    const filling = 20;
    // Under ids of their own: the pens of the storm count from zero.
    const fillers = await setting.people(10_000, filling);
    const before = fillers.map((one) =>
      Buffer.from(manyStrokes(one.client, { id: one.id, name: one.name }, strokes / filling, 30)).toString('base64'),
    );
    const late = await setting.people(20_000, joins);
    return start.runRig({
      ...planOf(setting),
      before,
      groups: [
        // Those who fill the board stand first, and only watch.
        { ...present([...fillers, ...people], size.people), watchers: filling },
        { people: late, writers: 0, joinAt: size.warmMs + size.measureMs / 2, leaveAt: null, comesBack: false },
      ],
      hz: size.hz,
      warmMs: size.warmMs,
      measureMs: size.measureMs,
    });
  });

export interface Crush {
  readonly asked: number;
  readonly steady: Class;
  /** How long the crowd stays. */
  readonly crushMs: number;
  readonly afterMs: number;
}

/** A class with the limits as delivered; then ten times as many want in, and write as soon as they are; then they go. */
export const playCrush = (stage: Stage, { asked, steady, crushMs, afterMs }: Crush): Promise<Report> =>
  withContender(stage, 'ours', {}, async (setting) => {
    const people = await setting.people(0, steady.people);
    const more = await setting.people(steady.people, asked - steady.people);
    return start.runRig({
      ...planOf(setting),
      groups: [
        present(people, steady.writers),
        {
          people: more,
          writers: more.length,
          joinAt: steady.measureMs,
          leaveAt: steady.measureMs + crushMs,
          comesBack: true,
        },
      ],
      hz: steady.hz,
      warmMs: 0,
      measureMs: steady.measureMs + crushMs + afterMs,
    });
  });
