import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { readBoard } from '#sync/documents/board-reader.ts';
import { beginStroke } from '#sync/documents/board-writer.ts';
import { postMessage } from '#sync/documents/chat-writer.ts';
import { IN_REPLAY, LESSON_ENDED, PARTLY, type Clocks, type Kept } from './contract.ts';
import { UNTOUCHED_MS, handInLesson, lookAfter, type HandInPorts } from './hand-in.ts';
import type { Taken } from '../late.ts';
import { memoryKept } from './memory.ts';
import { leftoversOf, throwAway } from './store.ts';

const ASHA = { personId: 'p-asha', name: 'Asha' };
const LESSON = { lessonId: 'l', code: 'nx-a' };
const NOW = 1_000_000;

const clocksOf = (doc: Y.Doc): Clocks => Y.decodeStateVector(Y.encodeStateVector(doc));

async function keepBoard(kept: Kept, name: string, code: string, client: number): Promise<void> {
  const doc = new Y.Doc();
  doc.clientID = client;
  const stroke = beginStroke(doc, ASHA, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([{ x: 1, y: 1, pressure: 0 }]);
  stroke.seal();
  await kept.write(name, code, [Y.encodeStateAsUpdate(doc)], clocksOf(doc));
}
async function keepChat(kept: Kept, name: string, code: string, client: number): Promise<void> {
  const doc = new Y.Doc();
  doc.clientID = client;
  postMessage(doc, ASHA, 'Are you there?', NOW);
  await kept.write(name, code, [Y.encodeStateAsUpdate(doc)], clocksOf(doc));
}

/** A server that takes what it has not seen, and a lesson that is over or not. */
function server(over: boolean | null, ways: { fails?: boolean; answer?: Taken } = {}) {
  const board = new Y.Doc();
  const asked: string[] = [];
  const posted: string[] = [];
  const ports: HandInPorts = {
    now: () => NOW + UNTOUCHED_MS,
    isOver: async (code, personId) => {
      asked.push(`${code} ${personId}`);
      return over;
    },
    send: async (code, personId, { name, unsent }) => {
      if (ways.fails) throw new Error('No connection');
      posted.push(`${code} ${personId} ${name}`);
      const before = Y.encodeStateVector(board);
      Y.applyUpdate(board, unsent);
      return ways.answer ?? (Buffer.compare(before, Y.encodeStateVector(board)) === 0 ? 'nothing' : 'kept');
    },
  };
  return { board, asked, posted, ports };
}

const NOTHING = { sent: [], waits: [], soon: false };

describe('what waits on a device', () => {
  it('OF11 is handed in once where the lesson is over, from any page and as its author; of a message it is said that it waits', async () => {
    const kept = memoryKept(ASHA.personId, () => NOW);
    await keepBoard(kept, 'board:l', LESSON.code, 5);
    await keepChat(kept, 'chat:l', LESSON.code, 6);
    const { board, posted, ports } = server(true);
    expect(await lookAfter(kept, ports)).toEqual({
      sent: [{ code: LESSON.code, messages: 0, changes: 1 }],
      waits: [{ code: LESSON.code, messages: 1, changes: 0, lost: true, partly: false }],
      soon: false,
    });
    expect(posted).toEqual([`${LESSON.code} ${ASHA.personId} board:l`]);
    expect(readBoard(board).visible()).toHaveLength(1);
    // The lesson's own page still tells where it went.
    expect((await leftoversOf(kept, 'l')).map(({ reason }) => reason)).toEqual([IN_REPLAY, null]);
    expect((await lookAfter(kept, ports)).sent).toEqual([]);
    expect(posted).toHaveLength(1);
  });

  it('OF11 of a lesson that is not over is neither sent nor lost, and is said once no tab is about to send it', async () => {
    const kept = memoryKept(ASHA.personId, () => NOW);
    await keepBoard(kept, 'board:l', LESSON.code, 5);
    const { posted, ports } = server(false);
    expect(await lookAfter(kept, { ...ports, now: () => NOW + UNTOUCHED_MS - 1 })).toEqual({ ...NOTHING, soon: true });
    expect(await lookAfter(kept, ports)).toEqual({
      ...NOTHING,
      waits: [{ code: LESSON.code, messages: 0, changes: 1, lost: false, partly: false }],
    });
    expect(posted).toEqual([]);
  });

  it('OF11 asks nobody where everything is safe or told already, and says nothing of a lesson that nobody answers for', async () => {
    const kept = memoryKept(ASHA.personId, () => NOW);
    await keepBoard(kept, 'board:l', LESSON.code, 5);
    const unknown = server(null);
    expect(await lookAfter(kept, unknown.ports)).toEqual(NOTHING);
    expect(await lookAfter(kept, server(true, { fails: true }).ports)).toMatchObject({
      sent: [],
      waits: [{ changes: 1 }],
    });
    await lookAfter(kept, server(true).ports);
    const later = server(true);
    expect(await lookAfter(kept, later.ports)).toEqual(NOTHING);
    expect(later.asked).toEqual([]);
  });

  it('OF11 is sent once whatever the answer is, and what was not taken, or not all, is said to be that and can be saved', async () => {
    for (const [answer, reason] of [
      ['nothing', LESSON_ENDED],
      ['partly', PARTLY],
    ] as const) {
      const kept = memoryKept(ASHA.personId, () => NOW);
      await keepBoard(kept, 'board:l', LESSON.code, 5);
      const { posted, ports } = server(true, { answer });
      const waits = [{ code: LESSON.code, messages: 0, changes: 1, lost: true, partly: answer === 'partly' }];
      expect(await lookAfter(kept, ports)).toEqual({ sent: [], waits, soon: false });
      expect(await lookAfter(kept, ports)).toEqual({ sent: [], waits, soon: false });
      expect(posted).toHaveLength(1);
      expect(await leftoversOf(kept, 'l')).toMatchObject([{ reason, keys: [expect.any(String)] }]);
    }
  });

  it('OF6 OF11 is not said to be in the replay where something of the board was refused before', async () => {
    for (const [before, after] of [
      ['no-write', PARTLY],
      [IN_REPLAY, IN_REPLAY],
    ] as const) {
      const kept = memoryKept(ASHA.personId, () => NOW);
      await keepBoard(kept, 'board:l', LESSON.code, 5);
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      await kept.addRefused('board:l', { reason: before, keys: ['4.0'], others: [], update });
      await handInLesson(kept, LESSON, server(true).ports.send);
      expect(await leftoversOf(kept, 'l')).toMatchObject([{ reason: after, keys: ['4.0', expect.any(String)] }]);
    }
  });

  it('OF6 of one document is thrown away without what was put aside of it, and the other way round', async () => {
    for (const first of [null, 'no-write']) {
      const kept = memoryKept(ASHA.personId, () => NOW);
      await keepBoard(kept, 'board:l', LESSON.code, 5);
      const update = Y.encodeStateAsUpdate(new Y.Doc());
      await kept.addRefused('board:l', { reason: 'no-write', keys: ['4.0'], others: [], update });
      const both = await leftoversOf(kept, 'l');
      expect(both.map(({ reason }) => reason)).toEqual([null, 'no-write']);
      for (const leftover of both) if (leftover.reason === first) await throwAway(kept, leftover);
      expect((await leftoversOf(kept, 'l')).map(({ reason }) => reason)).toEqual([first === null ? 'no-write' : null]);
    }
  });

  it('OF11 is handed in by one tab, where two look at the same time', async () => {
    const kept = memoryKept(ASHA.personId, () => NOW);
    await keepBoard(kept, 'board:l', LESSON.code, 5);
    const { posted, ports } = server(true);
    // So long that the other one would have looked, too.
    const send: HandInPorts['send'] = async (...late) => {
      await new Promise((done) => setTimeout(done, 30));
      return ports.send(...late);
    };
    const both = await Promise.all([lookAfter(kept, { ...ports, send }), handInLesson(kept, LESSON, send)]);
    expect(both[0].sent.length + both[1].length).toBe(1);
    expect(both[0].waits).toEqual([]);
    expect(posted).toHaveLength(1);
  });
});
