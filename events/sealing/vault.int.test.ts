import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { eventStoreContract } from '../store/contract.ts';
import { openSqlStore } from '../store/postgres.server.ts';
import { sealedStore } from './sealed-store.server.ts';
import { openVault, WrongDataKey } from './vault.server.ts';

const dataKey = '5a'.repeat(32);
const quietBus = (): Bus => createMemoryBus(() => undefined);

eventStoreContract('PGlite, sealed', async () => {
  const db = await openPglite(null);
  const vault = await openVault({ db, dataKey, bus: quietBus() });
  const inner = await openSqlStore(db);
  const store = sealedStore(inner, vault);
  return {
    store,
    another: async () => sealedStore(inner, vault),
    async rollBackAppend(stream, events) {
      const undone = db.transaction(async (tx) => {
        await tx.query('SELECT * FROM log_append($1, -2, $2, $3, $4, $5)', [
          stream,
          events.map((event) => event.id),
          events.map((event) => event.type),
          events.map((event) => JSON.stringify(event.data)),
          events.map((event) => JSON.stringify(event.meta)),
        ]);
        throw new Error('undone');
      });
      await undone.catch((error: unknown) => {
        if (!(error instanceof Error) || error.message !== 'undone') throw error;
      });
    },
    async close() {
      await store.close();
      await vault.close();
      await db.close();
    },
  };
});

describe('the vault', () => {
  let db: Database;
  beforeAll(async () => {
    db = await openPglite(null);
  });
  afterAll(() => db.close());

  const exported = async (vault: Awaited<ReturnType<typeof openVault>>, id: string): Promise<string | undefined> =>
    (await vault.knownKeys(new Set([id]))).get(id)?.export().toString('hex');

  it('SE11: does not keep a key that was read before it was destroyed', async () => {
    const bus = quietBus();
    let slow = false;
    let read: () => void = () => undefined;
    const wasRead = new Promise<void>((resolve) => (read = resolve));
    let go: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (go = resolve));
    const late: Database = {
      ...db,
      script: (sql) => db.script(sql),
      transaction: (work) => db.transaction(work),
      async query<R>(sql: string, params?: readonly unknown[]) {
        const rows = await db.query<R>(sql, params);
        if (slow) {
          slow = false;
          read();
          await gone;
        }
        return rows;
      },
    };
    const vault = await openVault({ db: late, dataKey, bus });
    const maker = await openVault({ db, dataKey, bus });
    await maker.keysFor(new Set(['slow']));
    slow = true;
    const reading = vault.knownKeys(new Set(['slow']));
    await wasRead;
    await maker.destroy('slow');
    go();
    expect((await reading).get('slow')).toBeNull();
    expect((await vault.knownKeys(new Set(['slow']))).get('slow')).toBeNull();
    await vault.close();
    await maker.close();
  });

  it('SE10: gives a person one key, whoever asks first, and keeps it wrapped', async () => {
    const [one, two] = await Promise.all([
      openVault({ db, dataKey, bus: quietBus() }),
      openVault({ db, dataKey, bus: quietBus() }),
    ]);
    const [a, b] = await Promise.all([one.keysFor(new Set(['p1', 'p2'])), two.keysFor(new Set(['p2', 'p1']))]);
    const hex = a.get('p1')?.export().toString('hex') ?? '';
    expect(hex).toMatch(/^[0-9a-f]{64}$/);
    expect(b.get('p1')?.export().toString('hex')).toBe(hex);
    expect(a.get('p2')?.export().toString('hex')).not.toBe(hex);
    const rows = JSON.stringify(await db.query('SELECT * FROM person_key'));
    for (const encoding of ['hex', 'base64', 'base64url'] as const)
      expect(rows).not.toContain(Buffer.from(hex, 'hex').toString(encoding));
  });

  it('SE11: a destroyed key is gone for every process within the time to live, at once where the bus reaches', async () => {
    const bus = quietBus();
    let now = 0;
    const here = await openVault({ db, dataKey, bus });
    const there = await openVault({ db, dataKey, bus });
    const deaf = await openVault({ db, dataKey, bus: quietBus(), now: () => now });
    for (const vault of [here, there, deaf])
      expect(await vault.keysFor(new Set(['gone']))).not.toEqual(new Map([['gone', null]]));
    await here.destroy('gone');
    await here.destroy('gone');
    expect(await exported(here, 'gone')).toBeUndefined();
    await expect.poll(() => exported(there, 'gone')).toBeUndefined();
    expect(await exported(deaf, 'gone')).toMatch(/^[0-9a-f]{64}$/);
    now = 60_000;
    expect(await exported(deaf, 'gone')).toBeUndefined();
    expect((await here.keysFor(new Set(['gone']))).get('gone')).toBeNull();
    expect(await db.query(`SELECT wrapped FROM person_key WHERE person_id = 'gone'`)).toEqual([{ wrapped: null }]);
    await here.destroy('never seen');
    expect((await here.keysFor(new Set(['never seen']))).get('never seen')).toBeNull();
  });

  it('SE11: who has no key yet is not remembered as erased', async () => {
    const [reader, writer] = [
      await openVault({ db, dataKey, bus: quietBus() }),
      await openVault({ db, dataKey, bus: quietBus() }),
    ];
    expect(await exported(reader, 'late')).toBeUndefined();
    await writer.keysFor(new Set(['late']));
    expect(await exported(reader, 'late')).toMatch(/^[0-9a-f]{64}$/);
  });

  it('SE12: does not start with another DATA_KEY', async () => {
    await expect(openVault({ db, dataKey: randomBytes(32).toString('hex'), bus: quietBus() })).rejects.toThrow(
      WrongDataKey,
    );
    await expect(openVault({ db, dataKey: 'abcd', bus: quietBus() })).rejects.toThrow('32 bytes in hex');
  });

  it('SE10: keeps a bounded number of keys in memory', async () => {
    const vault = await openVault({ db, dataKey, bus: quietBus(), max: 3 });
    const ids = Array.from({ length: 10 }, (_, index) => `many-${index}`);
    const first = await vault.keysFor(new Set(ids));
    expect(first.size).toBe(10);
    expect(await exported(vault, 'many-0')).toBe(first.get('many-0')?.export().toString('hex'));
  });
});
