import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { readBoard } from './documents/board-reader.ts';
import { beginStroke } from './documents/board-writer.ts';
import { postMessage } from './documents/chat-writer.ts';
import { ASHA, ROHAN, Raw, aLesson, officeAt, startWorld, until, type World } from './testing/harness.server.ts';
import { step1Message, updateMessage } from './wire/messages.ts';

let db: Database;
const worlds: World[] = [];
const world = async (
  limits: Parameters<typeof startWorld>[0]['limits'] = {},
  store: EventStore = inMemoryStore(),
): Promise<World> => {
  const one = await startWorld({ db, limits, store });
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

const MINUTE = 60_000;
const draw = (doc: Y.Doc, who: typeof ASHA): string => {
  const stroke = beginStroke(doc, who, { z: 1, pen: 0, size: 3, pressure: false });
  stroke.append([{ x: 1, y: 2, pressure: 0.5 }]);
  stroke.seal();
  return stroke.key;
};
const strokes = (doc: Y.Doc): string[] =>
  readBoard(doc)
    .visible()
    .map(({ key }) => key);
const docOf = (client: number, from?: Y.Doc): Y.Doc => {
  const doc = new Y.Doc();
  doc.clientID = client;
  if (from) Y.applyUpdate(doc, Y.encodeStateAsUpdate(from));
  // Yjs gives up an id that it finds in use.
  doc.clientID = client;
  return doc;
};
const update = (doc: Y.Doc): Buffer => updateMessage(Y.encodeStateAsUpdate(doc));
const open = async (one: World, name: string, ticket: string, more = ''): Promise<Raw> =>
  Raw.open(`${one.url}/${encodeURIComponent(name)}?ticket=${ticket}${more}`);
const codeOf = async (raw: Raw): Promise<number> => {
  await until(() => raw.closed !== null, 'the socket to be closed');
  return raw.closed?.code ?? 0;
};
async function append(one: World, lessonId: string, type: string, data: object): Promise<void> {
  const id = aLesson();
  const actor = { kind: 'system', id: 't' } as const;
  const meta = { commandId: id, correlationId: 'c', causationId: 'c', actor, occurredAt: 0, schemaVersion: 1 };
  await one.store.append(`lesson-${lessonId}`, 'any', [{ id, type, data: { ...data }, meta }]);
}

describe('who comes in', () => {
  it('[T1] is refused after the upgrade, with a code that a stock client obeys', async () => {
    const one = await world();
    const [lessonId, other] = [aLesson(), aLesson()];
    const ticket = await one.ticket(ASHA, lessonId);
    const cases: [string, string, number][] = [
      [`board:${other}`, ticket, 4403],
      [`chat:${other}`, ticket, 4403],
      [`board:${lessonId}`, await one.ticket(ASHA, lessonId, { expiresAt: Date.now() - 1_000 }), 4401],
      [`board:${lessonId}`, '', 4401],
      [`board:${lessonId}`, `${ticket.slice(0, -4)}AAAA`, 4401],
      [`board:${lessonId}`, await one.ticket(ASHA, lessonId, { documents: {} }), 4403],
      [`BOARD:${lessonId}`, ticket, 4404],
      [`board:${lessonId}/..`, ticket, 4404],
      [`board:${lessonId}\0`, ticket, 4404],
      ['__proto__', ticket, 4404],
      ['a'.repeat(8_000), ticket, 4404],
    ];
    for (const [name, given, code] of cases)
      expect([name.slice(0, 60), await codeOf(await open(one, name, given))]).toEqual([name.slice(0, 60), code]);
    const bad = await Raw.open(`${one.url}/%ff?ticket=${ticket}`);
    expect(await codeOf(bad)).toBe(4404);
    expect(one.sync.stats()).toMatchObject({ rooms: 0, sockets: 0 });
    expect(JSON.stringify(one.log.lines)).not.toContain(ticket.slice(0, 20));
  });

  it('[T2] is sent away soon after the ticket ends, and comes back with a fresh one', async () => {
    const one = await world({ ticketGraceMs: 100 });
    const lessonId = aLesson();
    const raw = await open(
      one,
      `board:${lessonId}`,
      await one.ticket(ASHA, lessonId, { expiresAt: Date.now() + 1_500 }),
    );
    expect(raw.closed).toBeNull();
    expect(await codeOf(raw)).toBe(4401);
    const again = await open(one, `board:${lessonId}`, await one.ticket(ASHA, lessonId));
    await until(() => again.heard.length > 0, 'the document');
  });

  it('[T3] is sent away within a second when taken out of the lesson, and the old ticket with them', async () => {
    const one = await world();
    const lessonId = aLesson();
    const ticket = await one.ticket(ASHA, lessonId);
    const [asha, rohan] = [
      await open(one, `board:${lessonId}`, ticket),
      await open(one, `board:${lessonId}`, await one.ticket(ROHAN, lessonId)),
    ];
    await until(() => asha.heard.length > 0, 'the document');
    const left = { lessonId, personId: ASHA.personId, connectionId: 'c', at: 0, reason: 'removed' };
    await append(one, lessonId, 'ParticipantLeft', left);
    await until(() => asha.closed !== null, 'Asha to be sent away', 3_000);
    expect(asha.closed).toEqual({ code: 4403, reason: 'removed' });
    expect(rohan.closed).toBeNull();
    expect(await codeOf(await open(one, `board:${lessonId}`, ticket))).toBe(4401);
    const readmitted = officeAt(Date.now).sign({
      lessonId,
      ...ASHA,
      role: 'participant',
      documents: { [`board:${lessonId}`]: [] },
      expiresAt: Date.now() + 15 * MINUTE,
    });
    const back = await open(one, `board:${lessonId}`, readmitted);
    await until(() => back.heard.length > 0, 'the document');
  });

  it('[T3] is sent away when their seat is given up, connected or not, until they take a seat again', async () => {
    const one = await world();
    const lessonId = aLesson();
    const [ticket, unused] = [await one.ticket(ASHA, lessonId), await one.ticket(ROHAN, lessonId)];
    const asha = await open(one, `board:${lessonId}`, ticket);
    await until(() => asha.heard.length > 0, 'the document');
    for (const { personId } of [ASHA, ROHAN])
      await append(one, lessonId, 'SeatGivenUp', { lessonId, bookingId: `b-${personId}`, studentId: personId });
    await until(() => asha.closed !== null, 'Asha to be sent away', 3_000);
    expect(asha.closed).toEqual({ code: 4403, reason: 'removed' });
    expect(await codeOf(await open(one, `board:${lessonId}`, ticket))).toBe(4401);
    await until(async () => (await codeOf(await open(one, `chat:${lessonId}`, unused))) === 4401, 'Rohan to stay out');
    await append(one, lessonId, 'SeatTaken', { lessonId, bookingId: 'again', studentId: ASHA.personId });
    await until(async () => {
      const back = await open(one, `board:${lessonId}`, ticket);
      await until(() => back.heard.length > 0 || back.closed !== null, 'an answer');
      return back.closed === null;
    }, 'Asha to be let in again');
  });

  it('[T3] stays out of a server that started after they were taken out', async () => {
    const store = inMemoryStore();
    const first = await world({}, store);
    const lessonId = aLesson();
    const [ticket, stays] = [await first.ticket(ASHA, lessonId), await first.ticket(ROHAN, lessonId)];
    await append(first, lessonId, 'SeatTaken', { lessonId, bookingId: 'b-r', studentId: ROHAN.personId });
    await append(first, lessonId, 'SeatGivenUp', { lessonId, bookingId: 'b', studentId: ASHA.personId });
    // More than one page of what happened since.
    const note = { lessonId, personId: ROHAN.personId, surface: 'board', minute: 0 };
    for (let n = 0; n < 250; n += 1) await append(first, lessonId, 'WorkNoted', note);
    const second = await world({}, store);
    const asha = await open(second, `board:${lessonId}`, ticket);
    await until(() => asha.closed !== null || asha.heard.length > 0, 'an answer');
    expect(asha.closed).toEqual({ code: 4403, reason: 'removed' });
    expect(asha.heard).toEqual([]);
    const rohan = await open(second, `board:${lessonId}`, stays);
    await until(() => rohan.heard.length > 0, 'the document');
  });

  it('[T4] gets ids that nobody was ever given, nor brought along', async () => {
    const one = await world();
    const name = `board:${aLesson()}`;
    const batches = await Promise.all(
      [ASHA, ROHAN, ASHA].map((who) => one.sync.allocateClientIds(name, who.personId, 5)),
    );
    const ids = batches.flat();
    expect(new Set(ids).size).toBe(15);
    const next = Math.max(...ids) + 2;
    const squatter = await one.stock(ROHAN, name, { doc: docOf(next + 20) });
    draw(squatter.doc, ROHAN);
    const more = await one.sync.allocateClientIds(name, ASHA.personId, 40);
    expect(more.length).toBe(40);
    expect(more).not.toContain(next + 20);
    expect(more.some((id) => ids.includes(id))).toBe(false);
    await expect(one.sync.allocateClientIds('board:../x', ASHA.personId, 1)).rejects.toThrow(/no document/);
  });
});

describe('what they say', () => {
  it("[A2] enters without what it forges: others' ids are cut out, and the socket stays open", async () => {
    const one = await world();
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const rohan = await one.stock(ROHAN, name);
    const [given = 0] = await one.sync.allocateClientIds(name, ROHAN.personId, 1);
    const asha = await one.stock(ASHA, name);
    const kept = draw(rohan.doc, ROHAN);
    await until(() => strokes(asha.doc).length === 1, 'the stroke to arrive');
    // Under the id that Rohan draws with, and under one that he was given and never used.
    const forger = await open(one, name, await one.ticket(ASHA, lessonId), '&ack=1');
    for (const client of [rohan.doc.clientID, given]) {
      const forged = docOf(client, rohan.doc);
      draw(forged, ROHAN);
      forger.send(update(forged));
    }
    const [own = 0] = await one.sync.allocateClientIds(name, ASHA.personId, 1);
    const honest = docOf(own);
    const fine = draw(honest, ASHA);
    forger.send(update(honest));
    await until(() => strokes(asha.doc).length === 2, 'what is her own');
    await until(() => forger.acknowledged === 3, 'all three to be settled');
    expect(strokes(asha.doc).sort()).toEqual([kept, fine].sort());
    expect(forger.closed).toBeNull();
    const late = await one.stock(ASHA, name);
    expect(Y.encodeStateAsUpdate(late.doc)).toEqual(Y.encodeStateAsUpdate(asha.doc));
  });

  it('[A7] brings a lost stroke back when its author stays away, marked as brought', async () => {
    const one = await world({ orphanMs: 300 });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const rohan = await one.stock(ROHAN, name);
    draw(rohan.doc, ROHAN);
    await until(async () => (await one.sync.snapshot(name)) !== null, 'the stroke');
    rohan.end();
    // What Rohan drew and only Asha's page still has, because a process died before it was stored.
    const lost = draw(rohan.doc, ROHAN);
    const asha = await one.stock(ASHA, name, { doc: docOf(77, rohan.doc) });
    const other = await one.stock(ASHA, name);
    expect(strokes(other.doc)).not.toContain(lost);
    await until(() => strokes(other.doc).includes(lost), 'the stroke to come back');
    expect(strokes(asha.doc)).toEqual(strokes(other.doc));
    await until(async () => {
      const rows = await db.query('SELECT person_id FROM sync_update WHERE document = $1 AND brought', [name]);
      return rows.length === 1 && rows[0]?.person_id === ASHA.personId;
    }, 'the row that says who brought it');
  });

  it.each(['board', 'chat'])(
    '[A7] tells whoever has of a %s what its author never said there, and may not be brought',
    async (surface) => {
      const one = await world({ orphanMs: 300 });
      const name = `${surface}:${aLesson()}`;
      const [given = 0] = await one.sync.allocateClientIds(name, ROHAN.personId, 1);
      const theirs = docOf(given);
      if (surface === 'board') draw(theirs, ROHAN);
      else postMessage(theirs, ROHAN, 'Never arrived', Date.now());
      const asha = await one.stock(ASHA, name, { doc: docOf(77, theirs) });
      const other = await one.stock(ASHA, name);
      await until(() => asha.refusals.length > 0, 'the word');
      expect(asha.refusals).toEqual(['orphaned']);
      expect(other.refusals).toEqual([]);
      expect([...other.doc.store.clients.keys()]).not.toContain(given);
    },
  );

  it('[W3] closes their own socket when it makes no sense, and nobody else notices', async () => {
    const one = await world();
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const [asha, rohan] = [await one.stock(ASHA, name), await one.stock(ROHAN, name)];
    const cases: [Uint8Array | string, number, string][] = [
      ['9007199254740991', 1003, 'binary-only'],
      ['1000000000', 1003, 'binary-only'],
      [new Uint8Array(0), 1002, 'malformed'],
      [Uint8Array.of(9), 1002, 'malformed'],
      [Uint8Array.of(0, 2, 0xff, 0xff, 0xff, 0x7f), 1002, 'malformed'],
      [Uint8Array.of(0, 2, 3, 1, 1, 1), 1002, 'malformed'],
      [Uint8Array.of(0, 0, 2, 1, 1), 1002, 'malformed'],
      [Uint8Array.of(1, 3, 1, 1, 1), 1002, 'malformed'],
      // Under an id that is bound first, so that it is looked at later.
      [Uint8Array.of(1, 5, 1, 99, 1, 1, 0x7b), 1002, 'malformed'],
      [new Uint8Array(5 * 1024 * 1024), 1009, 'too-large'],
    ];
    for (const [bytes, code, reason] of cases) {
      const raw = await open(one, name, await one.ticket(ASHA, lessonId));
      await until(() => raw.heard.length > 0, 'the document');
      raw.send(bytes);
      await until(() => raw.closed !== null, 'the socket to be closed');
      expect(raw.closed).toEqual({ code, reason });
    }
    draw(asha.doc, ASHA);
    await until(() => strokes(rohan.doc).length === 1, 'the others to go on');
    expect(one.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('[W4] is not relayed when no peer could write it down again: a value whose prototype is bytes', async () => {
    const one = await world();
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    draw(asha.doc, ASHA);
    const honest = docOf(77);
    honest.getMap('map').set('x', { ['__prot0__']: new Uint8Array(3) });
    const bytes = Buffer.from(Y.encodeStateAsUpdate(honest));
    bytes.write('__proto__', bytes.indexOf('__prot0__'));
    const raw = await open(one, name, await one.ticket(ROHAN, lessonId));
    await until(() => raw.heard.length > 0, 'the document');
    raw.send(updateMessage(bytes));
    await until(() => raw.closed !== null, 'the socket to be closed');
    expect(raw.closed).toEqual({ code: 1002, reason: 'malformed' });
    const late = await one.stock(ROHAN, name);
    await until(() => strokes(late.doc).length === 1, 'a newcomer to see the board');
  });

  it('[B1] closes a socket that talks without end', async () => {
    const one = await world({ messagesAtOnce: 50, messagesPerSecond: 10 });
    const lessonId = aLesson();
    const raw = await open(one, `board:${lessonId}`, await one.ticket(ASHA, lessonId));
    for (let i = 0; i < 60; i += 1) raw.send(step1Message(Uint8Array.of(0)));
    expect(await codeOf(raw)).toBe(1008);
  });

  it('[B1] closes a socket that pings without end, and answers one that does not', async () => {
    const one = await world({ messagesAtOnce: 50, messagesPerSecond: 10 });
    const lessonId = aLesson();
    const url = `${one.url}/board:${lessonId}?ticket=${await one.ticket(ASHA, lessonId)}`;
    const ws = new WebSocket(url, { perMessageDeflate: false });
    let answers = 0;
    ws.on('pong', () => (answers += 1));
    await once(ws, 'open');
    for (let i = 0; i < 10; i += 1) ws.ping();
    await until(() => answers === 10, 'the answers');
    const closed = once(ws, 'close');
    for (let i = 0; i < 60; i += 1) ws.ping();
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([1008, 'too-fast']);
  });

  it('[B2] is refused once the document has grown beyond its measure', async () => {
    const one = await world({ documentBytes: 2_000 });
    const asha = await one.stock(ASHA, `board:${aLesson()}`);
    await until(() => {
      draw(asha.doc, ASHA);
      return asha.refusals.length > 0;
    }, 'a refusal');
    expect(asha.refusals[0]).toBe('document-full');
    expect(asha.provider.wsconnected).toBe(true);
  });

  it('[B3] drops a socket that does not read, and the others go on', async () => {
    const one = await world({ queueBytes: 64 * 1024 });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const [asha, rohan] = [await one.stock(ASHA, name), await one.stock(ROHAN, name)];
    // A plain connection that shakes hands and then never reads again.
    const { port } = new URL(one.url);
    const slow = connect({ port: Number(port), host: '127.0.0.1' });
    await new Promise((resolve) => slow.once('connect', resolve));
    const ticket = await one.ticket(ROHAN, lessonId);
    slow.write(
      `GET /sync/${name}?ticket=${ticket} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until(() => one.sync.stats().sockets === 3, 'the slow one to be in');
    slow.pause();
    for (let i = 0; one.sync.stats().sockets === 3 && i < 400; i += 1) {
      asha.doc.getArray('noise').push([new Uint8Array(64 * 1024)]);
      asha.doc.getArray('noise').delete(0, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(one.sync.stats().sockets).toBe(2);
    expect(one.log.lines.some(({ message }) => message.includes('slow'))).toBe(true);
    draw(asha.doc, ASHA);
    await until(() => strokes(rohan.doc).length === 1, 'the others to go on');
    slow.destroy();
  });
});

describe('whoever asks and does not read', () => {
  it('[B3] is dropped at the second question, whatever is asked', async () => {
    const one = await world({ queueBytes: 64 * 1024, bytesAtOnce: 64 * 1024 * 1024 });
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const asha = await one.stock(ASHA, name);
    // Larger than what the kernel holds for two sockets.
    for (let i = 0; i < 10; i += 1) asha.doc.getArray('noise').push([new Uint8Array(1024 * 1024).fill(7)]);
    const rohan = await one.stock(ROHAN, name);
    await until(() => rohan.doc.getArray('noise').length === 10, 'the document to be large');
    const { port } = new URL(one.url);
    const slow = connect({ port: Number(port), host: '127.0.0.1' });
    await once(slow, 'connect');
    slow.write(
      `GET /sync/${name}?ticket=${await one.ticket(ROHAN, lessonId)} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await until(() => one.sync.stats().sockets === 3, 'the slow one to be in');
    slow.pause();
    // Masked with zeros.
    const question = Buffer.from([0x82, 0x84, 0, 0, 0, 0, 0, 0, 1, 0]);
    slow.write(question);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(one.sync.stats().sockets).toBe(3);
    slow.write(question);
    await until(() => one.sync.stats().sockets === 2, 'the slow one to be dropped', 5_000);
    draw(asha.doc, ASHA);
    await until(() => strokes(rohan.doc).length === 1, 'the others to go on');
    slow.destroy();
  });
});

describe('acknowledgements', () => {
  it('[K1] come only to those who asked, and only when all is durable', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let failures = 2;
    let storing = 0;
    const slowDb: Database = {
      ...db,
      kind: db.kind,
      query: async (sql, params) => {
        if (sql.includes('INSERT INTO sync_update')) {
          storing += 1;
          if (storing > 1) await gate;
          if (storing > 1 && failures-- > 0) throw new Error('the disk is full');
        }
        return db.query(sql, params);
      },
    };
    const one = await startWorld({ db: slowDb });
    worlds.push(one);
    const lessonId = aLesson();
    const name = `board:${lessonId}`;
    const watcher = await one.stock(ROHAN, name);
    const [own = 0, second = 0] = await one.sync.allocateClientIds(name, ASHA.personId, 2);
    const raw = await open(one, name, await one.ticket(ASHA, lessonId), '&ack=1');
    await until(() => raw.heard.some(([type]) => type === 102), 'its standing');
    const [doc, more] = [docOf(own), docOf(second)];
    draw(doc, ASHA);
    raw.send(update(doc));
    await until(() => raw.acknowledged === 1, 'the first to be acknowledged');
    draw(more, ASHA);
    raw.send(update(more));
    await until(() => strokes(watcher.doc).length === 2, 'it to be relayed at once');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(raw.acknowledged).toBe(1);
    release();
    await until(() => raw.acknowledged === 2, 'the second, once stored');
    expect(one.log.lines.filter(({ level }) => level === 'error').length).toBe(2);
    const rows = await db.query('SELECT seq FROM sync_update WHERE document = $1', [name]);
    expect(rows.length).toBe(2);
  });
});
