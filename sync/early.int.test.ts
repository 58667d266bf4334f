/** Processes, one of which says what it never stores. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke, changeItems } from './documents/board-writer.ts';
import { readRights, setRights } from './documents/rights.ts';
import { ASHA, ROHAN, Raw, TUTOR, aLesson, startWorld, until, type World } from './testing/harness.server.ts';
import { updateMessage } from './wire/messages.ts';
import { scanUpdate } from './wire/scan.ts';

let db: Database;
const worlds: World[] = [];
beforeAll(async () => {
  db = await openPglite(null);
});
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});
afterAll(() => db.close());

const draw = (doc: Y.Doc, who: typeof ASHA): string => {
  const stroke = beginStroke(doc, who, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([{ x: 1, y: 2, pressure: 0.5 }]);
  stroke.seal();
  return stroke.key;
};
const strokes = (doc: Y.Doc): number => {
  const board = readBoard(doc);
  const count = board.count();
  board.destroy();
  return count;
};
const rowsOf = (name: string): Promise<{ person_id: string; brought: boolean; body: Uint8Array }[]> =>
  db.query('SELECT person_id, brought, body FROM sync_update WHERE document = $1 ORDER BY seq', [name]);

/** The first accepts and tells, and its rows never reach the database; the others are as they should be. */
async function several(earlyMs: number, others = 1): Promise<readonly [World, ...World[]]> {
  const bus = createMemoryBus();
  const deaf: Database = {
    ...db,
    kind: db.kind,
    query: async (sql, params) => {
      if (sql.includes('INSERT INTO sync_update')) return new Promise(() => undefined);
      return db.query(sql, params);
    },
  };
  const one = await startWorld({ db: deaf, bus, limits: { earlyMs } });
  const rest: World[] = [];
  for (let i = 0; i < others; i += 1) rest.push(await startWorld({ db, bus, limits: { earlyMs } }));
  worlds.push(...rest);
  return [one, ...rest];
}

describe('a process that dies between saying and storing', () => {
  it('[N9] leaves what it said to the others: on their screens at once, stored by them, acknowledged only then', async () => {
    const [one, two] = await several(600);
    if (!two) throw new Error('two processes');
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const near = await two.stock(TUTOR, name);
    const far = await one.stock(ASHA, name);
    draw(far.doc, ASHA);
    await until(() => strokes(near.doc) === 1, 'the stroke on the other process');
    // Who writes after it may build on it: nothing of theirs is acknowledged before.
    const [own = 0] = await two.sync.allocateClientIds(name, ROHAN.personId, 1);
    const raw = await Raw.open(`${two.url}/${name}?ticket=${await two.ticket(ROHAN, lessonId)}&ack=1`);
    await until(() => raw.heard.some(([type]) => type === 102), 'the standing');
    const doc = new Y.Doc();
    doc.clientID = own;
    draw(doc, ROHAN);
    raw.send(updateMessage(Y.encodeStateAsUpdate(doc)));
    await until(() => strokes(near.doc) === 2, 'the second stroke');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(raw.acknowledged).toBe(0);
    far.end();
    await until(() => raw.acknowledged === 1, 'both to be stored');
    const rows = await rowsOf(name);
    // As written by its author: it was they who sent it.
    expect(new Set(rows.map(({ person_id: who }) => who))).toEqual(new Set([ASHA.personId, ROHAN.personId]));
    expect(rows.filter(({ brought }) => brought)).toEqual([]);
    const stored = new Y.Doc();
    for (const { body } of rows) Y.applyUpdate(stored, body);
    expect(strokes(stored)).toBe(2);
    raw.end();
  });

  it('[N9] is followed by one of the others: no row comes twice, the host’s word and the work are told', async () => {
    const [one, ...others] = await several(600, 3);
    const [two] = others;
    if (!two) throw new Error('two processes');
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const watchers = await Promise.all(others.map((other) => other.stock(ROHAN, name)));
    const asha = await one.stock(ASHA, name);
    const host = await one.stock(TUTOR, name, { ticket: await one.ticket(TUTOR, lessonId, { role: 'host' }) });
    const key = draw(asha.doc, ASHA);
    asha.doc.getText('notes').insert(0, 'area between lines');
    await until(() => host.doc.getText('notes').length > 0, 'the notes at the host');
    changeItems(host.doc, TUTOR, [{ aspect: 'pen', key, value: 3 }]);
    host.doc.getText('notes').delete(0, 5);
    setRights(host.doc, TUTOR.personId, { kind: 'closed', value: true });
    for (const { doc } of watchers) await until(() => readRights(doc, 'board').closed, 'the word everywhere');
    host.end();
    asha.end();
    const bytes = async (): Promise<number> => (await rowsOf(name)).reduce((sum, { body }) => sum + body.length, 0);
    const told = (type: string): Set<string> =>
      new Set(
        others.flatMap(({ commands }) => commands.filter((c) => c.type === type).map((c) => JSON.stringify(c.data))),
      );
    await until(() => told('NoteRights').size === 1, 'the lesson to hear of it');
    const before = await bytes();
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await bytes()).toBe(before);
    const rows = await rowsOf(name);
    const clocks = rows.flatMap(({ body }) =>
      scanUpdate(body).blocks.flatMap(({ client, structs }) => structs.map(({ clock }) => `${client} ${clock}`)),
    );
    expect(clocks.length).toBe(new Set(clocks).size);
    // What Asha wrote the host deleted.
    const owners = await db.query<{ client_id: number; person_id: string }>(
      'SELECT client_id, person_id FROM sync_client WHERE document = $1',
      [name],
    );
    const ashas = new Set(owners.filter((o) => o.person_id === ASHA.personId).map((o) => o.client_id));
    const replaced = rows.filter(({ person_id: who, body }) =>
      scanUpdate(body).deletes.some(({ client }) => ashas.has(client) && who !== ASHA.personId),
    );
    expect(replaced.map(({ person_id: who }) => who)).toEqual([TUTOR.personId]);
    await until(() => told('NoteWork').size >= 2, 'the work');
    expect([...told('NoteWork')].map((data) => (JSON.parse(data) as { personId: string }).personId).sort()).toEqual([
      ASHA.personId,
      TUTOR.personId,
    ]);
  });

  it('[N9] costs no other document anything while it cannot be stored, and ends in time when told to', async () => {
    const bus = createMemoryBus();
    let down = false;
    let tries = 0;
    const failing: Database = {
      ...db,
      kind: db.kind,
      transaction: async (work) => {
        if (!down) return db.transaction(work);
        tries += 1;
        // First it is slow, then it fails.
        if (tries === 1) await new Promise((resolve) => setTimeout(resolve, 1_000));
        throw new Error('the disk is full');
      },
    };
    const never: Database = {
      ...db,
      kind: db.kind,
      query: async (sql, params) =>
        sql.includes('INSERT INTO sync_update') ? new Promise(() => undefined) : db.query(sql, params),
    };
    const limits = { earlyMs: 200 };
    const one = await startWorld({ db: never, bus, limits });
    const two = await startWorld({ db: failing, bus, limits });
    worlds.push(two);
    const [name, other] = [`board:${aLesson()}`, `board:${aLesson()}`];
    const near = await two.stock(TUTOR, name);
    const far = await one.stock(ASHA, name);
    const passing = await two.stock(ROHAN, other);
    down = true;
    draw(far.doc, ASHA);
    await until(() => strokes(near.doc) === 1, 'the stroke on the other process');
    await until(() => tries === 1, 'it to be stored, which takes its time');
    draw(passing.doc, ROHAN);
    passing.end();
    await until(() => two.sync.stats().rooms === 1, 'the other document to be forgotten meanwhile', 900);
    expect((await rowsOf(other)).length).toBe(1);
    await until(() => tries > 2, 'more tries');
    expect((await rowsOf(name)).length).toBe(0);
    // Its own statement never returns: it leaves all the same, and loses nothing that it acknowledged.
    const start = performance.now();
    far.end();
    await one.close();
    expect(performance.now() - start).toBeLessThan(12_000);
    down = false;
    await until(async () => (await rowsOf(name)).length === 1, 'the stroke to be stored at last');
  }, 40_000);
});

describe('a document that is opened while others write it', () => {
  it('[K6] has what waits for a row that is stored a moment later, and keeps no copy without it', async () => {
    const one = await startWorld({ db, limits: { snapshotEvery: 1 } });
    worlds.push(one);
    const name = `board:${aLesson()}`;
    const [first = 0, second = 0] = await one.sync.allocateClientIds(name, ASHA.personId, 2);
    const [ashas, rohans] = [new Y.Doc(), new Y.Doc()];
    [ashas.clientID, rohans.clientID] = [first, second];
    ashas.getText('words').insert(0, 'one ');
    Y.applyUpdate(rohans, Y.encodeStateAsUpdate(ashas));
    const known = Y.encodeStateVector(rohans);
    rohans.getText('words').insert(4, 'two');
    // As when two processes store: the one that answers comes before what it answers to.
    const put = (seq: number, body: Uint8Array): Promise<unknown> =>
      db.query(
        `WITH counted AS (UPDATE sync_document SET head = $2 WHERE name = $1)
         INSERT INTO sync_update VALUES ($1, $2, $3, $4, false, 0, 0)`,
        [name, seq, body, ASHA.personId],
      );
    await put(1, Y.encodeStateAsUpdate(rohans, known));
    const before = await one.stock(TUTOR, name);
    expect(before.doc.getText('words').toJSON()).toBe('');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await db.query('SELECT 1 FROM sync_snapshot WHERE document = $1', [name])).toEqual([]);
    await put(2, Y.encodeStateAsUpdate(ashas));
    await until(() => before.doc.getText('words').toJSON() === 'one two', 'both to be there');
    before.end();
    await until(() => one.sync.stats().rooms === 0, 'the room to be forgotten');
    const after = await one.stock(ROHAN, name);
    expect(after.doc.getText('words').toJSON()).toBe('one two');
  });
});

describe('what another process says', () => {
  it('[N10] goes out at once, though this one has just sent a frame, and in order', async () => {
    const bus = createMemoryBus();
    const limits = { tickMs: 1_000 };
    const [one, two] = [await startWorld({ db, bus, limits }), await startWorld({ db, bus, limits })];
    worlds.push(one, two);
    const name = `board:${aLesson()}`;
    const [far, near] = [await one.stock(ASHA, name), await two.stock(ROHAN, name)];
    const watcher = await two.stock(TUTOR, name);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    near.doc.getText('words').insert(0, 'one ');
    await until(() => watcher.doc.getText('words').length === 4, 'the first frame');
    const start = performance.now();
    near.doc.getText('more').insert(0, 'waits for the tick');
    // On its own process it is the first after a pause.
    draw(far.doc, ASHA);
    await until(() => strokes(watcher.doc) === 1, 'the stroke of the other process');
    expect(performance.now() - start).toBeLessThan(700);
    expect(watcher.doc.getText('more').length).toBe(0);
    await until(() => watcher.doc.getText('more').length > 0, 'the tick');
    expect(performance.now() - start).toBeGreaterThan(600);
  });

  it('[N10] waits with what it stands on', async () => {
    const bus = createMemoryBus();
    const limits = { tickMs: 500 };
    const [one, two] = [await startWorld({ db, bus, limits }), await startWorld({ db, bus, limits })];
    worlds.push(one, two);
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const [id = 0] = await one.sync.allocateClientIds(name, ASHA.personId, 1);
    const doc = new Y.Doc();
    doc.clientID = id;
    const watcher = await one.stock(TUTOR, name);
    const other = await two.stock(TUTOR, name);
    const enter = async (world: World): Promise<Raw> => {
      const raw = await Raw.open(`${world.url}/${name}?ticket=${await world.ticket(ASHA, lessonId)}&ack=1`);
      await until(() => raw.heard.some(([type]) => type === 102), 'the standing');
      return raw;
    };
    const [first, second] = [await enter(one), await enter(two)];
    await new Promise((resolve) => setTimeout(resolve, 600));
    watcher.doc.getText('frame').insert(0, 'now');
    await until(() => other.doc.getText('frame').length > 0, 'the first frame');
    // The same person at both, as when a page comes over: the second process says more than the first has sent on.
    doc.getArray('list').push([1]);
    const before = Y.encodeStateAsUpdate(doc);
    first.send(updateMessage(before));
    doc.getArray('list').push([2]);
    second.send(updateMessage(Y.encodeStateAsUpdate(doc)));
    let pending = false;
    watcher.doc.on('update', () => (pending ||= watcher.doc.store.pendingStructs !== null));
    await until(() => watcher.doc.getArray('list').length === 2, 'all of it');
    expect(pending).toBe(false);
    expect(watcher.doc.getArray('list').toJSON()).toEqual([1, 2]);
    first.end();
    second.end();
  });
});
