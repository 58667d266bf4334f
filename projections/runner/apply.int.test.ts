import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { prepareApply, type Apply } from './apply.server.ts';
import { readCheckpoint, takeOver, type Checkpoint } from './checkpoint.server.ts';
import { growingTable, table } from './projection.ts';
import { Unit } from './rows.ts';
import { prepareWorkerTables } from './schema.server.ts';
import { createSql, primaryKeySql, type AnyTable } from './table.ts';

const KEPT = table('kept', { a: 'text', b: 'int8', name: 'text null', odd: 'json null' }, { key: ['a', 'b'] });
const GROWN = growingTable('grown', { n: 'int8', flag: 'boolean', data: 'jsonb' }, { key: ['n'] });
const TABLES: readonly AnyTable[] = [KEPT, GROWN];

let db: Database;
let apply: Apply;
let epoch: number;
let at: Checkpoint;

beforeAll(async () => {
  db = await openPglite(null);
  await prepareWorkerTables(db);
  await db.query('CREATE SCHEMA rows');
  for (const one of TABLES) {
    await db.query(createSql('rows', one));
    await db.query(primaryKeySql('rows', one));
  }
  epoch = await takeOver(db, 'test');
  at = await readCheckpoint(db, 'test');
  apply = await prepareApply(db, 'rows', 'test', TABLES);
});
afterAll(() => db.close());

async function write(fill: (unit: Unit) => void, position: string): Promise<boolean | null> {
  const unit = new Unit(() => null);
  fill(unit);
  const to = { position, ordinal: at.ordinal + 1 };
  const done = await apply(unit, { epoch, from: at, to });
  if (done === true) at = to;
  return done;
}
const kept = () => db.query('SELECT a, b, name, odd::text FROM rows.kept ORDER BY a, b');

test('RU1, RU13: empty texts, nothing and quotation marks arrive as they are, with the checkpoint', async () => {
  expect(await write((unit) => unit.put(KEPT, { a: '', b: 0, name: '', odd: null }), '1')).toBe(true);
  expect(await kept()).toEqual([{ a: '', b: 0, name: '', odd: null }]);
  const filled = (unit: Unit): void => {
    unit.put(KEPT, { a: '', b: 0, name: null, odd: '{"x": "\\"{},NULL"}' });
    unit.put(KEPT, { a: 'NULL', b: -7, name: 'a\nb\\"\u00e9', odd: '""' });
    for (const n of [1, 2]) unit.add(GROWN, { n, flag: n === 1, data: '{"y":null}' });
  };
  expect(await write(filled, '2')).toBe(true);
  expect(await kept()).toEqual([
    { a: '', b: 0, name: null, odd: '{"x": "\\"{},NULL"}' },
    { a: 'NULL', b: -7, name: 'a\nb\\"\u00e9', odd: '""' },
  ]);
  expect(await db.query('SELECT * FROM rows.grown ORDER BY n')).toEqual([
    { n: 1, flag: true, data: { y: null } },
    { n: 2, flag: false, data: { y: null } },
  ]);
  expect(await readCheckpoint(db, 'test')).toEqual({ position: '2', ordinal: 2 });
});

test('rows are removed by the whole of their key', async () => {
  expect(await write((unit) => unit.put(KEPT, { a: 'NULL', b: 8, name: 'stays', odd: null }), '3')).toBe(true);
  const removed = (unit: Unit): void => {
    unit.remove(KEPT, '', 0);
    unit.remove(KEPT, 'NULL', -7);
  };
  expect(await write(removed, '4')).toBe(true);
  expect(await kept()).toEqual([{ a: 'NULL', b: 8, name: 'stays', odd: null }]);
});

test('what holds a sign that stands between others is not sent', async () => {
  const before = await kept();
  for (const sign of ['\u001c', '\u001d', '\u001e', '\u001f'])
    expect(await write((unit) => unit.put(KEPT, { a: 'x', b: 1, name: `one${sign}two`, odd: null }), '5')).toBeNull();
  expect(await kept()).toEqual(before);
});

test('RU11: nothing is written under an epoch of before, or from where the checkpoint is not', async () => {
  const before = await kept();
  const unit = new Unit(() => null);
  unit.put(KEPT, { a: 'x', b: 1, name: null, odd: null });
  const to = { position: '9', ordinal: 9 };
  expect(await apply(unit, { epoch, from: { position: '0', ordinal: 0 }, to })).toBe(false);
  await takeOver(db, 'test');
  expect(await apply(unit, { epoch, from: at, to })).toBe(false);
  expect(await kept()).toEqual(before);
});
