/** The chat of a conversation: who is let in, who is sent away, and what is told of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { directIdOf, groupIdFrom } from '#events/conversation/ids.ts';
import { chatOf, CONVERSATION_NEWS } from '#events/conversation/names.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readMessages } from './documents/chat-reader.ts';
import type { Limits } from './limits.ts';
import { markRead, postMessage } from './documents/chat-writer.ts';
import { ASHA, ROHAN, Raw, aLesson, officeAt, startWorld, until, type World } from './testing/harness.server.ts';

const MINUTE = 60_000;
let db: Database;
const worlds: World[] = [];
const news: unknown[] = [];

async function world(store: EventStore = inMemoryStore(), limits: Partial<Limits> = {}): Promise<World> {
  const bus = createMemoryBus();
  await bus.subscribe(CONVERSATION_NEWS, (message) => void news.push(message));
  const one = await startWorld({ db, store, bus, limits });
  worlds.push(one);
  return one;
}
beforeAll(async () => {
  db = await openPglite(null);
});
afterEach(async () => {
  for (const one of worlds.splice(0)) await one.close();
  news.length = 0;
});
afterAll(() => db.close());

const aGroup = (): string => groupIdFrom('p', aLesson());
const aPair = (): string => directIdOf(ASHA.personId, aLesson());

async function append(one: World, conversationId: string, type: string, data: object): Promise<void> {
  const id = aLesson();
  const actor = { kind: 'system', id: 't' } as const;
  const meta = { commandId: id, correlationId: 'c', causationId: 'c', actor, occurredAt: 0, schemaVersion: 1 };
  await one.store.append(`conversation-${conversationId}`, 'any', [
    { id, type, data: { conversationId, at: 0, ...data }, meta },
  ]);
}
const open = async (one: World, conversationId: string, ticket: string): Promise<Raw> =>
  Raw.open(`${one.url}/${encodeURIComponent(chatOf(conversationId))}?ticket=${ticket}`);
/** Resolves once the document or a refusal is there. */
async function opened(one: World, conversationId: string, ticket: string): Promise<Raw> {
  const raw = await open(one, conversationId, ticket);
  await until(() => raw.heard.length > 0 || raw.closed !== null, 'an answer');
  return raw;
}
/** As `join` gives one now: good for longer than any that was given before. */
const fresh = (conversationId: string, who: typeof ASHA, role: 'participant' | 'observer'): string =>
  officeAt(Date.now).sign({
    lessonId: conversationId,
    ...who,
    role,
    documents: { [chatOf(conversationId)]: [] },
    expiresAt: Date.now() + 15 * MINUTE,
  });

describe('who is in a conversation', () => {
  it('[T5] is sent away within a second when removed, or gone by themselves; the others stay', async () => {
    const one = await world();
    for (const [type, data] of [
      ['MemberRemoved', { personId: ASHA.personId, by: ROHAN.personId }],
      ['MemberLeft', { personId: ASHA.personId }],
    ] as const) {
      const group = aGroup();
      const ticket = await one.ticket(ASHA, group);
      const asha = await opened(one, group, ticket);
      const rohan = await opened(one, group, await one.ticket(ROHAN, group));
      const from = Date.now();
      await append(one, group, type, data);
      await until(() => asha.closed !== null, 'Asha to be sent away', 3_000);
      expect(Date.now() - from).toBeLessThan(5_000);
      expect(asha.closed).toEqual({ code: 4403, reason: 'removed' });
      expect(rohan.closed).toBeNull();
      expect((await opened(one, group, ticket)).closed?.code).toBe(4401);
      await append(one, group, 'MemberJoined', { personId: ASHA.personId, why: 'invitation' });
      await until(async () => (await opened(one, group, ticket)).closed === null, 'Asha to be let in again');
    }
  });

  it('[T5] stays out of a server that started after they were removed', async () => {
    const store = inMemoryStore();
    const first = await world(store);
    const group = aGroup();
    const ticket = await first.ticket(ASHA, group);
    await append(first, group, 'MemberRemoved', { personId: ASHA.personId, by: ROHAN.personId });
    const second = await world(store);
    expect((await opened(second, group, ticket)).closed).toEqual({ code: 4403, reason: 'removed' });
  });

  it('[T6] comes again with a fresh ticket when one of the two blocks the other, and may then only read', async () => {
    const one = await world();
    const pair = aPair();
    const both = await Promise.all([ASHA, ROHAN].map(async (who) => [who, await one.ticket(who, pair)] as const));
    const sockets = await Promise.all(both.map(([, ticket]) => opened(one, pair, ticket)));
    await append(one, pair, 'WriterBlocked', { personId: ASHA.personId, by: ROHAN.personId });
    for (const socket of sockets) {
      await until(() => socket.closed !== null, 'the two to be sent away', 1_000);
      expect(socket.closed).toEqual({ code: 4401, reason: 'ticket-expired' });
    }
    for (const [, ticket] of both) expect((await opened(one, pair, ticket)).closed?.code).toBe(4401);

    const reading = await one.stock(ASHA, chatOf(pair), { ticket: fresh(pair, ASHA, 'observer') });
    postMessage(reading.doc, ASHA, 'Are you there?', Date.now());
    await until(() => reading.refusals.includes('observer'), 'a refusal');
    expect(await one.sync.snapshot(chatOf(pair))).toBeNull();

    await append(one, pair, 'WriterUnblocked', { personId: ASHA.personId, by: ROHAN.personId });
    await until(() => !reading.provider.wsconnected, 'Asha to be asked for a fresh ticket', 1_000);
    const writing = await one.stock(ASHA, chatOf(pair), { ticket: fresh(pair, ASHA, 'participant') });
    postMessage(writing.doc, ASHA, 'Thank you.', Date.now());
    await until(async () => (await one.sync.stored(new Map([[chatOf(pair), 0]]))).size > 0, 'it to be stored');
  });

  it('[T6] whose other one is gone for good comes again, too', async () => {
    const one = await world();
    const pair = aPair();
    const asha = await opened(one, pair, await one.ticket(ASHA, pair));
    const rohan = await opened(one, pair, await one.ticket(ROHAN, pair));
    await append(one, pair, 'DirectEnded', { personId: ASHA.personId, otherId: ROHAN.personId });
    await until(() => asha.closed !== null && rohan.closed !== null, 'both to be sent away', 1_000);
    expect([asha.closed?.code, rohan.closed?.code]).toEqual([4403, 4401]);
  });

  it('[T6] and owns it from now on gets a ticket that says so', async () => {
    const one = await world();
    const group = aGroup();
    const ticket = await one.ticket(ROHAN, group);
    const rohan = await opened(one, group, ticket);
    await append(one, group, 'GroupHandedOver', { by: ASHA.personId, personId: ROHAN.personId });
    await until(() => rohan.closed !== null, 'Rohan to be asked for a fresh ticket', 1_000);
    expect(rohan.closed?.code).toBe(4401);
    // The old one gave less, so it may still be used.
    expect((await opened(one, group, ticket)).closed).toBeNull();
  });
});

describe('what is written in a conversation', () => {
  it('[F2] is told to the pages, once for what comes together, and to no lesson', async () => {
    const one = await world();
    const group = aGroup();
    const [asha, rohan] = [await one.stock(ASHA, chatOf(group)), await one.stock(ROHAN, chatOf(group))];
    for (let n = 0; n < 5; n += 1) postMessage(asha.doc, ASHA, `Line ${n}`, Date.now());
    await until(() => readMessages(rohan.doc).length === 5, 'Rohan to see it');
    await until(() => news.length > 0, 'news');
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(news).toEqual([{ conversationId: group, alsoFor: [] }]);
    // So do read marks: other pages of the same person show them.
    markRead(rohan.doc, ROHAN.personId, 5);
    await until(() => news.length === 2, 'news of what was read');
    expect(one.commands).toEqual([]);
  });

  it('[F3] is told to the conversation as far as it is for somebody: whom, by whom, and when they have seen it', async () => {
    const one = await world(inMemoryStore(), { addressedMs: 60 });
    const [pair, group] = [aPair(), aGroup()];
    const told = (): unknown[] => one.commands.map(({ type, data }) => ({ type, ...data }));
    const asha = await one.stock(ASHA, chatOf(pair));
    postMessage(asha.doc, ASHA, 'Only for you', Date.now());
    postMessage(asha.doc, ASHA, 'Are you there?', Date.now());
    await until(() => one.commands.length > 0, 'the other one to be told of');
    // Whoever was never here has no name yet.
    expect(told()).toEqual([{ type: 'NoteAddressed', conversationId: pair, by: ASHA.personId, personId: null }]);
    const rohan = await one.stock(ROHAN, chatOf(pair));
    markRead(rohan.doc, ROHAN.personId, 2);
    await until(() => one.commands.length > 1, 'Rohan to have caught up');
    expect(told().slice(1)).toEqual([{ type: 'NoteCaughtUp', conversationId: pair, personId: ROHAN.personId }]);
    const [first, second] = [await one.stock(ASHA, chatOf(group)), await one.stock(ROHAN, chatOf(group))];
    postMessage(first.doc, ASHA, 'To everybody', Date.now());
    postMessage(first.doc, ASHA, `To <@${ROHAN.personId}> and <@nobody>`, Date.now());
    await until(() => one.commands.length > 3, 'those to be told of who are named');
    const named = { type: 'NoteAddressed', conversationId: group, by: ASHA.personId };
    expect(told().slice(2)).toEqual([
      { ...named, personId: ROHAN.personId },
      { ...named, personId: 'nobody' },
    ]);
    markRead(second.doc, ROHAN.personId, 1);
    postMessage(second.doc, ROHAN, 'Not read yet', Date.now());
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(one.commands.length).toBe(4);
    markRead(second.doc, ROHAN.personId, 3);
    await until(() => one.commands.length > 4, 'Rohan to have caught up there, too');
    expect(told().slice(4)).toEqual([{ type: 'NoteCaughtUp', conversationId: group, personId: ROHAN.personId }]);
    expect(JSON.stringify(one.commands)).not.toMatch(/Only for you|everybody/);
  });

  it('[K4] is handed out as far as it is stored, to whoever knows less of it', async () => {
    const one = await world();
    const [group, other] = [aGroup(), aGroup()];
    const asha = await one.stock(ASHA, chatOf(group));
    postMessage(asha.doc, ASHA, 'First', Date.now());
    const stored = (seq: number) =>
      one.sync.stored(
        new Map([
          [chatOf(group), seq],
          [chatOf(other), 0],
        ]),
      );
    await until(async () => (await stored(0)).size > 0, 'it to be stored');
    const copy = (await stored(0)).get(chatOf(group));
    const doc = new Y.Doc();
    for (const update of copy?.updates ?? []) Y.applyUpdate(doc, update);
    expect(readMessages(doc).map(({ text }) => text)).toEqual(['First']);
    expect((await stored(copy?.seq ?? 0)).size).toBe(0);
    postMessage(asha.doc, ASHA, 'Second', Date.now());
    await until(async () => (await stored(copy?.seq ?? 0)).size > 0, 'the second to be stored');
  });
});
