import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { randomOf } from '#platform/random/seeded.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke } from './documents/board-writer.ts';
import { decodeHistory, type HistoryRow } from './documents/history.ts';
import { DocumentTable } from './storage/documents.server.ts';
import { Copies } from './storage/copies.server.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { HistoryTable } from './storage/history.server.ts';
import { Journal } from './storage/journal.server.ts';
import { shownHistory, shownRows } from './storage/shown.server.ts';
import { Script, classWriting, handwriting, randomBoard } from './testing/history.ts';
import {
  ASHA,
  BUSINESS_NOW,
  ROHAN,
  TUTOR,
  aLesson,
  keepingLog,
  startWorld,
  until,
  type World,
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

const CLASS = Array.from({ length: 200 }, (_, i) => ({ personId: `p-${i}`, name: `Person ${i}` }));

/** Objects in memory that may fail for a while. */
function memoryObjects(): ObjectStore & { failing: boolean; readonly puts: string[] } {
  const kept = new Map<string, Uint8Array>();
  return {
    kind: 'folder',
    failing: false,
    puts: [],
    async put(key, body) {
      if (this.failing) throw new Error('The store is away');
      this.puts.push(key);
      kept.set(key, body);
    },
    async get(key) {
      const body = kept.get(key);
      return body ? { body, contentType: 'application/octet-stream' } : null;
    },
    async close() {},
  };
}

async function world(
  parts: { store?: EventStore; objects?: ObjectStore; checkpointEvery?: number } = {},
): Promise<World> {
  const { checkpointEvery = 4_000, ...more } = parts;
  const limits = { checkpointEvery, snapshotEvery: Math.min(2_000, checkpointEvery), copiesEveryMs: 200 };
  const one = await startWorld({ db, ...more, limits });
  worlds.push(one);
  return one;
}

async function endLesson(store: EventStore, lessonId: string): Promise<void> {
  await store.append(`lesson-${lessonId}`, 'any', [
    {
      id: crypto.randomUUID(),
      type: 'LessonEnded',
      data: { lessonId, at: BUSINESS_NOW, by: 'host' },
      meta: {
        commandId: 'c',
        correlationId: 'c',
        causationId: 'c',
        actor: { kind: 'system', id: 'test' },
        occurredAt: BUSINESS_NOW,
        schemaVersion: 1,
      },
    },
  ]);
}

function draw(doc: Y.Doc, who: typeof ASHA, x = 0): string {
  const stroke = beginStroke(doc, who, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([{ x, y: 0, pressure: 0.5 }]);
  stroke.seal();
  return stroke.key;
}

const board = (update: Uint8Array) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, update);
  const reader = readBoard(doc);
  const items = reader.visible();
  reader.destroy();
  return items;
};
const boardOf = (rows: readonly HistoryRow[]) => {
  const doc = new Y.Doc();
  for (const { body } of rows) Y.applyUpdate(doc, body);
  return board(Y.encodeStateAsUpdate(doc));
};
const rowsIn = async (one: World, name: string, after = 0): Promise<HistoryRow[]> => {
  const file = await one.sync.history(name, after);
  return file ? decodeHistory(gunzipSync(await file.gzip())) : [];
};

/** Stores rows as a server would, and its states along the way as the one of a lesson that ended. */
async function stored(name: string, rows: readonly HistoryRow[], checkpointEvery: number): Promise<HistoryTable> {
  const table = new DocumentTable(db);
  const history = new HistoryTable(db);
  const log = keepingLog();
  const journal = new Journal(db, log, 0);
  await table.prepare();
  await history.prepare();
  await table.create(name);
  for (let at = 0; at < rows.length; at += 2_000)
    await journal.append(name, () => ({
      bytes: 0,
      updates: rows
        .slice(at, at + 2_000)
        .map(({ body, personId, at: businessAt, wallAt }) => ({ body, personId, brought: false, wallAt, businessAt })),
    }));
  await new Copies({ table: history, objects: memoryObjects(), log, checkpointEvery }).make(name);
  return history;
}

describe('the history of a document', () => {
  it('[H1] has every update in order, with its times and its author, whole and from a number on', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const [asha, rohan] = [await one.stock(ASHA, name), await one.stock(ROHAN, name)];
    for (let i = 0; i < 5; i += 1) {
      draw(asha.doc, ASHA, i);
      draw(rohan.doc, ROHAN, -i);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const both = (): boolean => board(Y.encodeStateAsUpdate(asha.doc)).length === 10;
    await until(both, 'all strokes');
    await until(async () => boardOf(await rowsIn(one, name)).length === 10, 'all rows');
    const rows = await rowsIn(one, name);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(new Set(rows.map(({ personId }) => personId))).toEqual(new Set([ASHA.personId, ROHAN.personId]));
    for (const { at, wallAt, late } of rows) {
      expect(at).toBe(BUSINESS_NOW);
      expect(Math.abs(wallAt - Date.now())).toBeLessThan(20_000);
      expect(late).toBe(false);
    }
    expect(await rowsIn(one, name, 4)).toEqual(rows.slice(4));
    expect(await rowsIn(one, name, rows.length)).toEqual([]);
    const counts = await one.sync.historyCounts(name);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length);
    expect(counts.every(({ minute }) => minute === BUSINESS_NOW - (BUSINESS_NOW % 60_000))).toBe(true);
  });

  it('[H3] keeps states along the way while the lesson runs: exactly the rows up to them', async () => {
    const one = await world({ checkpointEvery: 8 });
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const table = new HistoryTable(db);
    for (let i = 0; i < 40; i += 1) {
      draw(asha.doc, ASHA, i);
      await new Promise((resolve) => setTimeout(resolve, 18));
    }
    asha.end();
    await until(async () => (await table.checkpoints(name)).length > 0, 'a state to be kept');
    const rows = await rowsIn(one, name);
    const kept = await db.query<{ seq: number; body: Uint8Array }>(
      'SELECT seq, body FROM sync_checkpoint WHERE document = $1',
      [name],
    );
    for (const { seq, body } of kept) expect(board(body)).toEqual(boardOf(rows.slice(0, seq)));
  });

  it('[H3] gives any moment of it: the same as a straight replay, from a state and a short tail', async () => {
    const name = `board:${aLesson()}`;
    const rows = randomBoard(31, 900, [ASHA, ROHAN, TUTOR]);
    const history = await stored(name, rows, 100);
    const random = randomOf(5);
    for (let i = 0; i < 40; i += 1) {
      const { at } = rows[Math.floor(random() * rows.length)] ?? { at: 0 };
      const moment = await history.moment(name, at);
      const until = rows.findLastIndex((row) => row.at <= at) + 1;
      expect(moment?.seq).toBe(until);
      expect(moment?.rowsReplayed).toBeLessThan(200);
      expect(board(Y.encodeStateAsUpdate(moment?.doc ?? new Y.Doc()))).toEqual(boardOf(rows.slice(0, until)));
    }
    expect(await history.moment(name, (rows[0]?.at ?? 0) - 1)).toBeNull();
  });

  it.each([
    ['four hours of one', () => handwriting(10_000, 8, ASHA, 4 * 3_600_000)],
    ['an hour of 200 people', () => classWriting(10_000, 8, CLASS, 3_600_000)],
  ])(
    '[H3] of %s with 10,000 strokes reads a state and less than 4,000 rows for any moment',
    async (_of, write) => {
      const name = `board:${aLesson()}`;
      const rows = write();
      const history = await stored(name, rows, DEFAULT_LIMITS.checkpointEvery);
      const random = randomOf(6);
      const [from, to] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
      for (let i = 0; i < 25; i += 1) {
        const at = Math.round(from + random() * (to - from));
        const moment = await history.moment(name, at);
        expect(moment?.rowsReplayed).toBeLessThan(4_000);
        expect(moment?.bytesRead).toBeLessThan(4 * 1024 * 1024);
      }
    },
    120_000,
  );
});

describe('the own board of a student, while it was shown', () => {
  it('[H6] is what stood on it and what came in those moments, and nothing of what came before, between or after', async () => {
    const name = `board:${aLesson()}:${ASHA.personId}`;
    const script = new Script();
    const doc = script.docOf(ASHA);
    const keys: string[] = [];
    const noteAt = (at: number): void => {
      script.now = BUSINESS_NOW + at;
      keys.push(draw(doc, ASHA, keys.length));
    };
    for (const at of [0, 1_000, 2_000]) noteAt(at);
    // Taken away before anybody saw it.
    doc.getMap('scratch').set('secret', 'nobody sees this');
    doc.getMap('scratch').delete('secret');
    for (const at of [10_000, 11_000, 20_000, 21_000, 30_000, 40_000]) noteAt(at);
    const history = await stored(name, script.rows, 4);
    const shown = [
      { from: BUSINESS_NOW + 5_000, to: BUSINESS_NOW + 15_000 },
      { from: BUSINESS_NOW + 25_000, to: BUSINESS_NOW + 35_000 },
    ];
    const rows = await shownRows(history, name, ASHA.personId, shown);
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.every(({ at }) => shown.some(({ from, to }) => at >= from && at < to))).toBe(true);
    const keysAt = (at: number): string[] =>
      boardOf(rows.filter((row) => row.at <= BUSINESS_NOW + at)).map(({ key }) => key);
    expect(keysAt(4_000)).toEqual([]);
    expect(keysAt(5_000).sort()).toEqual(keys.slice(0, 3).sort());
    expect(keysAt(10_000).sort()).toEqual(keys.slice(0, 4).sort());
    expect(keysAt(24_000).sort()).toEqual(keys.slice(0, 5).sort());
    expect(keysAt(25_000).sort()).toEqual(keys.slice(0, 7).sort());
    expect(keysAt(99_000).sort()).toEqual(keys.slice(0, 8).sort());
    expect(Buffer.concat(rows.map(({ body }) => body)).includes('nobody sees this')).toBe(false);
    const file = await shownHistory(history, name, ASHA.personId, shown, 2);
    const sent = decodeHistory(gunzipSync((await file?.gzip()) ?? new Uint8Array()));
    const plain = (all: readonly HistoryRow[]) => all.map((row) => ({ ...row, body: [...row.body] }));
    expect(plain(sent)).toEqual(plain(rows.slice(2)));
    expect(await shownHistory(history, name, ASHA.personId, shown, rows.length)).toBeNull();
  });
});

describe('the compact copy of a lesson that is over', () => {
  it('[H4] is made once it is over: document and history, as the rows have them, and making it again changes nothing', async () => {
    const [store, objects] = [inMemoryStore(), memoryObjects()];
    const one = await world({ store, objects });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    for (let i = 0; i < 6; i += 1) draw(asha.doc, ASHA, i);
    await until(async () => boardOf(await rowsIn(one, name)).length === 6, 'the strokes to be stored');
    const before = await rowsIn(one, name);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(objects.puts).toEqual([]);
    await endLesson(store, lessonId);
    const table = new HistoryTable(db);
    await until(async () => (await table.copyOf(name)) !== null, 'the copy');
    const copy = await table.copyOf(name);
    expect(copy?.head).toBe(before.length);
    const puts = [...objects.puts];
    expect(puts.length).toBe(2);
    expect(await rowsIn(one, name)).toEqual(before);
    expect(board((await one.sync.snapshot(name)) ?? new Uint8Array())).toEqual(boardOf(before));
    await new Copies({ table, objects, log: keepingLog(), checkpointEvery: 4_000 }).make(name);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(objects.puts).toEqual(puts);
  });

  it('[H4] is made later by another process when the first one died or could not reach the store', async () => {
    const [store, objects] = [inMemoryStore(), memoryObjects()];
    objects.failing = true;
    const one = await world({ store, objects });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    draw(asha.doc, ASHA);
    await until(async () => boardOf(await rowsIn(one, name)).length === 1, 'the stroke to be stored');
    await endLesson(store, lessonId);
    await until(
      () => one.log.lines.some(({ message }) => message.includes('could not be made yet')),
      'a try that failed',
    );
    const table = new HistoryTable(db);
    expect(await table.copyOf(name)).toBeNull();
    // What nobody has copied is served from the rows all the same.
    expect(boardOf(await rowsIn(one, name)).length).toBe(1);
    worlds.splice(worlds.indexOf(one), 1);
    await one.close();
    objects.failing = false;
    const two = await world({ store, objects });
    await until(async () => (await table.copyOf(name)) !== null, 'the copy by the other process');
    expect(boardOf(await rowsIn(two, name)).length).toBe(1);
  });

  it('[H4] is not there for a lesson that goes on', async () => {
    const [store, objects] = [inMemoryStore(), memoryObjects()];
    const one = await world({ store, objects });
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    draw(asha.doc, ASHA);
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(objects.puts.filter((key) => key.includes(name.slice(6)))).toEqual([]);
  });
});

describe('ink that comes after the end', () => {
  const offline = (one: World, who: typeof ASHA, name: string) =>
    one.sync.allocateClientIds(name, who.personId, 1).then(([client]) => {
      const doc = new Y.Doc();
      doc.clientID = client ?? 0;
      return doc;
    });
  const participant = (who: typeof ASHA) => ({ ...who, host: false });

  it('[H5] goes into the history alone, marked, once however often it is sent, and into the next copy', async () => {
    const [store, objects] = [inMemoryStore(), memoryObjects()];
    const one = await world({ store, objects });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    draw(asha.doc, ASHA);
    await until(async () => boardOf(await rowsIn(one, name)).length === 1, 'the stroke to be stored');
    await endLesson(store, lessonId);
    const table = new HistoryTable(db);
    await until(async () => (await table.copyOf(name)) !== null, 'the copy');
    const before = await rowsIn(one, name);

    const away = await offline(one, ROHAN, name);
    Y.applyUpdate(away, Y.encodeStateAsUpdate(asha.doc));
    const key = draw(away, ROHAN, 40);
    const update = Y.encodeStateAsUpdate(away);
    expect(await one.sync.takeLate(name, participant(ROHAN), update)).toBe('kept');
    expect(await one.sync.takeLate(name, participant(ROHAN), update)).toBe('known');
    const rows = await rowsIn(one, name);
    expect(rows.slice(0, -1)).toEqual(before);
    expect(rows.at(-1)).toMatchObject({
      late: true,
      personId: ROHAN.personId,
      at: BUSINESS_NOW,
      seq: before.length + 1,
    });
    expect(boardOf(rows).map((item) => item.key)).toContain(key);
    // What the lesson was stays what everybody saw.
    expect(board((await one.sync.snapshot(name)) ?? new Uint8Array()).length).toBe(1);
    await until(async () => (await table.copyOf(name))?.late === 1, 'a copy with it');
    expect(await rowsIn(one, name)).toEqual(rows);
    expect(board((await one.sync.snapshot(name)) ?? new Uint8Array()).length).toBe(1);
  });

  it('[H5] is taken under ids that the server never saw, also of a board that nobody has opened; they are the sender’s', async () => {
    const one = await world();
    const name = `board:${aLesson()}:${ROHAN.personId}`;
    const away = new Y.Doc();
    const key = draw(away, ROHAN, 40);
    const again = new Y.Doc();
    Y.applyUpdate(again, Y.encodeStateAsUpdate(away));
    const second = draw(again, ROHAN, 60);
    expect(await one.sync.takeLate(name, participant(ROHAN), Y.encodeStateAsUpdate(again))).toBe('kept');
    expect(await one.sync.takeLate(name, participant(ROHAN), Y.encodeStateAsUpdate(again))).toBe('known');
    const rows = await rowsIn(one, name);
    expect(rows).toMatchObject([{ late: true, personId: ROHAN.personId, seq: 1 }]);
    expect(new Set(boardOf(rows).map((item) => item.key))).toEqual(new Set([key, second]));
    // Nobody else writes under them afterwards.
    const forged = new Y.Doc();
    forged.clientID = away.clientID;
    draw(forged, ASHA, 5);
    draw(forged, ASHA, 6);
    expect(await one.sync.takeLate(name, participant(ASHA), Y.encodeStateAsUpdate(forged))).toBe('nothing');
    expect(await rowsIn(one, name)).toEqual(rows);
  });

  it('[H5] is said to be taken in part, where something of it is not allowed, also when it is asked again', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const theirs = draw(asha.doc, ASHA);
    await until(async () => boardOf(await rowsIn(one, name)).length === 1, 'the stroke to be stored');
    const away = await offline(one, ROHAN, name);
    Y.applyUpdate(away, Y.encodeStateAsUpdate(asha.doc));
    away.getMap('erased').set(theirs, ASHA.personId);
    const refused = Y.encodeStateAsUpdate(away);
    expect(await one.sync.takeLate(name, participant(ROHAN), refused)).toBe('nothing');
    expect(await one.sync.takeLate(name, participant(ROHAN), refused)).toBe('nothing');
    const key = draw(away, ROHAN, 40);
    const both = Y.encodeStateAsUpdate(away);
    expect(await one.sync.takeLate(name, participant(ROHAN), both)).toBe('partly');
    expect(await one.sync.takeLate(name, participant(ROHAN), both)).toBe('partly');
    expect(boardOf(await rowsIn(one, name)).map((item) => item.key)).toContain(key);
  });

  it('[H5] is the sender’s own or is left out, and bytes that make no sense are said to be that', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const key = draw(asha.doc, ASHA);
    await until(async () => boardOf(await rowsIn(one, name)).length === 1, 'the stroke to be stored');
    const forged = await offline(one, ASHA, name);
    draw(forged, ASHA, 5);
    expect(await one.sync.takeLate(name, participant(ROHAN), Y.encodeStateAsUpdate(forged))).toBe('nothing');
    const thief = await offline(one, ROHAN, name);
    Y.applyUpdate(thief, Y.encodeStateAsUpdate(asha.doc));
    thief.getMap('erased').set(key, ROHAN.personId);
    await one.sync.takeLate(name, participant(ROHAN), Y.encodeStateAsUpdate(thief));
    expect(boardOf(await rowsIn(one, name)).map((item) => item.key)).toEqual([key]);
    expect(await one.sync.takeLate(name, participant(ROHAN), Uint8Array.of(1, 2, 3, 250))).toBe('malformed');
    expect(
      await one.sync.takeLate(name.replace('board', 'chat'), participant(ROHAN), Y.encodeStateAsUpdate(thief)),
    ).toBe('nothing');
  });
});
