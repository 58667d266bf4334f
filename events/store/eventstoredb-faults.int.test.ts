/** What goes wrong between this client and a server (reference: eventstore.md §3, §5, §6), and that nothing is lost. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { ChainedStore } from './chain.ts';
import { appended, fresh, happened, idsOf, several } from './contract-support.ts';
import { InvalidEvent, type EventStore, type RecordedEvent } from './event-store.ts';
import { openEventStoreDb, type EventStoreDbOptions } from './eventstoredb.server.ts';
import { startTestEventStoreDb, type ServerOptions, type TestEventStoreDb } from './testing/eventstoredb.server.ts';

/** One for all tests that do not look at the chain; those that do open their own. */
let db: Database;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(() => db.close());
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function ownDatabase(): Promise<Database> {
  const own = await openPglite(null);
  closing.push(() => own.close());
  return own;
}

async function serve(options: ServerOptions = {}): Promise<TestEventStoreDb> {
  const server = await startTestEventStoreDb(options);
  closing.push(async () => server.stop());
  return server;
}

async function connect(
  server: TestEventStoreDb,
  options: Partial<EventStoreDbOptions> = {},
): Promise<EventStore & ChainedStore> {
  const store = await openEventStoreDb(server.url, { db, ...options });
  closing.push(() => store.close());
  return store;
}

const paths = ['plain', 'batch'] as const;
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function listen(store: EventStore, category: string): { seen: RecordedEvent[]; caughtUp: () => number } {
  const seen: RecordedEvent[] = [];
  let caughtUp = 0;
  store.subscribe({
    after: 'start',
    filter: { categories: [category] },
    onEvents: async (events) => void seen.push(...events),
    onCaughtUp: () => (caughtUp += 1),
  });
  return { seen, caughtUp: () => caughtUp };
}

describe('EventStoreDB: appends whose answer is lost', () => {
  it.each(paths)('are written once and answered as the first time, when no reply comes (%s)', async (appendBy) => {
    const server = await serve();
    const store = await connect(server, { appendBy, tryMs: 300 });
    const [stream, events] = [fresh(), several(3)];
    server.faults.loseReplies = 1;
    expect(await appended(store, stream, 'no-stream', events)).toMatchObject({ revision: 2, duplicate: false });
    expect(idsOf(await store.read(stream))).toEqual(idsOf(events));
    expect(server.calls[appendBy === 'batch' ? 'batchAppend' : 'append']).toBe(2);
    expect(await appended(store, stream, 'no-stream', events)).toMatchObject({ revision: 2, duplicate: true });
  });

  it.each(paths)('are written once when the connection breaks under the reply (%s)', async (appendBy) => {
    const server = await serve();
    const store = await connect(server, { appendBy });
    const [stream, events] = [fresh(), several(2)];
    Object.assign(server.faults, { loseReplies: 2, lossIs: 'broken' });
    expect(await appended(store, stream, 'no-stream', events)).toMatchObject({ revision: 1, duplicate: false });
    expect(idsOf(await store.read(stream))).toEqual(idsOf(events));
  });

  it.each(paths)(
    'say so when the outcome stays unknown, and the same append settles it later (%s)',
    async (appendBy) => {
      const server = await serve();
      const store = await connect(server, { appendBy, tryMs: 100, giveUpMs: 250 });
      const [stream, events] = [fresh(), several(2)];
      server.faults.loseReplies = 100;
      await expect(store.append(stream, 'no-stream', events)).rejects.toMatchObject({ code: 'unknown-outcome' });
      server.faults.loseReplies = 0;
      expect(await appended(store, stream, 'no-stream', events)).toMatchObject({ revision: 1, duplicate: true });
      expect(await store.read(stream)).toHaveLength(2);
    },
  );

  it('give up on a server that takes calls and never answers', async () => {
    const server = await serve();
    const store = await connect(server, { tryMs: 100, giveUpMs: 250 });
    server.faults.hang = true;
    const begun = performance.now();
    await expect(store.append(fresh(), 'no-stream', several(1))).rejects.toMatchObject({ code: 'unknown-outcome' });
    expect(performance.now() - begun).toBeLessThan(3_000);
    server.faults.hang = false;
  });

  it('are known not to be written when the server is down, by the raw error of gRPC (code 14)', async () => {
    const server = await serve();
    // Not used before: the client still has to ask what the server can do, and fails with the raw error there.
    const store = await connect(server, { appendBy: 'batch', giveUpMs: 200 });
    server.stop();
    await pause(50);
    await expect(store.append(fresh(), 'no-stream', several(1))).rejects.toMatchObject({
      code: 'store-unavailable',
      // The client's own errors have a type.
      cause: expect.not.objectContaining({ type: expect.anything() }),
    });
  });

  it('wait for a server that comes back, as reads do', async () => {
    const server = await serve();
    const store = await connect(server);
    const [stream, events] = [fresh(), several(1)];
    await appended(store, fresh(), 'no-stream', several(1));
    server.stop();
    const writing = store.append(stream, 'no-stream', events);
    const reading = store.head();
    await pause(300);
    await server.start();
    expect(await writing).toMatchObject({ kind: 'appended', revision: 0 });
    expect(await reading).not.toBeNull();
  });

  it.each(paths)('go through 300 at once over a fresh connection (%s)', async (appendBy) => {
    const server = await serve();
    const told: unknown[] = [];
    const log = { warn: (...details: unknown[]) => void told.push(details) };
    // Patient: a slow machine must not look like a hung connection.
    const store = await connect(server, { appendBy, tryMs: 20_000, log });
    told.length = 0;
    const streams = Array.from({ length: 300 }, () => fresh());
    const results = await Promise.all(streams.map((stream) => store.append(stream, 'no-stream', several(1))));
    expect(results.every((result) => result.kind === 'appended' && result.revision === 0)).toBe(true);
    expect(told).toEqual([]);
    expect(server.calls[appendBy === 'batch' ? 'batchAppend' : 'append']).toBe(300);
  });

  it('follow the leader', async () => {
    const leader = await serve();
    const follower = await serve({ log: leader.log });
    const store = await connect(follower);
    await appended(store, fresh(), 'no-stream', several(1));
    follower.faults.leaderIsAt = leader.port;
    const stream = fresh();
    await appended(store, stream, 'no-stream', several(2));
    expect(await store.read(stream)).toHaveLength(2);
    expect([follower.calls.append, leader.calls.append]).toEqual([1, 1]);
  });

  it('survive that a broken stream rejects the pending appends of the whole process (batch)', async () => {
    const [broken, other] = [await serve(), await serve()];
    const mine = await connect(broken, { appendBy: 'batch', tryMs: 10_000 });
    const bystander = await connect(other, { appendBy: 'batch', tryMs: 10_000, db: await ownDatabase() });
    await appended(bystander, fresh(), 'no-stream', several(1));
    const [stream, events] = [fresh(), several(2)];
    other.faults.loseReplies = 1;
    const begun = performance.now();
    const pending = bystander.append(stream, 'no-stream', events);
    await expect.poll(() => other.calls.batchAppend).toBe(2);
    Object.assign(broken.faults, { loseReplies: 1, lossIs: 'broken' });
    await appended(mine, fresh(), 'no-stream', several(1));
    // Long before its own time-out: the other client's error reached it.
    expect(await pending).toMatchObject({ kind: 'appended', revision: 1, duplicate: false });
    expect(performance.now() - begun).toBeLessThan(5_000);
    expect(idsOf(await bystander.read(stream))).toEqual(idsOf(events));
  });

  it.each([
    ['plain', 'both are written'],
    ['batch', 'is not iterable'],
  ])(
    'are plain ones, because a late answer after another broken stream ends the process: %s',
    async (appendBy, told) => {
      const script = 'events/store/testing/late-reply-main.ts';
      const run = promisify(execFile)(process.execPath, ['--no-warnings', script, appendBy], { timeout: 20_000 });
      const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
      expect(stdout + stderr).toContain(told);
    },
  );

  it('tell a refusal from a failure: a deleted stream is not tried again', async () => {
    const server = await serve();
    const store = await connect(server);
    const stream = fresh();
    server.log.tombstones.add(stream);
    await expect(store.append(stream, 'any', several(1))).rejects.toMatchObject({ code: 'store-refused' });
    expect(server.calls.append).toBe(1);
  });

  it('never bring a bigint or a cycle to the client, whose append would not settle', async () => {
    const server = await serve();
    const store = await connect(server);
    const cycle: Record<string, unknown> = {};
    cycle['again'] = cycle;
    await expect(store.append(fresh(), 'any', [happened('A', { amount: 1n })])).rejects.toThrow(InvalidEvent);
    await expect(store.append(fresh(), 'any', [happened('A', cycle)])).rejects.toThrow(InvalidEvent);
    expect(server.calls.append).toBe(0);
  });
});

describe('EventStoreDB: subscriptions', () => {
  it('heal when the server stops and starts, without loss or repetition', async () => {
    const server = await serve();
    const store = await connect(server);
    const { seen } = listen(store, 'heal');
    const all = [];
    for (let life = 0; life < 3; life += 1) {
      const events = several(5);
      all.push(...events);
      for (const event of events) await appended(store, fresh('heal'), 'no-stream', [event]);
      if (life === 1) await expect.poll(() => seen.length).toBe(all.length);
      server.stop();
      await pause(100);
      await server.start();
    }
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(15);
    expect(idsOf(seen)).toEqual(idsOf(all));
  });

  it.each(['cancelled', 'unavailable', 'ended'] as const)('heal when the server drops them: %s', async (how) => {
    const server = await serve();
    const store = await connect(server);
    const { seen } = listen(store, 'drop');
    const [before, after] = [several(2), several(2)];
    await appended(store, fresh('drop'), 'no-stream', before);
    await expect.poll(() => seen.length).toBe(2);
    server.dropStreams(how);
    await appended(store, fresh('drop'), 'no-stream', after);
    await expect.poll(() => idsOf(seen)).toEqual(idsOf([...before, ...after]));
  });

  it('are begun again when they die without a word', async () => {
    const server = await serve();
    const store = await connect(server, { watchMs: 200 });
    const { seen, caughtUp } = listen(store, 'silent');
    await expect.poll(caughtUp).toBeGreaterThan(0);
    const begun = server.subscribedFrom.length;
    server.faults.muteSubscriptions = true;
    const events = several(3);
    await appended(store, fresh('silent'), 'no-stream', events);
    await expect.poll(() => server.subscribedFrom.length).toBeGreaterThan(begun);
    expect(seen).toEqual([]);
    server.faults.muteSubscriptions = false;
    await expect.poll(() => idsOf(seen)).toEqual(idsOf(events));
  });

  it('stay as they are while nothing comes for them', async () => {
    const server = await serve();
    const store = await connect(server, { watchMs: 100 });
    const { caughtUp } = listen(store, 'quiet');
    await expect.poll(caughtUp).toBeGreaterThan(0);
    const begun = server.subscribedFrom.length;
    for (let n = 0; n < 6; n += 1) {
      await appended(store, fresh('noise'), 'no-stream', several(1));
      await pause(100);
    }
    expect(server.subscribedFrom.length).toBe(begun);
  });

  it('begin again behind what the server looked through, also where nothing matched', async () => {
    const server = await serve();
    const store = await connect(server);
    const rare = several(1);
    await appended(store, fresh('rare'), 'no-stream', rare);
    const { seen, caughtUp } = listen(store, 'rare');
    await expect.poll(caughtUp).toBeGreaterThan(0);
    for (let n = 0; n < 6; n += 1) await appended(store, fresh('noise'), 'no-stream', several(200));
    // A checkpoint is all that this subscription gets of them.
    const begun = server.subscribedFrom.length;
    await pause(100);
    server.dropStreams('cancelled');
    await expect.poll(() => server.subscribedFrom.length).toBeGreaterThanOrEqual(begun + 2);
    const middle = server.log.records[600]?.commit ?? 0n;
    for (const from of server.subscribedFrom.slice(begun)) expect(from).toBeGreaterThan(middle);
    expect(idsOf(seen)).toEqual(idsOf(rare));
  });

  it('lose nothing to a slow handler while checkpoints come in between, and when they break then', async () => {
    const server = await serve();
    const store = await connect(server);
    const events = Array.from({ length: 27 }, () => several(150));
    for (const batch of events) await appended(store, fresh('slow'), 'no-stream', batch);
    const seen: string[] = [];
    store.subscribe({
      after: 'start',
      filter: { categories: ['slow'] },
      batchSize: 5,
      async onEvents(batch) {
        seen.push(...idsOf(batch));
        await pause(1);
        if (seen.length === 2_000) server.dropStreams('cancelled');
      },
    });
    await expect.poll(() => seen.length, { timeout: 20_000 }).toBe(4_050);
    expect(seen).toEqual(events.flatMap(idsOf));
  });

  it('say that they caught up also where the server does not', async () => {
    const server = await serve();
    server.faults.sendsCaughtUp = false;
    const store = await connect(server);
    await appended(store, fresh('old'), 'no-stream', several(3));
    const { seen, caughtUp } = listen(store, 'old');
    await expect.poll(caughtUp).toBeGreaterThan(0);
    expect(seen).toHaveLength(3);
  });

  it('pass over system events and streams of others, and stop at what is in our streams and not ours', async () => {
    const server = await serve();
    const warnings: string[] = [];
    const log = { warn: (details: Readonly<Record<string, unknown>>) => void warnings.push(String(details['err'])) };
    const store = await connect(server, { log });
    const seen: string[] = [];
    store.subscribe({ after: 'start', onEvents: async (events) => void seen.push(...idsOf(events)) });
    server.log.write('someone else', { type: 'Foreign' });
    server.log.write('$projections-x', { type: 'Foreign' });
    const events = several(1);
    await appended(store, fresh(), 'no-stream', events);
    await expect.poll(() => seen).toEqual(idsOf(events));
    expect(idsOf(await store.readAll())).toEqual(idsOf(events));
    server.log.write('thing-1', { type: 'Foreign' });
    await expect(store.readAll()).rejects.toThrow('did not write');
    await expect.poll(() => warnings.join()).toContain('did not write');
  });
});

describe('EventStoreDB: groups', () => {
  it('go on after the server stopped, and what was lent then comes again', async () => {
    const server = await serve();
    const store = await connect(server);
    const events = several(6);
    await appended(store, fresh('mail'), 'no-stream', events);
    const acked = new Set<string>();
    let block: (() => void) | undefined;
    const blocked = new Promise<void>((resolve) => (block = resolve));
    const consumer = store
      .group('mail', { filter: { categories: ['mail'] }, retryDelayMs: 5 })
      .consume(async (event) => {
        if (acked.size === 2) await blocked;
        acked.add(event.id);
        return 'ack';
      });
    await expect.poll(() => acked.size).toBe(2);
    server.stop();
    block?.();
    await pause(100);
    await server.start();
    await expect.poll(() => acked.size).toBe(6);
    // And once more while nothing is lent, where only the connection itself tells.
    server.stop();
    await pause(100);
    await server.start();
    const later = several(2);
    await appended(store, fresh('mail'), 'no-stream', later);
    await expect.poll(() => acked.size).toBe(8);
    await consumer.stop();
    expect([...acked].sort()).toEqual(idsOf([...events, ...later]).sort());
  });

  it('filter by type and category at once: the server takes one of them, the rest is answered here', async () => {
    const server = await serve();
    const store = await connect(server);
    const wanted = several(2, 'Wanted');
    await appended(store, fresh('box'), 'no-stream', [...several(2, 'Other'), ...wanted]);
    await appended(store, fresh('crate'), 'no-stream', several(2, 'Wanted'));
    const acked: string[] = [];
    const group = store.group('both', { filter: { categories: ['box'], types: ['Wanted'] } });
    const consumer = group.consume(async (event) => {
      acked.push(event.id);
      return 'ack';
    });
    await expect.poll(() => acked.length).toBe(2);
    await pause(100);
    await consumer.stop();
    expect(acked.sort()).toEqual(idsOf(wanted).sort());
    expect(await group.parked()).toEqual([]);
  });
});

describe('EventStoreDB: the chain beside the log', () => {
  it('goes on where it was when the store is opened again, and has one writer of many', async () => {
    const server = await serve();
    const own = await ownDatabase();
    const first = await openEventStoreDb(server.url, { db: own });
    await appended(first, fresh(), 'no-stream', several(5));
    const early = await first.chainHead();
    await first.close();
    const told: string[] = [];
    const log = { warn: (_details: object, message: string) => void told.push(message) };
    const [one, two] = [await connect(server, { db: own, log }), await connect(server, { db: own, log })];
    await Promise.all(
      Array.from({ length: 20 }, (_, n) => appended(n % 2 ? one : two, fresh(), 'no-stream', several(3))),
    );
    const [headOne, headTwo] = await Promise.all([one.chainHead(), two.chainHead()]);
    expect(headTwo).toEqual(headOne);
    expect(told.filter((message) => message.includes('handler'))).toEqual([]);
    const records = await two.chainRecords();
    expect(records).toHaveLength(65);
    expect(records[4]).toMatchObject({ position: early?.position, chain: early?.chain });
    await expect(own.query(`UPDATE log_chain SET data = '{}'`)).rejects.toThrow('only grows');
  });

  it('follows the log by itself', async () => {
    const server = await serve();
    const own = await ownDatabase();
    const store = await connect(server, { db: own });
    await appended(store, fresh(), 'no-stream', several(3));
    const count = async (): Promise<unknown> => (await own.query('SELECT count(*) AS n FROM log_chain'))[0]?.['n'];
    await expect.poll(count).toBe(3);
  });
});

describe('EventStoreDB: the connection', () => {
  it('warns of credentials without TLS, does not send them, and tells no password', async () => {
    const server = await serve();
    const warnings: unknown[] = [];
    const log = { warn: (...told: unknown[]) => void warnings.push(told) };
    const url = server.url.replace('esdb://', 'esdb://admin:se%40cret@');
    const store = await openEventStoreDb(url, { db, log });
    closing.push(() => store.close());
    await appended(store, fresh(), 'no-stream', several(1));
    expect(JSON.stringify(warnings)).toContain('credentials are not sent');
    expect(JSON.stringify(warnings)).not.toMatch(/cret/);
    expect(server.authorizations).toEqual([]);
  });

  it('loads the client only when a store is opened', async () => {
    const script = `import('./events/store/eventstoredb.server.ts').then(() => {
      console.log(Object.keys(require.cache).filter((file) => file.includes('db-client')).length);
    })`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', '-e', script]);
    expect(stdout.trim()).toBe('0');
  });
});
