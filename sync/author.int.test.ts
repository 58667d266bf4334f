/** Server-side authors: seen live, durable when they say so, never without an end. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { newId } from '#events/shared/ids.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readChat, readMessages, type ChatMessage } from './documents/chat-reader.ts';
import { postMessage } from './documents/chat-writer.ts';
import { setRights } from './documents/rights.ts';
import { ASHA, BUSINESS_NOW, TUTOR, aLesson, startWorld, until, type World } from './testing/harness.server.ts';

const AI = { personId: 'ai-tutor', name: 'AI tutor' };
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
  vi.restoreAllMocks();
  for (const one of worlds.splice(0)) await one.close();
});
afterAll(() => db.close());

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const lastOf = (doc: Y.Doc): ChatMessage | undefined => readMessages(doc).at(-1);
/** What another process would find: only what is stored. */
async function stored(name: string): Promise<readonly ChatMessage[]> {
  const late = await world();
  const doc = new Y.Doc();
  const update = await late.sync.snapshot(name);
  if (update) Y.applyUpdate(doc, update);
  return readMessages(doc);
}

describe('a server-side author', () => {
  it('[A13] [C6] speaks under its own name, and grows before everyone’s eyes at a tenth of a second', async () => {
    const bus = createMemoryBus();
    const [one, other] = [await world({ bus }), await world({ bus })];
    const name = `chat:${aLesson()}`;
    const [asha, tutor] = [await one.stock(ASHA, name), await other.stock(TUTOR, name)];
    const question = postMessage(asha.doc, ASHA, 'Why curve minus line?', Date.now()) ?? '';
    await until(() => lastOf(tutor.doc)?.key === question, 'the question at the other process');
    const author = one.sync.author(name, AI);
    const posted = await author.post('Let me see.', question);
    await until(() => lastOf(tutor.doc)?.text === 'Let me see.', 'the post at the other process');
    expect(lastOf(tutor.doc)).toMatchObject({ key: posted, author: AI, re: question, n: 2 });

    const steps: string[] = [];
    const reader = readChat(tutor.doc);
    reader.onChange(() => steps.push(reader.list.at(-1)?.text ?? ''));
    const stream = author.stream(question);
    const words = Array.from({ length: 60 }, (_, i) => `word${i} `);
    for (const word of words) {
      stream.append(word);
      await pause(12);
    }
    expect(lastOf(asha.doc)).toMatchObject({ author: AI, live: 'growing' });
    const key = await stream.finish();
    const whole = { key, text: words.join(''), live: null, author: AI };
    expect((await stored(name)).at(-1)).toMatchObject(whole);
    await until(() => lastOf(asha.doc)?.live === null && lastOf(tutor.doc)?.live === null, 'the end of it');
    expect([lastOf(asha.doc), lastOf(tutor.doc)]).toMatchObject([whole, whole]);
    const grown = steps.filter((step) => step !== '').length;
    expect(grown).toBeGreaterThan(4);
    expect(grown).toBeLessThan(16);
    expect(one.commands.filter(({ data }) => 'personId' in data && data.personId === AI.personId)).toEqual([]);
    await author.close();
  });

  it('[A13] is left with an end when it is broken off: by its owner, by the end of the process, or later', async () => {
    const one = await world();
    const name = `chat:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const author = one.sync.author(name, AI);
    author.stream().append('First, ');
    await until(() => lastOf(asha.doc)?.text === 'First, ', 'the beginning');
    await author.close();
    await until(() => lastOf(asha.doc)?.live === 'cut', 'the break');
    await expect(author.post('too late')).rejects.toMatchObject({ reason: 'closed' });

    one.sync.author(name, AI).stream().append('Second, ');
    await until(() => lastOf(asha.doc)?.text === 'Second, ', 'the second beginning');
    await one.sync.drain();
    expect((await stored(name)).map(({ text, live }) => [text, live])).toEqual([
      ['First, ', 'cut'],
      ['Second, ', 'cut'],
    ]);
  });

  it('[A13] ends what a process that is gone has left unfinished', async () => {
    const bus = createMemoryBus();
    const one = await world({ bus });
    const name = `chat:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    one.sync.author(name, AI).stream().append('And then');
    await until(() => lastOf(asha.doc)?.text === 'And then', 'the words');
    await expect.poll(async () => (await stored(name)).length, { timeout: 10_000 }).toBe(1);
    const other = await world({ bus });
    const now = Date.now();
    vi.spyOn(Date, 'now').mockImplementation(() => now + 6 * 60_000);
    const next = other.sync.author(name, AI);
    await next.post('Here again');
    expect((await stored(name)).map(({ text, live }) => [text, live])).toEqual([
      ['And then', 'cut'],
      ['Here again', null],
    ]);
  });

  it('[K1] hears that it was said only when it is stored', async () => {
    let gate = Promise.resolve();
    let release = (): void => undefined;
    const slow: Database = new Proxy(db, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (key !== 'query' || typeof value !== 'function') return value;
        return async (...args: unknown[]): Promise<unknown> => {
          await gate;
          return value.apply(target, args);
        };
      },
    });
    const one = await startWorld({ db: slow });
    worlds.push(one);
    const name = `chat:${aLesson()}`;
    const asha = await one.stock(ASHA, name);
    const author = one.sync.author(name, AI);
    await author.post('Here');
    gate = new Promise((resolve) => (release = resolve));
    const said: string[] = [];
    const stream = author.stream();
    stream.append('Slowly');
    void stream.finish().then(() => said.push('finished'));
    void author.post('Too').then(() => said.push('posted'));
    await until(() => readMessages(asha.doc).length === 3 && readMessages(asha.doc)[1]?.live === null, 'the words');
    await pause(150);
    expect(said).toEqual([]);
    release();
    await until(() => said.length === 2, 'both to be said');
  });

  it('[E1] is refused with a reason when the lesson is over, and speaks in a chat that is closed for others', async () => {
    const one = await world();
    const lessonId = aLesson();
    const name = `chat:${lessonId}`;
    const tutor = await one.stock(TUTOR, name, { ticket: await one.ticket(TUTOR, lessonId, { role: 'host' }) });
    setRights(tutor.doc, TUTOR.personId, { kind: 'closed', value: true });
    const author = one.sync.author(name, AI);
    await author.post('As you asked');
    const stream = author.stream();
    stream.append('Then');
    await until(() => lastOf(tutor.doc)?.text === 'Then', 'the words');
    const event = {
      id: newId(),
      type: 'LessonEnded',
      data: { lessonId },
      meta: {
        commandId: newId(),
        correlationId: 'c',
        causationId: 'c',
        actor: { kind: 'system', id: 'test' } as const,
        occurredAt: BUSINESS_NOW,
        schemaVersion: 1,
      },
    };
    await one.store.append(`lesson-${lessonId}`, 'any', [event]);
    await until(async () => {
      try {
        await author.post('more');
        return false;
      } catch (error) {
        expect(error).toMatchObject({ reason: 'lesson-ended' });
        return true;
      }
    }, 'the refusal');
    await expect(stream.finish()).rejects.toMatchObject({ reason: 'lesson-ended' });
    expect(() => one.sync.author(`board:${lessonId}`, AI)).toThrow('There is no chat');
    await author.close();
  });
});
