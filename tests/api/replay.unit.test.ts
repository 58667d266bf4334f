import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { FastifyInstance } from 'fastify';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { LESSON, PEOPLE, askAs, startApi } from './stub.ts';

let app: FastifyInstance;
afterEach(() => app.close());

const BASE = `/api/v1/lessons/${LESSON.code}/history`;

async function readers(state: (typeof LESSON)['state'], query = '', disputed = false): Promise<string[]> {
  app = await startApi({ lesson: { state }, disputed });
  const allowed: string[] = [];
  for (const who of Object.keys(PEOPLE)) {
    const paths = [`${BASE}/board${query}`, `${BASE}/chat${query}`, ...(query === '' ? [BASE] : [])];
    const answers = [];
    for (const path of paths) answers.push((await askAs(app, who, path)).statusCode);
    if (answers.every((status) => status === 200)) allowed.push(who);
    else expect(answers, who).toEqual(paths.map(() => 404));
  }
  return allowed;
}

describe('the replay of a lesson', () => {
  it('is for those in it while it runs', async () => {
    expect(await readers('live')).toEqual(['asha', 'rohan', 'kavita']);
  });

  it('is also for guardians, the institute and auditors when it has ended', async () => {
    expect(await readers('ended')).toEqual([
      'asha',
      'rohan',
      'parent',
      'school',
      'kavita',
      'auditor',
      'auditing-parent',
    ]);
  });

  it('[CT8] is for ops once somebody complained of the lesson', async () => {
    expect(await readers('ended', '', true)).toEqual([
      'asha',
      'rohan',
      'parent',
      'school',
      'kavita',
      'ops',
      'auditor',
      'auditing-parent',
    ]);
  });

  it('[CT9] says who was there and how well they were connected to ops and auditors, and to nobody else', async () => {
    app = await startApi({ lesson: { state: 'ended' }, disputed: true });
    const told = async (who: string): Promise<unknown> =>
      (await askAs(app, who, BASE)).json<{ presence: unknown }>().presence;
    for (const who of ['asha', 'rohan', 'parent', 'school', 'kavita', 'auditing-parent'])
      expect(await told(who), who).toBeNull();
    for (const who of ['ops', 'auditor'])
      expect(await told(who), who).toContainEqual(
        expect.objectContaining({ personId: expect.any(String), here: expect.any(Array), weak: [] }),
      );
  });

  it('is nobody’s when the lesson was cancelled', async () => {
    expect(await readers('cancelled')).toEqual([]);
  });

  it.each(['live', 'ended'] as const)(
    'of a student’s own board and line is theirs and the host’s alone, while it is %s',
    async (state) => {
      expect(await readers(state, '?of=asha')).toEqual(['asha', 'kavita']);
    },
  );

  it('of the own board of somebody who has no seat is nobody’s', async () => {
    expect(await readers('ended', '?of=kavita')).toEqual([]);
    expect(await readers('ended', '?of=..%2Fx')).toEqual([]);
  });

  it('names in the manifest only the documents that this person may read', async () => {
    app = await startApi({ disputed: true });
    const named = async (who: string): Promise<string[]> =>
      (await askAs(app, who, BASE)).json<{ documents: { href: string }[] }>().documents.map(({ href }) => href);
    const shared = [`${BASE}/board`, `${BASE}/chat`];
    const own = (who: string) => shared.map((href) => `${href}?of=${who}`);
    expect(await named('asha')).toEqual([...shared, ...own('asha')]);
    expect(await named('kavita')).toEqual([...shared, ...own('asha'), ...own('rohan')]);
    expect(await named('parent')).toEqual(shared);
    expect(await named('ops')).toEqual(shared);
    for (const href of own('asha')) expect((await askAs(app, 'asha', href)).statusCode).toBe(200);
  });

  it('says when it was, who was in it, and how much was done in each minute', async () => {
    app = await startApi({ lesson: { endedAt: LESSON.startsAt + 3_600_000 } });
    const manifest = (await askAs(app, 'rohan', BASE)).json();
    expect(manifest).toMatchObject({
      lessonId: 'l-1',
      state: 'ended',
      from: LESSON.startsAt,
      to: LESSON.startsAt + 3_600_000,
      people: [
        { personId: 'kavita', name: 'Kavita Rao' },
        { personId: 'asha', name: 'Asha Menon' },
        { personId: 'rohan', name: 'Rohan' },
      ],
      missed: null,
    });
    expect(manifest.documents[0]).toMatchObject({ kind: 'board', personId: null, updates: 9 });
  });
});

describe('the own board of a student that the host showed to everybody', () => {
  const revealed = async (reveals: readonly (readonly [minute: number, studentId: string | null])[]) => {
    const store = inMemoryStore();
    const actor = { kind: 'system', id: 't' } as const;
    for (const [minute, studentId] of reveals) {
      const id = crypto.randomUUID();
      const meta = { commandId: id, correlationId: 'c', causationId: 'c', actor, occurredAt: 0, schemaVersion: 1 };
      const data = { lessonId: 'l-1', personId: 'kavita', studentId, at: minute * 60_000 };
      await store.append('lesson-l-1', 'any', [{ id, type: 'BoardRevealed', data, meta }]);
    }
    app = await startApi({ lesson: { state: 'ended' }, store, disputed: true });
  };
  const named = async (who: string) =>
    (await askAs(app, who, BASE)).json<{ documents: { href: string; shown: boolean; updates: number }[] }>().documents;

  it('is for everybody who may read the lesson’s board: when it was shown, and nothing else of it', async () => {
    await revealed([
      [5, 'asha'],
      [6, null],
      [9, 'asha'],
      [12, 'rohan'],
    ]);
    const stretches = [
      { from: 300_000, to: 360_000 },
      { from: 540_000, to: 720_000 },
    ];
    for (const who of ['rohan', 'parent', 'ops']) {
      const answer = await askAs(app, who, `${BASE}/board?of=asha`);
      expect(answer.json(), who).toEqual(['board:l-1:asha', stretches]);
      expect((await askAs(app, who, `${BASE}/chat?of=asha`)).statusCode, who).toBe(404);
      const shown = (await named(who)).filter((one) => one.shown);
      expect(shown).toContainEqual(expect.objectContaining({ href: `${BASE}/board?of=asha`, updates: 0, counts: [] }));
    }
    // The two whose it is have all of it.
    for (const who of ['asha', 'kavita'])
      expect((await askAs(app, who, `${BASE}/board?of=asha`)).payload).toBe('board:l-1:asha');
    expect((await named('kavita')).every(({ shown }) => !shown)).toBe(true);
    expect((await askAs(app, 'stranger', `${BASE}/board?of=asha`)).statusCode).toBe(404);
  });

  it('stays theirs where it was never shown, and nobody’s without a seat', async () => {
    await revealed([
      [5, 'rohan'],
      [6, 'stranger'],
    ]);
    expect((await askAs(app, 'rohan', `${BASE}/board?of=asha`)).statusCode).toBe(404);
    expect((await askAs(app, 'rohan', `${BASE}/board?of=stranger`)).statusCode).toBe(404);
    expect((await named('asha')).filter((one) => one.shown)).toHaveLength(1);
  });
});

describe('a history', () => {
  const ask = (headers: Record<string, string>, path = `${BASE}/board`) =>
    app.inject({ url: path, headers: { 'x-person': 'asha', ...headers } });

  it('travels compressed to who takes it, plain to others, and not at all to who has it', async () => {
    app = await startApi();
    const packed = await ask({ 'accept-encoding': 'gzip, br' });
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(packed.rawPayload).toString()).toBe('board:l-1');
    const plain = await ask({ 'accept-encoding': 'gzip;q=0, br' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.payload).toBe('board:l-1');
    expect(plain.headers.etag).not.toBe(packed.headers.etag);
    const again = await ask({ 'accept-encoding': 'gzip', 'if-none-match': String(packed.headers.etag) });
    expect([again.statusCode, again.payload]).toEqual([304, '']);
    expect(again.headers['cache-control']).toBe('private, no-cache');
  });

  it('from a number on is another one, and nothing behind the last', async () => {
    app = await startApi();
    expect((await ask({}, `${BASE}/chat?after=4`)).headers.etag).toBe('"9-0-4-plain"');
    expect((await ask({}, `${BASE}/chat?after=40`)).statusCode).toBe(204);
    expect((await ask({}, `${BASE}/chat?after=-1`)).statusCode).toBe(400);
    expect((await ask({}, `${BASE}/people`)).statusCode).toBeGreaterThanOrEqual(400);
  });
});

describe('late ink', () => {
  const send = (who: string, payload = Buffer.from([1, 2, 3]), query = '') =>
    app.inject({
      method: 'POST',
      url: `${BASE}/board${query}`,
      headers: { 'x-person': who, 'content-type': 'application/octet-stream' },
      payload,
    });

  it('is taken from those who had a place in the lesson, and from nobody else', async () => {
    app = await startApi();
    const taken: string[] = [];
    for (const who of Object.keys(PEOPLE)) if ((await send(who)).statusCode === 200) taken.push(who);
    expect(taken).toEqual(['asha', 'rohan', 'kavita']);
    expect((await send('asha')).json()).toEqual({ status: 'kept' });
    expect((await send('rohan', undefined, '?of=asha')).statusCode).toBe(404);
    expect((await send('asha', Buffer.from([1]))).json()).toMatchObject({ status: 400, code: 'bad-update' });
    expect((await send('asha', Buffer.alloc(2 * 1024 * 1024))).statusCode).toBe(413);
  });

  it('is refused from a page of somebody who is not signed in any more, whoever is', async () => {
    app = await startApi();
    for (const who of ['rohan', 'kavita', 'asha']) {
      const answer = await app.inject({
        method: 'POST',
        url: `${BASE}/board`,
        headers: { 'x-signed-in': who, 'x-person': 'asha', 'content-type': 'application/octet-stream' },
        payload: Buffer.from([1, 2, 3]),
      });
      expect(answer.json(), who).toMatchObject(
        who === 'asha' ? { status: 'kept' } : { status: 409, code: 'someone-else' },
      );
    }
  });

  it('is not taken while the lesson runs', async () => {
    app = await startApi({ lesson: { state: 'live' } });
    expect((await send('asha')).json()).toMatchObject({ status: 409, code: 'lesson-running' });
  });

  it('finds no lesson that was cancelled', async () => {
    app = await startApi({ lesson: { state: 'cancelled' } });
    expect((await send('asha')).json()).toMatchObject({ status: 404, code: 'not-found' });
  });
});
