import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { LessonRole } from '#events/access/roles.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import {
  ASHA,
  ROHAN,
  TUTOR,
  Raw,
  aLesson,
  officeAt,
  startWorld,
  until,
  type World,
  type WorldParts,
} from './testing/harness.server.ts';
import { readStates, writeStates } from './wire/awareness.ts';
import { awarenessMessage, cursorsMessage, MESSAGE, SYNC, step1Message } from './wire/messages.ts';
import { Reader } from './wire/reader.ts';
import { readCursors, writeCursors, type Cursor } from './wire/cursors.ts';

let db: Database;
beforeAll(async () => {
  db = await openPglite(null);
});
afterAll(async () => {
  await db.close();
});
const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function world(parts: Partial<WorldParts> = {}): Promise<World> {
  const made = await startWorld({ db, ...parts });
  open.push(made);
  return made;
}

/** A client that asked for the messages from 100 on. */
async function client(
  one: World,
  person: typeof ASHA,
  lessonId: string,
  query = '&ack=1',
  role: LessonRole = 'participant',
): Promise<{ raw: Raw; id: number; seen: () => Cursor[] }> {
  const name = `board:${lessonId}`;
  const ticket = await one.ticket(person, lessonId, { role });
  const [id = 0] = officeAt(() => Date.now()).verify(ticket)?.documents[name] ?? [];
  const raw = await Raw.open(`${one.url}/${encodeURIComponent(name)}?ticket=${ticket}${query}`);
  open.push({ close: () => raw.end() });
  await until(() => raw.heard.length > 0, 'the document');
  const seen = (): Cursor[] =>
    raw.heard.filter(([type]) => type === 101).flatMap((message) => readCursors(message.subarray(1)));
  return { raw, id, seen };
}

/** What a client sends: one pointer, without a count. */
const say = (cursor: Cursor): Uint8Array => Uint8Array.of(101, ...writeCursors([cursor]).subarray(1));
/** Whose states a socket heard. */
const peopleOf = (raw: Raw): number[] =>
  raw.heard
    .filter(([type]) => type === MESSAGE.awareness)
    .flatMap((message) => readStates(new Reader(message.subarray(1)).varBytes()))
    .map(({ client }) => client);
const at = (x: number, page = '', laser = false): Cursor['at'] => ({ x, y: -x, page, laser });

it('[P4] pointers reach those who asked for them, the latest of each, at most one frame in 50 ms, and go with their owner', async () => {
  const one = await world();
  const lesson = aLesson();
  const [asha, rohan] = [await client(one, ASHA, lesson), await client(one, ROHAN, lesson)];
  const stock = await client(one, TUTOR, lesson, '');
  const start = Date.now();
  for (let x = 0; x < 200; x += 1) {
    asha.raw.send(say({ client: asha.id, at: at(x, '3.1', true) }));
    await setTimeout(2);
  }
  await until(() => rohan.seen().at(-1)?.at?.x === 199, 'the last place');
  const frames = rohan.raw.heard.filter(([type]) => type === 101).length;
  expect(frames).toBeLessThanOrEqual((Date.now() - start) / 50 + 2);
  expect(rohan.seen().at(-1)).toEqual({ client: asha.id, at: { x: 199, y: -199, page: '3.1', laser: true } });
  // Whoever comes later is told at once.
  const late = await client(one, TUTOR, lesson);
  await until(() => late.seen().length === 1, 'the newcomer to see it');
  asha.raw.end();
  await until(() => rohan.seen().at(-1)?.at === null, 'it to be gone');
  expect(stock.raw.heard.some(([type]) => (type ?? 0) >= 100)).toBe(false);
});

it('[P4] nobody moves the pointer of another, and bytes that make no sense close their own socket', async () => {
  const one = await world();
  const lesson = aLesson();
  const [asha, rohan] = [await client(one, ASHA, lesson), await client(one, ROHAN, lesson)];
  rohan.raw.send(say({ client: asha.id, at: at(66) }));
  rohan.raw.send(say({ client: 4_000_000_000, at: at(67) }));
  rohan.raw.send(say({ client: rohan.id, at: at(5) }));
  await until(() => asha.seen().length > 0, "Rohan's own");
  expect(asha.seen()).toEqual([{ client: rohan.id, at: at(5) }]);
  for (const bad of [
    [101],
    [101, 4 * rohan.id],
    [101, 4 * rohan.id, 2, 2, 1],
    [101, 4 * rohan.id, 2, 2, 0, 9],
    [101, 4 * rohan.id, 255, 255, 255, 255, 255, 255, 1, 2, 0],
    [101, 4 * rohan.id, 2, 2, 41, ...new Array<number>(41).fill(65)],
  ]) {
    const hostile = await client(one, TUTOR, lesson);
    hostile.raw.send(Uint8Array.from(bad));
    await until(() => hostile.raw.closed !== null, `${bad.join(' ')} to be refused`);
    expect(hostile.raw.closed?.code).toBe(1002);
  }
  expect(asha.raw.closed).toBeNull();
});

it('[P5] [AC12] of an observer nobody hears anything, nor whoever comes later, and they go on reading', async () => {
  const one = await world();
  const lesson = aLesson();
  const rohan = await client(one, ROHAN, lesson);
  const observer = await client(one, TUTOR, lesson, '&ack=1', 'observer');
  const asha = await client(one, ASHA, lesson);
  const here = (id: number): Uint8Array =>
    awarenessMessage(writeStates([{ client: id, clock: 1, json: JSON.stringify({ user: { name: 'X' } }) }]));
  observer.raw.send(here(observer.id));
  observer.raw.send(say({ client: observer.id, at: at(7) }));
  // Answered when both were read.
  observer.raw.send(step1Message(Uint8Array.of(0)));
  await until(
    () => observer.raw.heard.some(([type, step]) => type === MESSAGE.sync && step === SYNC.step2),
    'an answer',
  );
  asha.raw.send(here(asha.id));
  asha.raw.send(say({ client: asha.id, at: at(12) }));
  await until(() => observer.seen().length > 0, 'the observer to read on');
  const late = await client(one, ROHAN, lesson);
  for (const ear of [rohan, late]) {
    await until(() => ear.seen().length > 0 && peopleOf(ear.raw).length > 0, "Asha's pointer and state");
    expect(new Set(ear.seen().map((cursor) => cursor.client))).toEqual(new Set([asha.id]));
    expect(new Set(peopleOf(ear.raw))).toEqual(new Set([asha.id]));
  }
  expect(observer.raw.closed).toBeNull();
});

it('[P4][N1] pointers cross processes, and do not outlive the one that they came through', async () => {
  const bus = createMemoryBus();
  const lesson = aLesson();
  const [here, there] = [await world({ bus }), await world({ bus })];
  const asha = await client(here, ASHA, lesson);
  const rohan = await client(there, ROHAN, lesson);
  // Their process may let go of it before its tick told anybody: the latest counts, and it is said again.
  const arrived = (): boolean => {
    asha.raw.send(say({ client: asha.id, at: at(12) }));
    return rohan.seen().some((cursor) => cursor.at !== null);
  };
  await until(arrived, 'the pointer from elsewhere');
  expect(rohan.seen().find((cursor) => cursor.at !== null)).toEqual({ client: asha.id, at: at(12) });
  // Nobody there says to be here under this id (no awareness), as when the process is gone.
  await until(() => rohan.seen().at(-1)?.at === null, 'the pointer to be gone');
});

it('[P4] a pointer takes at most eight bytes on the wire', () => {
  const cursors = Array.from({ length: 200 }, (_, i) => ({ client: i + 1, at: at(i % 2 === 0 ? 4_000 : -4_000) }));
  const message = cursorsMessage(cursors);
  expect(message.length / cursors.length).toBeLessThanOrEqual(8);
  expect(readCursors(message.subarray(1))).toEqual(cursors);
});
