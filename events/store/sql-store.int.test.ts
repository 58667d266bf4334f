/** What only the SQL adapter can show: refused rewrites, tampering behind its back, killed processes, a restart. */
import { spawn, type ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SqlError, type Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { verifyChain } from './chain.ts';
import { appended, fresh, happened, idsOf, several } from './contract-support.ts';
import { openSqlStore } from './postgres.server.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

const adapters: [string, (name: string) => Promise<Database>][] = [
  ['PGlite', () => openPglite(null)],
  ['PostgreSQL', async (name) => openPostgres(await postgres.createDatabase(name))],
];

describe.each(adapters)('the log in %s', (_adapter, open) => {
  it('raises on UPDATE, DELETE and TRUNCATE, and on a second head', async () => {
    const db = await open('refusals');
    const store = await openSqlStore(db);
    await appended(store, fresh(), 'no-stream', several(2));
    for (const attempt of [
      `UPDATE log_event SET data = '{}' WHERE rev = 0`,
      'DELETE FROM log_event WHERE rev = 1',
      'DELETE FROM log_event WHERE false',
      'TRUNCATE log_event CASCADE',
      'DELETE FROM log_head',
      'TRUNCATE log_head',
      `INSERT INTO log_head VALUES (2, 0, '', 0)`,
    ]) {
      const refused = await db.query(attempt).catch((error: unknown) => error);
      expect(refused, attempt).toBeInstanceOf(SqlError);
      expect(refused).toMatchObject({ code: 'LG001' });
    }
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole', records: 2 });
    await store.close();
    await db.close();
  });

  it('finds every stored byte that someone with all rights changed', async () => {
    const db = await open('tampering');
    const store = await openSqlStore(db);
    const stream = fresh();
    await appended(store, stream, 'no-stream', several(5, 'PaymentCaptured'));
    const [, , victim] = await store.read(stream);
    await db.script('ALTER TABLE log_event DISABLE TRIGGER USER; ALTER TABLE log_head DISABLE TRIGGER USER;');
    const tamper = async (table: string, change: string, undo: string): Promise<void> => {
      const where = table === 'log_event' ? `WHERE stream = '${stream}' AND rev = 2` : '';
      await db.query(`UPDATE ${table} SET ${change} ${where}`);
      expect(await verifyChain(store), change).toMatchObject({
        kind: 'broken',
        position: table === 'log_event' ? victim?.position : expect.any(String),
      });
      await db.query(`UPDATE ${table} SET ${undo} ${where}`);
      expect(await verifyChain(store), `undone: ${change}`).toMatchObject({ kind: 'whole' });
    };
    await tamper('log_event', `data = replace(data, '2', '3')`, `data = replace(data, '3', '2')`);
    await tamper('log_event', `data = data || ' '`, 'data = rtrim(data)');
    await tamper('log_event', `meta = replace(meta, 'student', 'tutor')`, `meta = replace(meta, 'tutor', 'student')`);
    await tamper('log_event', `type = 'PaymentFailed'`, `type = 'PaymentCaptured'`);
    await tamper('log_event', 'recorded_at = recorded_at + 1', 'recorded_at = recorded_at - 1');
    await tamper('log_event', `id = '00000000-0000-4000-8000-000000000000'`, `id = '${victim?.id}'`);
    await tamper(
      'log_event',
      'chain = set_byte(chain, 5, get_byte(chain, 5) # 1)',
      'chain = set_byte(chain, 5, get_byte(chain, 5) # 1)',
    );
    await tamper(
      'log_head',
      'chain = set_byte(chain, 5, get_byte(chain, 5) # 1)',
      'chain = set_byte(chain, 5, get_byte(chain, 5) # 1)',
    );
    await tamper('log_head', 'pos = pos + 1', 'pos = pos - 1');
    await db.query(`DELETE FROM log_event WHERE stream = '${stream}' AND rev = 4`);
    expect(await verifyChain(store)).toMatchObject({ kind: 'broken' });
    await store.close();
    await db.close();
  });

  it('writes appends that come together in few transactions, and one that the database refuses fails alone', async () => {
    const db = await open('together');
    const store = await openSqlStore(db);
    await db.script(`CREATE FUNCTION no_poison() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'poison' USING ERRCODE = '22023'; END $$;
      CREATE TRIGGER no_poison BEFORE INSERT ON log_event FOR EACH ROW WHEN (NEW.type = 'Poison')
        EXECUTE FUNCTION no_poison();`);
    const transactions = async (): Promise<unknown> =>
      (await db.query('SELECT count(DISTINCT xmin::text)::int4 AS many FROM log_event'))[0];
    await Promise.all(Array.from({ length: 100 }, () => appended(store, fresh(), 'no-stream', several(2))));
    // PostgreSQL has two lanes: 50, 32, and what is left.
    expect(await transactions()).toEqual({ many: db.kind === 'postgres' ? 3 : 1 });

    const types = Array.from({ length: 12 }, (_, n) => (n === 5 ? 'Poison' : 'Thing'));
    const answers = await Promise.allSettled(types.map((type) => store.append(fresh(), 'no-stream', [happened(type)])));
    const failed = answers.flatMap((answer, n) =>
      answer.status === 'rejected' ? [[types[n], answer.reason.code]] : [],
    );
    expect(failed).toEqual([['Poison', '22023']]);
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole', records: 211 });
    await store.close();
    await db.close();
  });

  it("ignores a group's answer that comes after the event was lent to someone else", async () => {
    const db = await open('fencing');
    const store = await openSqlStore(db);
    await appended(store, fresh(), 'no-stream', several(1));
    let answered = 0;
    const consumer = store.group('fenced').consume(async () => {
      // What another process does once this one has been paused for longer than the timeout.
      await db.query('UPDATE log_group_message SET attempt = attempt + 1, due_at = due_at + 60000');
      answered += 1;
      return 'ack';
    });
    await expect.poll(() => answered).toBe(1);
    await consumer.stop();
    expect(await db.query('SELECT attempt, parked FROM log_group_message')).toEqual([{ attempt: 2, parked: null }]);
    await store.close();
    await db.close();
  });

  it('wakes subscribers by polling when notifications are lost', async () => {
    const db = await open('polling');
    const deaf: Database = { ...db, listen: async () => async () => undefined };
    const [one, other] = [await openSqlStore(deaf, { pollMs: 50 }), await openSqlStore(deaf)];
    const seen: string[] = [];
    let caughtUp = false;
    const subscription = one.subscribe({
      after: 'start',
      onEvents: async (events) => void seen.push(...idsOf(events)),
      onCaughtUp: () => (caughtUp = true),
    });
    await expect.poll(() => caughtUp).toBe(true);
    const event = happened();
    await appended(other, fresh(), 'no-stream', [event]);
    await expect.poll(() => seen).toEqual([event.id]);
    await subscription.stop();
    await one.close();
    await other.close();
    await db.close();
  });

  it('wakes subscribers of another handle by a notification, long before the next poll', async () => {
    const db = await open('notify');
    const [one, other] = [await openSqlStore(db, { pollMs: 20_000 }), await openSqlStore(db)];
    const seen: string[] = [];
    const subscription = one.subscribe({
      after: 'start',
      onEvents: async (events) => {
        // Long enough for the next append to be announced while nobody waits for it.
        await new Promise((resolve) => setTimeout(resolve, 30));
        seen.push(...idsOf(events));
      },
    });
    const events = several(6);
    for (const event of events) await appended(other, fresh(), 'no-stream', [event]);
    await expect.poll(() => seen).toEqual(idsOf(events));
    await subscription.stop();
    await one.close();
    await other.close();
    await db.close();
  });
});

/** Starts a process that does `work` with a store on `url`, and prints lines. */
function processOn(url: string, work: string): { child: ChildProcess; lines: () => string[] } {
  const href = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const source = `
    import { openPostgres } from ${href('../../platform/database/postgres.server.ts')};
    import { openSqlStore } from ${href('./postgres.server.ts')};
    import { happened } from ${href('./contract-events.ts')};
    const db = await openPostgres(${JSON.stringify(url)});
    const store = await openSqlStore(db);
    ${work}`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, lines: () => output.split('\n').slice(0, -1) };
}

const killed = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });

describe('processes on one PostgreSQL', () => {
  it('loses and doubles nothing when a subscriber with its checkpoint in the same transaction is killed again and again', async () => {
    const url = await postgres.createDatabase('killed_subscriber');
    const db = await openPostgres(url);
    const store = await openSqlStore(db);
    await db.script('CREATE TABLE seen (pos text, id text); CREATE TABLE checkpoint (pos text); ');
    const events = several(150);
    const writing = (async () => {
      for (const event of events) await appended(store, fresh(), 'no-stream', [event]);
    })();
    const follower = `
      const [mark] = await db.query('SELECT max(pos) AS pos FROM checkpoint');
      store.subscribe({ after: mark.pos ?? 'start', batchSize: 5, onEvents: (events) => db.transaction(async (tx) => {
        for (const event of events) await tx.query('INSERT INTO seen VALUES ($1, $2)', [event.position, event.id]);
        await tx.query('INSERT INTO checkpoint VALUES ($1)', [events.at(-1).position]);
        console.log('batch');
      }) });`;
    for (let life = 0; life < 4; life += 1) {
      const { child, lines } = processOn(url, follower);
      await expect.poll(() => lines().length, { timeout: 15_000, interval: 5 }).toBeGreaterThan(1);
      await killed(child);
    }
    await writing;
    const last = processOn(url, follower);
    const rows = (): Promise<{ id: string }[]> => db.query('SELECT id FROM seen ORDER BY pos');
    await expect.poll(async () => (await rows()).length, { timeout: 15_000 }).toBe(events.length);
    await killed(last.child);
    expect((await rows()).map((row) => row.id)).toEqual(idsOf(events));
    await store.close();
    await db.close();
  });

  it('keeps the log whole and gap-free when writers are killed in the middle of appends', async () => {
    const url = await postgres.createDatabase('killed_writers');
    const db = await openPostgres(url);
    const store = await openSqlStore(db);
    const writer = `
      for (let n = 0; ; n += 1) {
        const events = Array.from({ length: 20 }, () => happened());
        const result = await store.append('thing-' + crypto.randomUUID(), 'no-stream', events);
        console.log(events.at(-1).id);
      }`;
    const acknowledged: string[] = [];
    for (let life = 0; life < 3; life += 1) {
      const writers = [processOn(url, writer), processOn(url, writer)];
      await expect
        .poll(() => writers.every(({ lines }) => lines().length > 5), { timeout: 15_000, interval: 5 })
        .toBe(true);
      for (const { child, lines } of writers) {
        await killed(child);
        acknowledged.push(...lines());
      }
    }
    const verdict = await verifyChain(store);
    expect(verdict).toMatchObject({ kind: 'whole' });
    const [counts] = await db.query<{ events: number; last: number }>(
      'SELECT count(*) AS events, max(pos) AS last FROM log_event',
    );
    expect(counts?.events).toBe(counts?.last);
    const kept = new Set((await db.query<{ id: string }>('SELECT id::text AS id FROM log_event')).map((row) => row.id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    await store.close();
    await db.close();
  });

  it('goes on by itself after the database crashed and came back, with every acknowledged event there', async () => {
    const url = await postgres.createDatabase('crash');
    const db = await openPostgres(url);
    const store = await openSqlStore(db);
    const seen: string[] = [];
    store.subscribe({ after: 'start', onEvents: async (events) => void seen.push(...idsOf(events)) });
    const before = several(3);
    await appended(store, fresh(), 'no-stream', before);
    await expect.poll(() => seen.length).toBe(3);

    await postgres.restart('SIGQUIT');

    const after = several(2);
    const stream = fresh();
    // The first try may meet a connection that is gone: its outcome is unknown, so it is repeated with the same ids.
    await expect
      .poll(() => store.append(stream, 'no-stream', after).catch((error: unknown) => error))
      .toMatchObject({ kind: 'appended' });
    await expect.poll(() => seen, { timeout: 15_000 }).toEqual(idsOf([...before, ...after]));
    expect(await verifyChain(store)).toMatchObject({ kind: 'whole', records: 5 });
    await store.close();
    await db.close();
  });
});
