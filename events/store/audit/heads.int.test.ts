import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { openFolder } from '#platform/objects/folder.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { startPostgres, type TestPostgres } from '../../../tests/support/postgres.ts';
import type { ChainedStore } from '../chain.ts';
import { happened } from '../contract-events.ts';
import type { EventStore } from '../event-store.ts';
import { openSqlStore } from '../postgres.server.ts';
import { exportLog } from './export.server.ts';
import { createHeadSigner, listHeads, publishedHead, type HeadSigner, type HeadSettings } from './heads.server.ts';
import { auditKey } from './key.server.ts';
import { headDigest, headFlaw } from './signatures.ts';
import { verifyExport } from './verify.ts';

const key = auditKey('cd'.repeat(32));
const said: string[] = [];
const log = {
  info: () => undefined,
  warn: (_: unknown, message: string) => void said.push(message),
  error: (_: unknown, message: string) => void said.push(message),
};

interface World {
  readonly db: Database;
  readonly store: EventStore & ChainedStore;
  readonly objects: ObjectStore;
  readonly folder: string;
  signer(change?: Partial<HeadSettings>): Promise<HeadSigner>;
  add(events?: number): Promise<void>;
  close(): Promise<void>;
}

async function world(db: Database): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'heads-'));
  const store = await openSqlStore(db);
  const objects = await openFolder(folder);
  let streams = 0;
  return {
    db,
    store,
    objects,
    folder,
    signer: (change) =>
      createHeadSigner({
        store,
        db,
        objects,
        key,
        bus: createMemoryBus(() => undefined),
        log,
        everyMs: null,
        ...change,
      }),
    async add(events = 1) {
      for (let n = 0; n < events; n += 1) await store.append(`thing-${(streams += 1)}`, 'no-stream', [happened()]);
    },
    async close() {
      await store.close();
      await db.close();
    },
  };
}

const published = (folder: string): string[] => readdirSync(join(folder, 'body/audit/heads')).sort();

describe('signed heads', () => {
  it('AU8: form a line, each in the object store, and nothing is signed twice', async () => {
    const { db, objects, folder, signer, add, close } = await world(await openPglite(null));
    const { sign, stop } = await signer();
    expect(await sign()).toEqual({ kind: 'unchanged', head: null });
    await add(3);
    expect(await sign()).toMatchObject({ kind: 'signed', head: { number: 0, records: 3, previous: null } });
    expect(await sign()).toMatchObject({ kind: 'unchanged', head: { number: 0 } });
    await add(2);
    await stop();
    const heads = await listHeads(db);
    expect(heads.map(({ head }) => head.records)).toEqual([3, 5]);
    expect(published(folder)).toEqual(['0000000000000003.json', '0000000000000005.json', 'newest.json']);
    const [first, second] = heads;
    if (!first || !second) throw new Error('two heads were signed');
    expect(second.head.previous).toBe(headDigest(first.head));
    expect(await publishedHead(objects, second.head, first.head)).toEqual(second);
    for (const signed of heads) expect(await headFlaw(signed, [key.publicKey])).toBeNull();
    await close();
  });

  it('AU8: are signed once a day at least, on a schedule while something is appended', async () => {
    const { db, store, objects, folder, signer, add, close } = await world(await openPglite(null));
    let now = 1_000;
    const daily = await signer({ now: () => now });
    await add();
    await daily.sign();
    now += 86_399_999;
    expect(await daily.sign()).toMatchObject({ kind: 'unchanged' });
    now += 1;
    expect(await daily.sign()).toMatchObject({ kind: 'signed', head: { number: 1, records: 1 } });
    expect(published(folder)).toEqual(['0000000000000001.1.json', '0000000000000001.json', 'newest.json']);

    const often = await signer({ now: () => now, everyMs: 20 });
    await add();
    await expect.poll(async () => (await listHeads(db)).length).toBe(3);
    await often.stop();
    let file = '';
    await exportLog({
      store,
      key,
      heads: await listHeads(db),
      scope: { kind: 'whole' },
      write: async (text) => void (file += text),
    });
    const verdict = await verifyExport(
      (async function* () {
        yield new TextEncoder().encode(file);
      })(),
      { keys: [key.publicKey] },
    );
    expect(verdict).toMatchObject({ kind: 'whole', records: 2, heads: 3 });
    expect(await publishedHead(objects, (await listHeads(db))[1]?.head ?? never(), null)).not.toBeNull();
    await close();
  });

  it('AU9: no head is signed over a log that is not the one signed before', async () => {
    const { db, store, signer, add, close } = await world(await openPglite(null));
    const { sign } = await signer();
    await add(4);
    await sign();
    await add(2);
    await db.script('ALTER TABLE log_event DISABLE TRIGGER USER; ALTER TABLE log_head DISABLE TRIGGER USER;');
    const tamper = async (change: string, undo: string, reason: RegExp): Promise<void> => {
      await db.script(change);
      expect(await sign(), change).toMatchObject({ kind: 'broken', reason: expect.stringMatching(reason) });
      await db.script(undo);
    };
    const flip = 'set_byte(chain, 5, get_byte(chain, 5) # 1)';
    await tamper(
      `UPDATE log_event SET chain = ${flip} WHERE pos = 5`,
      `UPDATE log_event SET chain = ${flip} WHERE pos = 5`,
      /does not follow/,
    );
    await tamper(
      `UPDATE log_event SET data = data || ' ' WHERE pos = 6`,
      `UPDATE log_event SET data = rtrim(data) WHERE pos = 6`,
      /does not follow/,
    );
    await tamper('UPDATE log_head SET pos = 2', 'UPDATE log_head SET pos = 6', /ends before the last signed head/);
    await tamper('UPDATE log_head SET pos = 0', 'UPDATE log_head SET pos = 6', /is empty/);
    await tamper('UPDATE log_head SET pos = 9', 'UPDATE log_head SET pos = 6', /ends before its own head/);
    await tamper(
      `UPDATE log_head SET chain = ${flip}`,
      `UPDATE log_head SET chain = ${flip}`,
      /not its last chain value/,
    );
    expect(said).toContain('the log is not the one that was signed; no head is signed');
    expect(await sign()).toMatchObject({ kind: 'signed', head: { number: 1, records: 6 } });

    // Who throws the heads away in the database is told by the object store.
    await tamper(
      'CREATE TABLE kept AS SELECT * FROM audit_head; DELETE FROM audit_head WHERE number = 1',
      'DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept',
      /is not in the database/,
    );
    await tamper('DELETE FROM audit_head', 'INSERT INTO audit_head SELECT * FROM kept', /is not in the database/);
    await tamper(
      `UPDATE audit_head SET body = replace(body, '"records":6', '"records":7') WHERE number = 1`,
      'DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept',
      /is not the published one|not written/,
    );
    expect(await sign()).toMatchObject({ kind: 'unchanged' });
    await store.close();
    await close();
  });

  it('AU8: a head that a killed process only wrote down is published by the next one', async () => {
    const { db, objects, folder, signer, add, close } = await world(await openPglite(null));
    await add();
    const broken: ObjectStore = { ...objects, put: () => Promise.reject(new Error('the disk is full')) };
    await expect((await signer({ objects: broken })).sign()).rejects.toThrow('the disk is full');
    expect(await db.query('SELECT published FROM audit_head')).toEqual([{ published: false }]);
    expect(await (await signer()).sign()).toMatchObject({ kind: 'unchanged', head: { number: 0 } });
    expect(published(folder)).toEqual(['0000000000000001.json', 'newest.json']);

    // And one that holds another head under that name is not written over.
    const file = join(folder, 'body/audit/heads/0000000000000001.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"number":0', '"number":5'));
    await db.query('UPDATE audit_head SET published = false');
    expect(await (await signer()).sign()).toMatchObject({ kind: 'broken' });
    await close();
  });

  describe('on PostgreSQL', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.stop());

    it('AU8: many signers at once, who do not know of each other, make one line', async () => {
      const { db, signer, add, close } = await world(await openPostgres(await postgres.createDatabase('signers')));
      const signers = await Promise.all(Array.from({ length: 6 }, () => signer()));
      for (let round = 0; round < 5; round += 1) {
        await add(3);
        const made = await Promise.all(signers.map(({ sign }) => sign()));
        expect(made.filter(({ kind }) => kind === 'broken' || kind === 'unfinished')).toEqual([]);
      }
      const heads = await listHeads(db);
      expect(heads.length).toBeGreaterThanOrEqual(5);
      expect(heads.at(-1)?.head.records).toBe(15);
      for (const [index, { head }] of heads.entries()) {
        const before = heads[index - 1]?.head;
        expect(head.number).toBe(index);
        expect(head.previous).toBe(before ? headDigest(before) : null);
      }
      await close();
    });
  });
});

function never(): never {
  throw new Error('a head is missing');
}
