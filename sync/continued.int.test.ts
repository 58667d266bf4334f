import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke, eraseStrokes } from './documents/board-writer.ts';
import { readPages } from './documents/pages.ts';
import {
  ASHA,
  ROHAN,
  TUTOR,
  aLesson,
  startWorld,
  until,
  type Stock,
  type World,
  type WorldParts,
} from './testing/harness.server.ts';

let db: Database;
const worlds: World[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});
afterAll(() => db.close());

async function world(more: Partial<WorldParts> = {}): Promise<World> {
  const started = await startWorld({ db, ...more });
  worlds.push(started);
  return started;
}

/** Connects under an id that the door gave, as our pages do. */
async function enter(at: World, person: typeof ASHA, name: string, host = false): Promise<Stock> {
  const doc = new Y.Doc();
  [doc.clientID = 0] = await at.sync.allocateClientIds(name, person.personId, 1);
  const ticket = await at.ticket(person, name.slice(name.indexOf(':') + 1), host ? { role: 'host' } : {});
  return at.stock(person, name, { doc, ticket });
}

function draw({ doc }: Stock, person: typeof ASHA, x: number): string {
  const stroke = beginStroke(doc, person, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([{ x, y: x, pressure: 0 }]);
  stroke.seal();
  return stroke.key;
}

const drawnBy = (doc: Y.Doc): (string | undefined)[] => {
  const reader = readBoard(doc);
  return reader
    .visible()
    .map(({ key }) => reader.author(key)?.personId)
    .sort();
};

/** A board on which Asha and Rohan drew; its lesson is over for all that matters here. */
async function oldBoard(at: World): Promise<string> {
  const name = `board:${aLesson()}`;
  const [asha, rohan] = [await enter(at, ASHA, name), await enter(at, ROHAN, name)];
  draw(asha, ASHA, 10);
  draw(rohan, ROHAN, 20);
  await until(() => drawnBy(asha.doc).length === 2 && drawnBy(rohan.doc).length === 2, 'the old board');
  asha.end();
  rohan.end();
  await until(() => at.sync.stats().unstoredBytes === 0, 'it to be stored');
  return name;
}

describe('a board carried on', () => {
  it('[Q1] is before everyone who has it open, and before who comes later, and who drew what may erase it', async () => {
    const at = await world();
    const [from, to] = [await oldBoard(at), `board:${aLesson()}`];
    const host = await enter(at, TUTOR, to, true);
    expect(await at.sync.continueBoard(from, to, TUTOR)).toEqual({ kind: 'brought', items: 2, files: [] });
    await until(() => drawnBy(host.doc).length === 2, 'it to arrive');
    const asha = await enter(at, ASHA, to);
    expect(drawnBy(asha.doc)).toEqual(['p-asha', 'p-rohan']);
    const reader = readBoard(asha.doc);
    const own = reader.visible().filter(({ key }) => reader.author(key)?.personId === 'p-asha');
    eraseStrokes(
      asha.doc,
      ASHA,
      own.map(({ key }) => key),
    );
    await until(() => drawnBy(host.doc).join() === 'p-rohan', 'her own to go');
    expect(readPages(host.doc)).toHaveLength(1);
    expect(drawnBy(new Y.Doc())).toEqual([]);
    // The old board stays as it was.
    const old = new Y.Doc();
    Y.applyUpdate(old, (await at.sync.snapshot(from)) ?? new Uint8Array());
    expect(drawnBy(old)).toEqual(['p-asha', 'p-rohan']);
    expect(at.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('[Q2] stands in front of what was drawn already', async () => {
    const at = await world();
    const [from, to] = [await oldBoard(at), `board:${aLesson()}`];
    const host = await enter(at, TUTOR, to, true);
    draw(host, TUTOR, 5);
    await until(async () => (await at.sync.written([to])).has(to), 'it to be stored');
    await at.sync.continueBoard(from, to, TUTOR);
    await until(() => drawnBy(host.doc).length === 3, 'it to arrive');
    const [first, second] = readPages(host.doc);
    expect(readBoard(host.doc).visible(first?.key)).toHaveLength(2);
    expect(readBoard(host.doc).visible(second?.key)).toHaveLength(1);
  });

  it('[Q3] comes once, whoever asks how often, at one server or two, also after the first died half way', async () => {
    const bus = createMemoryBus();
    const [one, two] = [await world({ bus }), await world({ bus })];
    const [from, to] = [await oldBoard(one), `board:${aLesson()}`];
    const other = await oldBoard(one);
    const host = await enter(two, TUTOR, to, true);
    const all = await Promise.all([one, two, one].map((at) => at.sync.continueBoard(from, to, TUTOR)));
    expect(all.map(({ kind }) => kind)).toEqual(['brought', 'brought', 'brought']);
    expect(await two.sync.continueBoard(other, to, TUTOR)).toEqual({ kind: 'already' });
    await until(() => drawnBy(host.doc).length >= 2, 'it to arrive');
    expect(drawnBy(host.doc)).toEqual(['p-asha', 'p-rohan']);
    const late = await enter(one, ROHAN, to);
    expect(drawnBy(late.doc)).toEqual(['p-asha', 'p-rohan']);
  });

  it('[Q3] says so when there is nothing to bring, or it would not fit, and leaves the way open', async () => {
    const at = await world({ limits: { documentBytes: 40 } });
    const to = `board:${aLesson()}`;
    expect(await at.sync.continueBoard(`board:${aLesson()}`, to, TUTOR)).toEqual({ kind: 'empty' });
    const open = await world();
    const from = await oldBoard(open);
    expect(await at.sync.continueBoard(from, to, TUTOR)).toEqual({ kind: 'too-large' });
    expect((await at.sync.written([to])).size).toBe(0);
    expect(await open.sync.continueBoard(from, to, TUTOR)).toMatchObject({ kind: 'brought' });
  });

  it('[Q4] is stored as brought by the host, and is no work of anybody in the new lesson', async () => {
    const at = await world();
    const [from, to] = [await oldBoard(at), `board:${aLesson()}`];
    const before = at.commands.length;
    await at.sync.continueBoard(from, to, TUTOR);
    const rows = await db.query<{ person_id: string; brought: boolean }>(
      'SELECT person_id, brought FROM sync_update WHERE document = $1',
      [to],
    );
    expect(rows).toEqual([{ person_id: 'p-tutor', brought: true }]);
    const owners = await db.query<{ person_id: string }>(
      'SELECT DISTINCT person_id FROM sync_client WHERE document = $1 ORDER BY 1',
      [to],
    );
    expect(owners.map((row) => row.person_id)).toEqual(['p-asha', 'p-rohan', 'p-tutor']);
    expect(at.commands).toHaveLength(before);
  });
});
