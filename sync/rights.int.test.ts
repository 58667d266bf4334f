/** What the host allows, over real sockets at two processes. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import type { Ticket } from '#events/access/ticket.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readBoard } from './documents/board-reader.ts';
import { addPage, changeItems, changePage, eraseStrokes, putFigure } from './documents/board-writer.ts';
import { FIRST_PAGE } from './documents/board.ts';
import { readMessages } from './documents/chat-reader.ts';
import { postMessage } from './documents/chat-writer.ts';
import { MOST_OWN_PAGES, readPages } from './documents/pages.ts';
import { readRights, setRights, type RightsChange } from './documents/rights.ts';
import {
  ASHA,
  BUSINESS_NOW,
  ROHAN,
  Raw,
  TUTOR,
  aLesson,
  startWorld,
  until,
  type Stock,
  type World,
} from './testing/harness.server.ts';

let db: Database;
let one: World;
let two: World;
beforeAll(async () => {
  db = await openPglite(null);
});
beforeEach(async () => {
  const bus = createMemoryBus();
  [one, two] = [await startWorld({ db, bus }), await startWorld({ db, bus })];
});
afterEach(async () => {
  await one.close();
  await two.close();
});
afterAll(() => db.close());

const draw = (doc: Y.Doc, who: typeof ASHA): string =>
  putFigure(doc, who, { kind: 'line', z: 1, pen: 0, size: 3, page: FIRST_PAGE, at: [0, 0, 9, 9], text: '' });
const has = (doc: Y.Doc, key: string): boolean => readBoard(doc).get(key) !== undefined;
const CLASS = [ASHA.personId, ROHAN.personId];
const hostAt = async (world: World, name: string, lessonId: string): Promise<Stock> =>
  world.stock(TUTOR, name, { ticket: await world.ticket(TUTOR, lessonId, { role: 'host', ownOf: CLASS }) });
const says = (host: Stock, ...changes: readonly RightsChange[]): void =>
  setRights(host.doc, TUTOR.personId, ...changes);
/** The latest standing that a socket heard: empty when it may write. */
const standing = (raw: Raw): string | null => {
  const last = raw.heard.findLast(([type]) => type === 102);
  return last ? Buffer.from(last.subarray(3)).toString() : null;
};
const listen = async (world: World, who: typeof ASHA, name: string, lessonId: string): Promise<Raw> => {
  const ticket = await world.ticket(who, lessonId, { ownOf: [who.personId] });
  return Raw.open(`${world.url}/${name}?ack=1&ticket=${ticket}`);
};
const took = async (holds: () => boolean): Promise<number> => {
  const from = performance.now();
  await until(holds, 'what the host said to arrive');
  return performance.now() - from;
};

describe('rights', () => {
  it('[R3] taken away reach open sockets at every process within a second, and come back as quickly', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const host = await hostAt(one, name, lessonId);
    const asha = await one.stock(ASHA, name);
    const rohan = await two.stock(ROHAN, name);
    const ears = [await listen(one, ASHA, name, lessonId), await listen(two, ROHAN, name, lessonId)];
    await until(() => ears.every((raw) => standing(raw) === ''), 'everybody to be told that they may write');
    const before = draw(rohan.doc, ROHAN);
    says(host, { kind: 'write', value: 'nobody' });
    expect(await took(() => ears.every((raw) => standing(raw) === 'no-write'))).toBeLessThan(5_000);
    const [fromAsha, fromRohan] = [draw(asha.doc, ASHA), draw(rohan.doc, ROHAN)];
    await until(() => asha.refusals.length + rohan.refusals.length === 2, 'both to be refused');
    expect([...asha.refusals, ...rohan.refusals]).toEqual(['no-write', 'no-write']);
    says(host, { kind: 'may', personId: ROHAN.personId, value: true });
    expect(await took(() => ears.map(standing).join() === 'no-write,')).toBeLessThan(5_000);
    const allowed = draw(rohan.doc, ROHAN);
    await until(() => has(host.doc, allowed), 'Rohan’s line to reach the host');
    expect([before, fromAsha, fromRohan].map((key) => has(host.doc, key))).toEqual([true, false, false]);
    // Whoever comes now is judged by what is stored.
    asha.end();
    says(host, { kind: 'closed', value: true });
    const late = await listen(two, ASHA, name, lessonId);
    await until(() => standing(late) === 'board-locked', 'a newcomer to be told');
    const own = draw(host.doc, TUTOR);
    await until(() => has(rohan.doc, own), 'the host to write all the same');
  });

  it('[R3] hold after every process forgot the document', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const host = await hostAt(one, name, lessonId);
    says(host, { kind: 'lock', page: FIRST_PAGE, value: true });
    const asha = await one.stock(ASHA, name);
    await until(() => readRights(asha.doc, 'board').locked.size === 1, 'the lock to arrive');
    host.end();
    asha.end();
    await until(() => one.sync.stats().rooms === 0, 'the room to be forgotten');
    const again = await two.stock(ASHA, name);
    draw(again.doc, ASHA);
    await until(() => again.refusals.length === 1, 'the refusal');
    expect(again.refusals).toEqual(['page-locked']);
  });

  it('[R6] tell the lesson what the host said, once, and nobody’s refused work', async () => {
    const lessonId = aLesson();
    const host = await hostAt(one, `board:${lessonId}`, lessonId);
    const chat = await hostAt(two, `chat:${lessonId}`, lessonId);
    says(host, { kind: 'closed', value: true }, { kind: 'turn', page: FIRST_PAGE });
    says(host, { kind: 'at', page: '1.2' });
    const asha = await two.stock(ASHA, `board:${lessonId}`);
    await until(() => readRights(asha.doc, 'board').closed, 'the board to be closed for Asha');
    draw(asha.doc, ASHA);
    await until(() => asha.refusals.length === 1, 'Asha to be refused');
    says(host, { kind: 'reveal', personId: ASHA.personId });
    says(chat, { kind: 'mute', personId: ASHA.personId, value: true }, { kind: 'pin', message: '1.0', value: true });
    // Both processes may tell the same: it is one command, which the log takes once.
    const words = (): unknown[] => [
      ...new Map(
        [...one.commands, ...two.commands].flatMap((command) =>
          command.type === 'NoteRights' ? [[JSON.stringify(command.data), command.data] as const] : [],
        ),
      ).values(),
    ];
    await until(() => words().length === 5, 'five facts');
    const by = { lessonId, personId: TUTOR.personId, at: BUSINESS_NOW };
    expect(words()).toEqual([
      { ...by, word: { type: 'BoardLocked', page: null, state: 'locked' } },
      { ...by, word: { type: 'PageTurned', page: FIRST_PAGE } },
      { ...by, word: { type: 'PageTurned', page: '1.2' } },
      { ...by, word: { type: 'BoardRevealed', studentId: ASHA.personId } },
      { ...by, word: { type: 'ParticipantMuted', studentId: ASHA.personId, state: 'muted' } },
    ]);
    const worked = [...one.commands, ...two.commands].flatMap((command) =>
      command.type === 'NoteWork' ? [command.data.personId] : [],
    );
    expect(worked).not.toContain(ASHA.personId);
  });
});

describe('what is on the board', () => {
  it('[A14] stays as it is when the host has locked it, at every process, and is its author’s again when not', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const host = await hostAt(one, name, lessonId);
    const rohan = await two.stock(ROHAN, name);
    const key = draw(rohan.doc, ROHAN);
    await until(() => has(host.doc, key), 'the line to reach the host');
    const lock = (value: boolean): void => changeItems(host.doc, TUTOR, [{ key, aspect: 'lock', value }]);
    lock(true);
    await until(() => readBoard(rohan.doc).get(key)?.locked === true, 'the lock to arrive');
    eraseStrokes(rohan.doc, ROHAN, [key]);
    await until(() => rohan.refusals.length === 1, 'the refusal');
    expect([rohan.refusals, readBoard(host.doc).get(key)?.erased]).toEqual([['item-locked'], false]);
    lock(false);
    const again = await two.stock(ROHAN, name);
    await until(() => readBoard(again.doc).get(key)?.locked === false, 'the end of the lock to arrive');
    eraseStrokes(again.doc, ROHAN, [key]);
    await until(() => readBoard(host.doc).get(key)?.erased === true, 'the line to go');
  });

  it('[A10] [A15] pages: a student arranges their own board, and has twenty of them on the class’s', async () => {
    const lessonId = aLesson();
    const ticket = await one.ticket(ASHA, lessonId, { ownOf: [ASHA.personId] });
    const own = await one.stock(ASHA, `board:${lessonId}:${ASHA.personId}`, { ticket });
    const common = await one.stock(ASHA, `board:${lessonId}`, { ticket });
    const host = await hostAt(two, `board:${lessonId}`, lessonId);
    const watching = await hostAt(two, `board:${lessonId}:${ASHA.personId}`, lessonId);
    const page = { order: 0, paper: 'ruled', gone: false } as const;
    changePage(own.doc, ASHA, FIRST_PAGE, page);
    await until(() => readPages(watching.doc)[0]?.paper === 'ruled', 'the paper to reach the host');
    for (let n = 0; n < MOST_OWN_PAGES; n += 1) addPage(common.doc, ASHA, { ...page, order: -n - 1 });
    await until(() => readPages(host.doc).length === MOST_OWN_PAGES + 1, 'the pages to reach the host');
    addPage(common.doc, ASHA, { ...page, order: -99 });
    await until(() => common.refusals.length === 1, 'the refusal');
    expect([own.refusals, common.refusals, readPages(host.doc).length]).toEqual([[], ['too-many-pages'], 21]);
  });
});

describe('what the host said before a process died', () => {
  it('[R6] is told by the next one that opens the document, if it was not', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    let die = (): void => undefined;
    one.submitting = () => new Promise<never>((_, reject) => (die = () => reject(new Error('gone'))));
    try {
      const host = await hostAt(one, name, lessonId);
      says(host, { kind: 'follow', value: true }, { kind: 'write', value: 'nobody' });
      says(host, { kind: 'follow', value: false });
      const seen = await two.stock(ROHAN, name);
      await until(() => readRights(seen.doc, 'board').write === 'nobody', 'the word to be stored');
      const three = await startWorld({ db });
      await three.stock(ASHA, name);
      const words = (): unknown[] =>
        three.commands.flatMap((command) => (command.type === 'NoteRights' ? [command.data.word] : []));
      await until(() => words().length === 2, 'both words');
      expect(words()).toEqual([
        { type: 'WritingChanged', studentId: null, writing: 'nobody' },
        { type: 'FollowingLocked', state: 'free' },
      ]);
      await three.close();
    } finally {
      die();
    }
  });
});

describe('a student’s own documents', () => {
  it('[R5] are theirs and the host’s', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}:${ASHA.personId}`;
    const ticket = await one.ticket(ASHA, lessonId, { ownOf: [ASHA.personId] });
    const asha = await one.stock(ASHA, name, { ticket });
    const host = await hostAt(two, name, lessonId);
    const key = draw(asha.doc, ASHA);
    await until(() => has(host.doc, key), 'the host to see it');
    const answer = draw(host.doc, TUTOR);
    await until(() => has(asha.doc, answer), 'Asha to see the answer');
    for (const document of [name, `chat:${lessonId}:${ASHA.personId}`]) {
      const rohan = await listen(one, ROHAN, document, lessonId);
      await until(() => rohan.closed !== null, 'Rohan to be sent away');
      expect(rohan.closed).toEqual({ code: 4403, reason: 'forbidden' });
    }
  });

  it('[R5] a private line is open as long as the lesson’s chat says so', async () => {
    const lessonId = aLesson();
    const name = `chat:${lessonId}:${ASHA.personId}`;
    const line = await two.stock(ASHA, name, { ticket: await two.ticket(ASHA, lessonId, { ownOf: [ASHA.personId] }) });
    const ear = await listen(two, ASHA, name, lessonId);
    const host = await hostAt(one, `chat:${lessonId}`, lessonId);
    postMessage(line.doc, ASHA, 'May I ask?', Date.now());
    says(host, { kind: 'private', value: false });
    expect(await took(() => standing(ear) === 'private-closed')).toBeLessThan(5_000);
    postMessage(line.doc, ASHA, 'Still?', Date.now());
    await until(() => line.refusals.length === 1, 'the refusal');
    const other = await hostAt(one, name, lessonId);
    await until(() => readMessages(other.doc).length > 0, 'the line at the other process');
    expect(readMessages(other.doc).map(({ text }) => text)).toEqual(['May I ask?']);
  });

  it('[R5] are open to everybody to read while the host shows them, and to nobody a second later', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}:${ASHA.personId}`;
    const asha = await one.stock(ASHA, name, { ticket: await one.ticket(ASHA, lessonId, { ownOf: [ASHA.personId] }) });
    const key = draw(asha.doc, ASHA);
    const host = await hostAt(one, `board:${lessonId}`, lessonId);
    says(host, { kind: 'reveal', personId: ASHA.personId });
    const common = await two.stock(ROHAN, `board:${lessonId}`);
    await until(() => readRights(common.doc, 'board').reveal === ASHA.personId, 'Rohan to hear of it');
    const ear = await listen(two, ROHAN, name, lessonId);
    const rohan = await two.stock(ROHAN, name, { ticket: await two.ticket(ROHAN, lessonId) });
    await until(() => has(rohan.doc, key), 'Rohan to see Asha’s board');
    await until(() => standing(ear) === 'observer', 'Rohan to be told that he only watches');
    draw(rohan.doc, ROHAN);
    await until(() => rohan.refusals.length === 1, 'Rohan to be kept from writing there');
    // Another's stays shut, and so does one in another lesson.
    for (const shut of [`board:${lessonId}:${TUTOR.personId}`, `board:${aLesson()}:${ASHA.personId}`]) {
      const raw = await listen(two, ROHAN, shut, lessonId);
      await until(() => raw.closed !== null, 'Rohan to be sent away');
      expect(raw.closed).toEqual({ code: 4403, reason: 'forbidden' });
    }
    says(host, { kind: 'reveal', personId: null });
    expect(await took(() => ear.closed !== null)).toBeLessThan(5_000);
    expect(ear.closed).toEqual({ code: 4403, reason: 'not-revealed' });
    const late = await listen(one, ROHAN, name, lessonId);
    await until(() => late.closed !== null, 'Rohan to be sent away');
    expect(asha.provider.wsconnected).toBe(true);
  });

  it('[R5] [AC13] are not shown to a ticket that does not open the lesson’s board: of an observer not in the room, or at the door', async () => {
    const lessonId = aLesson();
    const name = `board:${lessonId}:${ASHA.personId}`;
    const asha = await one.stock(ASHA, name, { ticket: await one.ticket(ASHA, lessonId, { ownOf: [ASHA.personId] }) });
    draw(asha.doc, ASHA);
    const host = await hostAt(one, `board:${lessonId}`, lessonId);
    says(host, { kind: 'reveal', personId: ASHA.personId });
    const outside = [
      { role: 'observer', documents: {} },
      { role: 'observer', documents: { [`chat:${lessonId}`]: [] } },
      { role: 'participant', documents: {}, admission: 'ask' },
    ] as const;
    const reads = async (more: Partial<Ticket>): Promise<Raw> => {
      const ticket = await one.ticket(ROHAN, lessonId, { ownOf: [], ...more });
      return Raw.open(`${one.url}/${name}?ack=1&ticket=${ticket}`);
    };
    const common = await one.stock(ROHAN, `board:${lessonId}`);
    await until(() => readRights(common.doc, 'board').reveal === ASHA.personId, 'the board to be shown');
    // Once they are in the room it is open to them.
    const inside = await reads({ role: 'observer', documents: { [`board:${lessonId}`]: [] } });
    await until(() => inside.heard.length > 0, 'the observer in the room to read it');
    for (const more of outside) {
      const raw = await reads(more);
      await until(() => raw.closed !== null, 'the one outside to be sent away');
      expect(raw.closed).toEqual({ code: 4403, reason: 'forbidden' });
      expect(raw.heard).toEqual([]);
    }
    expect(inside.closed).toBeNull();
    inside.end();
  });
});
