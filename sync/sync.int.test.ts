import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { RecordedEvent } from '#events/store/event-store.ts';
import { newId } from '#events/shared/ids.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke, eraseStrokes } from './documents/board-writer.ts';
import { readMessages } from './documents/chat-reader.ts';
import { postMessage } from './documents/chat-writer.ts';
import {
  ASHA,
  BUSINESS_NOW,
  ROHAN,
  Raw,
  TUTOR,
  aLesson,
  startWorld,
  until,
  type World,
} from './testing/harness.server.ts';

let db: Database;
const worlds: World[] = [];
const world = async (parts: Omit<Parameters<typeof startWorld>[0], 'db'> = {}): Promise<World> => {
  const one = await startWorld({ db, ...parts });
  worlds.push(one);
  return one;
};
beforeAll(async () => {
  db = await openPglite(null);
});
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
});
afterAll(() => db.close());

const draw = (doc: Y.Doc, who: typeof ASHA, x = 0): string => {
  const stroke = beginStroke(doc, who, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([0, 5, 10].map((step) => ({ x: x + step, y: step, pressure: 0.5 })));
  stroke.seal();
  return stroke.key;
};
const count = (doc: Y.Doc): number => {
  const board = readBoard(doc);
  const n = board.count();
  board.destroy();
  return n;
};
const state = (doc: Y.Doc): Uint8Array => Y.encodeStateAsUpdate(doc);

async function lessonEvent(one: World, lessonId: string, type: string, data: object): Promise<void> {
  const event: Pick<RecordedEvent, 'id' | 'type' | 'data' | 'meta'> = {
    id: newId(),
    type,
    data: { lessonId, ...data },
    meta: {
      commandId: newId(),
      correlationId: 'c',
      causationId: 'c',
      actor: { kind: 'system', id: 'test' },
      occurredAt: BUSINESS_NOW,
      schemaVersion: 1,
    },
  };
  await one.store.append(`lesson-${lessonId}`, 'any', [event]);
}

describe('stock y-websocket clients', () => {
  it('[S1] share a board and a chat', async () => {
    const one = await world();
    const lessonId = aLesson();
    const asha = await one.stock(ASHA, `board:${lessonId}`);
    const rohan = await one.stock(ROHAN, `board:${lessonId}`);
    const key = draw(asha.doc, ASHA);
    await until(() => count(rohan.doc) === 1, 'the stroke to arrive');
    eraseStrokes(asha.doc, ASHA, [key]);
    draw(rohan.doc, ROHAN, 50);
    draw(asha.doc, ASHA, 90);
    await until(() => count(asha.doc) === 2 && count(rohan.doc) === 2, 'both to see two strokes');
    expect(state(asha.doc)).toEqual(state(rohan.doc));

    const chats = [await one.stock(ASHA, `chat:${lessonId}`), await one.stock(TUTOR, `chat:${lessonId}`)] as const;
    postMessage(chats[0].doc, ASHA, 'Where do they meet?', Date.now());
    await until(() => readMessages(chats[1].doc).length === 1, 'the question to arrive');
    postMessage(chats[1].doc, TUTOR, 'At 0 and 3', Date.now());
    await until(() => readMessages(chats[0].doc).length === 2, 'the answer to arrive');
    expect(readMessages(chats[0].doc).map(({ author }) => author?.name)).toEqual(['Asha', 'Ananya']);
    expect(one.log.lines.filter(({ level }) => level !== 'info')).toEqual([]);
  });

  it('[S1] share whatever else they like to write', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const [asha, rohan] = [await one.stock(ASHA, name), await one.stock(ROHAN, name)];
    asha.doc.getText('notes').insert(0, 'area between curves');
    await until(() => rohan.doc.getText('notes').length > 0, 'the notes to arrive');
    rohan.doc.getText('notes').delete(0, 5);
    rohan.doc.getMap('facts').set('roots', [0, 3]);
    await until(() => asha.doc.getMap('facts').has('roots'), 'the facts to arrive');
    await until(() => asha.doc.getText('notes').toJSON() === 'between curves'.padStart(14), 'the deletion to arrive');
    expect(asha.doc.getMap('facts').get('roots')).toEqual([0, 3]);
  });

  it('[W6] [S2] get a large board in parts, and are in sync when the last of it is there', async () => {
    const one = await world();
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    asha.doc.transact(() => {
      for (let i = 0; i < 1_500; i += 1) draw(asha.doc, ASHA, i);
    });
    await until(async () => ((await one.sync.snapshot(name))?.length ?? 0) > 100_000, 'the server to have it');
    const ticket = encodeURIComponent(await one.ticket(ROHAN, lessonId));
    const raw = await Raw.open(`${one.url}/${name}?ticket=${ticket}`);
    raw.send(Uint8Array.of(0, 0, 1, 0));
    await until(() => raw.heard.some(([type, step]) => type === 0 && step === 1), 'the step 2');
    const parts = raw.heard.filter(([type, step]) => type === 0 && step !== 0);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(([, step]) => step)).toEqual([...parts.slice(1).map(() => 2), 1]);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(40_000);
    raw.end();
    const tutor = await one.stock(TUTOR, name);
    expect(count(tutor.doc)).toBe(1_500);
    expect(state(tutor.doc)).toEqual(state(asha.doc));
  });

  it('[S2] find everything when they join late, and after everyone was gone', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    for (let i = 0; i < 20; i += 1) draw(asha.doc, ASHA, i * 20);
    const rohan = await one.stock(ROHAN, name);
    await until(() => count(rohan.doc) === 20, 'the latecomer to see all');
    asha.end();
    rohan.end();
    await until(() => one.sync.stats().rooms === 0, 'the room to be forgotten');
    expect(one.sync.stats()).toMatchObject({ rooms: 0, sockets: 0, unstoredBytes: 0 });
    const tutor = await one.stock(TUTOR, name);
    expect(count(tutor.doc)).toBe(20);
    const copy = new Y.Doc();
    const snapshot = await one.sync.snapshot(name);
    if (!snapshot) throw new Error('a snapshot');
    Y.applyUpdate(copy, snapshot);
    expect(state(copy)).toEqual(state(tutor.doc));
    expect(await one.sync.snapshot(`board:${aLesson()}`)).toBeNull();
  });

  it('[S3][P1] see who is here, under the name of the ticket, and no longer when they left', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const [asha, rohan] = [await one.stock(ASHA, name), await one.stock(ROHAN, name)];
    asha.provider.awareness.setLocalState({ user: { name: 'The tutor' }, cursor: { x: 1, y: 2 } });
    const seen = () => rohan.provider.awareness.getStates().get(asha.doc.clientID);
    await until(() => seen()?.cursor !== undefined, 'the cursor to arrive');
    expect(seen()).toEqual({ user: { name: 'Asha', personId: 'p-asha' }, cursor: { x: 1, y: 2 } });
    // Somebody else's state is passed over.
    rohan.provider.awareness.states.set(asha.doc.clientID, { cursor: 'forged' });
    rohan.provider.awareness.meta.set(asha.doc.clientID, { clock: 999, lastUpdated: Date.now() });
    rohan.provider.awareness.emit('update', [{ added: [], updated: [asha.doc.clientID], removed: [] }, 'local']);
    const tutor = await one.stock(TUTOR, name);
    await until(() => tutor.provider.awareness.getStates().has(asha.doc.clientID), 'the newcomer to see Asha');
    expect(tutor.provider.awareness.getStates().get(asha.doc.clientID)).toMatchObject({ cursor: { x: 1, y: 2 } });
    asha.end();
    await until(() => !tutor.provider.awareness.getStates().has(asha.doc.clientID), 'Asha to be gone');
  });

  it('[S4] get a data message before they give up on silence', async () => {
    const one = await world({ limits: { keepAliveMs: 200 } });
    const asha = await one.stock(ASHA, `board:${aLesson()}`);
    asha.provider.awareness.destroy();
    const before = asha.provider.wsLastMessageReceived;
    await until(() => asha.provider.wsLastMessageReceived > before + 400, 'something to be heard');
    expect(asha.provider.wsconnected).toBe(true);
  });
});

describe('the end of a lesson', () => {
  it('[E1] closes its documents for writing, with a reason, and leaves them open for reading', async () => {
    const one = await world();
    const lessonId = aLesson();
    const [asha, rohan] = [await one.stock(ASHA, `board:${lessonId}`), await one.stock(ROHAN, `board:${lessonId}`)];
    draw(asha.doc, ASHA);
    await until(() => count(rohan.doc) === 1, 'the stroke to arrive');
    await lessonEvent(one, lessonId, 'LessonEnded', { at: BUSINESS_NOW, by: 'host' });
    await until(() => {
      draw(asha.doc, ASHA, 50);
      return asha.refusals.length > 0;
    }, 'a refusal');
    expect(asha.refusals[0]).toBe('lesson-ended');
    const late = await one.stock(TUTOR, `board:${lessonId}`);
    const kept = count(late.doc);
    draw(late.doc, TUTOR, 10);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(count(rohan.doc)).toBe(kept);
    expect(asha.provider.wsconnected).toBe(true);
  });

  it('[E2] is known to a server that starts afterwards', async () => {
    const one = await world();
    const lessonId = aLesson();
    await lessonEvent(one, lessonId, 'LessonScheduled', {});
    await lessonEvent(one, lessonId, 'LessonCancelled', { reason: 'ill' });
    const asha = await one.stock(ASHA, `board:${lessonId}`);
    draw(asha.doc, ASHA);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await one.sync.snapshot(`board:${lessonId}`)).toBeNull();
  });

  it('[E3] leaves observers reading, from the start', async () => {
    const one = await world();
    const lessonId = aLesson();
    const asha = await one.stock(ASHA, `board:${lessonId}`);
    const ticket = await one.ticket(ROHAN, lessonId, { role: 'observer' });
    const observer = await one.stock(ROHAN, `board:${lessonId}`, { ticket });
    draw(asha.doc, ASHA);
    await until(() => count(observer.doc) === 1, 'the observer to see the stroke');
    draw(observer.doc, ROHAN);
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(count(asha.doc)).toBe(1);
    expect(one.commands.map(({ data }) => 'personId' in data && data.personId)).toEqual([ASHA.personId]);
  });
});

describe('facts', () => {
  it('[F1] notes work once a person, surface and minute, and tries again when that fails', async () => {
    const one = await world();
    let failures = 1;
    one.submitting = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('the log is down');
    };
    const lessonId = aLesson();
    const asha = await one.stock(ASHA, `board:${lessonId}`);
    const rohan = await one.stock(ROHAN, `board:${lessonId}`);
    draw(asha.doc, ASHA);
    await until(() => count(rohan.doc) === 1, 'the stroke to arrive all the same');
    draw(asha.doc, ASHA, 40);
    const chat = await one.stock(ASHA, `chat:${lessonId}`);
    postMessage(chat.doc, ASHA, 'Hello', Date.now());
    await until(() => one.commands.length === 2, 'two facts');
    const minute = BUSINESS_NOW - 25_000;
    expect(one.commands).toEqual([
      { type: 'NoteWork', now: BUSINESS_NOW, data: { lessonId, personId: ASHA.personId, surface: 'board', minute } },
      { type: 'NoteWork', now: BUSINESS_NOW, data: { lessonId, personId: ASHA.personId, surface: 'chat', minute } },
    ]);
  });
});

describe('several processes', () => {
  it('[N1][K3] share a document, who is in it and who is not', async () => {
    const bus = createMemoryBus();
    const [one, two] = [await world({ bus }), await world({ bus })];
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const rohan = await two.stock(ROHAN, name);
    draw(asha.doc, ASHA);
    draw(rohan.doc, ROHAN, 60);
    await until(() => count(asha.doc) === 2 && count(rohan.doc) === 2, 'both to see both strokes');
    expect(state(asha.doc)).toEqual(state(rohan.doc));
    asha.provider.awareness.setLocalStateField('cursor', { x: 9, y: 9 });
    await until(() => rohan.provider.awareness.getStates().get(asha.doc.clientID)?.cursor?.x === 9, 'the cursor');
    asha.end();
    await until(() => !rohan.provider.awareness.getStates().has(asha.doc.clientID), 'Asha to be gone');
    const stored = () =>
      db.query<{ seq: number; person_id: string; wall_at: number; business_at: number }>(
        'SELECT seq, person_id, wall_at, business_at FROM sync_update WHERE document = $1 ORDER BY seq',
        [name],
      );
    const writers = async (): Promise<string[]> => [...new Set((await stored()).map((row) => row.person_id))].sort();
    await expect.poll(writers, { timeout: 10_000 }).toEqual([ASHA.personId, ROHAN.personId].sort());
    const rows = await stored();
    expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, i) => i + 1));
    expect(rows.every((row) => row.business_at === BUSINESS_NOW && Math.abs(row.wall_at - Date.now()) < 60_000)).toBe(
      true,
    );
  });

  it('[N2] fill a gap from the database when the bus drops a message', async () => {
    const bus = createMemoryBus();
    let deaf = false;
    const leaky = {
      ...bus,
      publish: async (topic: string, message: unknown) => (deaf ? undefined : bus.publish(topic, message)),
    };
    const [one, two] = [await world({ bus: { ...leaky, kind: bus.kind } }), await world({ bus })];
    const name = `board:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const rohan = await two.stock(ROHAN, name);
    deaf = true;
    draw(asha.doc, ASHA);
    await until(() => count(rohan.doc) === 1, 'the poll to find it', 3_000);
    draw(asha.doc, ASHA, 20);
    deaf = false;
    draw(asha.doc, ASHA, 40);
    await until(() => count(rohan.doc) === 3, 'the numbers to show the gap', 3_000);
    expect(state(asha.doc)).toEqual(state(rohan.doc));
  });
});
