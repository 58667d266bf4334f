/** Files of a lesson through the real host, a real database and a real folder. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Auth } from '#app/server/auth/auth.server.ts';
import { createFiles, type Files } from '#app/server/files/files.server.ts';
import { createHost } from '#app/server/host/host.server.ts';
import type { Services } from '#app/server/services.ts';
import { maySeeLesson } from '#app/server/visibility.server.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createLog } from '#platform/log/log.server.ts';
import { openFolder } from '#platform/objects/folder.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import type { LessonRow, Queries } from '#projections/queries.ts';
import { LESSON, PEOPLE } from './stub.ts';

const MB = 1_048_576;
/** One red point. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
);
const FILES_URL = `/api/v1/lessons/${LESSON.code}/files`;

let folder: string;
let db: Database;
let objects: ObjectStore;
let files: Files;
let host: FastifyInstance;
let base: string;
let lesson: LessonRow = { ...LESSON, state: 'live' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexused-files-'));
  db = await openPglite(null);
  objects = await openFolder(folder);
  files = await createFiles({
    db,
    objects,
    now: () => LESSON.startsAt,
    limits: { personFiles: 6, personBytes: 30 * MB, scopeFiles: 10, withinMs: 2_500, lingerMs: 200 },
  });
  const queries = {
    rolesOf: async (personId: string) => ({
      roles: [],
      zone: 'UTC',
      children: personId === 'parent' ? ['asha'] : [],
      institutes: [],
    }),
    // Nobody complains, so ops have nothing to look on for.
    dispute: async () => null,
  } as unknown as Queries;
  const services = {
    queries,
    now: () => LESSON.startsAt,
    files: {
      keep: (...given) => files.keep(...given),
      read: (...given) => files.read(...given),
      share: (...given) => files.share(...given),
    } satisfies Files,
    visibleLesson: async (who, code) =>
      code === lesson.code && (await maySeeLesson(queries, who, lesson)) ? lesson : null,
  } as Pick<Services, 'queries' | 'now' | 'files' | 'visibleLesson'> as Services;
  host = await createHost({
    services,
    auth: {} as Auth,
    personOf: async (headers) => PEOPLE[headers.get('x-person') ?? ''] ?? null,
    log: createLog({ level: 'silent' }),
    trustProxy: false,
    publicUrl: null,
    tls: null,
    pages: (_req, res) => void res.writeHead(404).end(),
    receiveWebhook: async () => 'stored',
    sandboxUrl: null,
    healthPage: async () => ({}),
    ready: async () => true,
    metrics: async () => ({ body: '', contentType: 'text/plain' }),
    answered: () => undefined,
    upgrades: [],
    ownUpgrades: [],
  });
  base = await host.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await host.close();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly width?: number;
  readonly code?: string;
}

async function give(who: string, body: Uint8Array, name = 'a', type = 'application/octet-stream', url = FILES_URL) {
  const answer = await fetch(base + url, {
    method: 'POST',
    headers: { 'x-person': who, 'content-type': type, 'x-file-name': encodeURIComponent(name) },
    body: Uint8Array.from(body),
  });
  return { status: answer.status, body: (await answer.json()) as Said };
}
const get = (who: string, id: string, url = FILES_URL): Promise<Response> =>
  fetch(`${base}${url}/${id}`, { headers: { 'x-person': who } });
const words = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('a file of a lesson', () => {
  let id = '';

  it('FI5 is taken from those who take part, and told to them', async () => {
    const given = await give('asha', PNG, '../Triangle — गणित.PNG', 'text/html');
    expect(given).toEqual({
      status: 201,
      body: {
        id: expect.any(String),
        name: 'Triangle — गणित.PNG',
        type: 'image/png',
        bytes: PNG.length,
        width: 1,
        height: 1,
      },
    });
    ({ id } = given.body);
    expect(id).toMatch(/^f[A-Za-z0-9_-]{22}$/);
    const read = await get('kavita', id);
    expect(Buffer.from(await read.arrayBuffer()).equals(PNG)).toBe(true);
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': expect.stringMatching(
        /^inline; filename="Triangle _ _+\.PNG"; filename\*=UTF-8''Triangle%20/,
      ),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, max-age=31536000, immutable',
      'cross-origin-resource-policy': 'same-origin',
    });
  });

  it('FI5 is the same file when it is given again, as after an answer that was lost', async () => {
    expect((await give('asha', PNG, 'Triangle — गणित.PNG')).body.id).toBe(id);
    expect((await give('rohan', PNG, 'Triangle — गणित.PNG')).body.id).not.toBe(id);
  });

  it('FI6 is neither taken from nor given to anybody else', async () => {
    for (const who of ['stranger', 'parent', 'school', 'ops', 'auditor']) {
      expect((await give(who, PNG)).status, who).toBe(404);
      expect((await get(who, id)).status, who).toBe(404);
    }
    expect((await give('', PNG)).body.code).toBe('not-signed-in');
    expect((await get('', id)).status).toBe(401);
    expect((await get('asha', 'f0123456789012345678901')).status).toBe(404);
    expect((await get('asha', '..%2f..%2fbody')).status).toBe(404);
    expect((await give('asha', PNG, 'a', 'image/png', '/api/v1/lessons/other/files')).status).toBe(404);
  });

  it('FI6 is read by those who may read the lesson after its end, and nothing more is taken', async () => {
    lesson = { ...LESSON, state: 'ended' };
    for (const who of ['asha', 'kavita', 'parent', 'ops']) expect((await get(who, id)).status, who).toBe(200);
    expect((await get('stranger', id)).status).toBe(404);
    expect(await give('asha', PNG)).toMatchObject({ status: 409, body: { code: 'lesson-ended' } });
    lesson = { ...LESSON, state: 'cancelled' };
    expect(await give('kavita', PNG)).toMatchObject({ status: 409, body: { code: 'lesson-cancelled' } });
    lesson = { ...LESSON, state: 'live' };
  });

  it('FI1 is refused when it is something that runs, and told to be downloaded when it is not a picture', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    expect(await give('rohan', words(svg), 'a.png', 'image/png')).toMatchObject({
      status: 415,
      body: { code: 'file-type-refused' },
    });
    expect((await give('rohan', words('<!doctype html><p>'), 'a.txt', 'text/plain')).status).toBe(415);
    expect((await give('rohan', PNG.subarray(0, 20), 'a.png')).body.code).toBe('file-unreadable');
    const table = await give('rohan', words('name,marks\nAsha,9\n'), 'marks.csv', 'text/html');
    expect(table.body.type).toBe('text/csv');
    const read = await get('asha', table.body.id);
    expect(read.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(read.headers.get('content-disposition')).toMatch(/^attachment; filename="marks.csv"/);
  });
});

describe('limits', () => {
  it('FI2 of bytes: what says that it is too large is refused unread, what does not is stopped where it is', async () => {
    const large = Buffer.alloc(26 * MB, 'a');
    expect(await give('kavita', large, 'a.txt')).toMatchObject({ status: 413, body: { code: 'file-too-large' } });
    const picture = Buffer.concat([PNG, Buffer.alloc(10 * MB)]);
    expect(await give('kavita', picture, 'a.png')).toMatchObject({ status: 413, body: { code: 'file-too-large' } });
    expect(await unsized(picture)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('FI4 of time: a body that trickles is cut off', async () => {
    const started = Date.now();
    expect(await trickled()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"upload-too-slow"/);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect((await get('kavita', 'f0123456789012345678901')).status).toBe(404);
  });

  it('FI7 of uploads at once of one person', async () => {
    const open = Array.from({ length: 4 }, () => trickled());
    await new Promise((done) => setTimeout(done, 150));
    expect(await give('kavita', PNG, 'b.png')).toMatchObject({ status: 429, body: { code: 'too-many-uploads' } });
    expect((await give('rohan', PNG, 'b.png')).status).toBe(201);
    await Promise.all(open);
    expect((await give('kavita', PNG, 'b.png')).status).toBe(201);
  });

  it('FI7 of files and bytes of one person, and of all of a lesson, however many come at once', async () => {
    const many = await Promise.all(
      [1, 2, 3]
        .map((i) => give('asha', words(`page ${i}`), `${i}.txt`))
        .concat(give('asha', Buffer.alloc(25 * MB, 'b'))),
    );
    expect(many.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const over = await give('asha', Buffer.alloc(10 * MB, 'c'), 'c.txt');
    expect(over).toMatchObject({ status: 409, body: { code: 'too-many-files' } });
    const rest = await Promise.all([4, 5, 6].map((i) => give('kavita', words(`page ${i}`), `${i}.txt`)));
    expect(rest.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const [row] = await db.query<{ count: number }>('SELECT count(*)::int8 AS count FROM shared_file WHERE kept');
    expect(row?.count).toBe(10);
    expect(readdirSync(join(folder, 'body', 'files'))).toHaveLength(10);
  });

  it('FI8 a store that fails takes no place, and the file can be sent again', async () => {
    let fails = true;
    const own = await createFiles({
      db,
      now: () => 0,
      objects: {
        ...objects,
        put: (key, body, type) => (fails ? Promise.reject(new Error('disk full')) : objects.put(key, body, type)),
      },
      limits: { personFiles: 1 },
    });
    const upload = () =>
      own.keep('lesson:l-2', { personId: 'asha', name: 'a', bytes: null, body: Readable.from([PNG]) });
    await expect(upload()).rejects.toThrow('disk full');
    fails = false;
    const kept = await upload();
    if (isRefusal(kept)) throw new Error(kept.code);
    expect((await own.read('lesson:l-2', kept.id))?.body).toHaveLength(PNG.length);
    expect(await own.read('lesson:l-1', kept.id)).toBeNull();
    await own.share('lesson:l-2', 'lesson:l-3', [kept.id]);
    expect((await own.read('lesson:l-3', kept.id))?.file).toEqual(kept);
  });
});

describe('a file of a private line', () => {
  const LINE = `/api/v1/lessons/${LESSON.code}/lines/asha/files`;

  it('FI6 is given and read by its student and the tutor, and by nobody else who has its id, whichever way they ask', async () => {
    const given = await give('asha', words('what I did not understand'), 'mine.txt', 'text/plain', LINE);
    expect(given.status).toBe(201);
    const { id } = given.body;
    for (const who of ['asha', 'kavita']) expect((await get(who, id, LINE)).status, who).toBe(200);
    for (const state of ['live', 'ended'] as const) {
      lesson = { ...LESSON, state };
      for (const who of ['rohan', 'parent', 'school', 'ops', 'auditor', 'stranger']) {
        expect((await get(who, id, LINE)).status, who).toBe(404);
        expect((await get(who, id, LINE.replace('/asha/', `/${who}/`))).status, who).toBe(404);
        expect((await get(who, id)).status, who).toBe(404);
      }
    }
    lesson = { ...LESSON, state: 'live' };
    expect((await give('rohan', PNG, 'a.png', 'image/png', LINE)).status).toBe(404);
    expect((await give('kavita', PNG, 'a.png', 'image/png', LINE.replace('/asha/', '/stranger/'))).status).toBe(404);
  });

  it('FI6 is found there too where it was given to the lesson, as lines once did', async () => {
    const [before] = await db.query<{ id: string }>('SELECT id FROM shared_file WHERE scope = $1 AND kept LIMIT 1', [
      `lesson:${LESSON.lessonId}`,
    ]);
    expect((await get('asha', before?.id ?? '', LINE)).status).toBe(200);
    expect((await get('rohan', before?.id ?? '', LINE)).status).toBe(404);
  });
});

/** Bytes on a bare connection: what comes back, once it is closed or has been silent. */
function bare(write: (send: (bytes: Uint8Array | string) => void) => () => void, person: string): Promise<string> {
  const { hostname, port } = new URL(base);
  return new Promise((done, failed) => {
    let answer = '';
    const socket = connect(Number(port), hostname);
    const head = `POST ${FILES_URL} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nx-person: ${person}\r\ncontent-type: image/png\r\n`;
    const stop = write((bytes) => void socket.write(typeof bytes === 'string' ? head + bytes : bytes));
    socket.on('data', (chunk) => (answer += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      stop();
      done(answer);
    });
    socket.setTimeout(10_000, () => {
      socket.destroy();
      failed(new Error(`Silence after ${answer}`));
    });
  });
}

/** One byte now and then. */
const trickled = (): Promise<string> =>
  bare((send) => {
    send('content-length: 1000\r\n\r\n');
    const timer = setInterval(() => send(Buffer.from('x')), 50);
    return () => clearInterval(timer);
  }, 'kavita');

/** In chunks, without saying how much there is. */
const unsized = (body: Uint8Array): Promise<string> =>
  bare((send) => {
    send('transfer-encoding: chunked\r\n\r\n');
    for (let at = 0; at < body.length; at += MB) {
      const part = body.subarray(at, at + MB);
      send(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]));
    }
    return () => undefined;
  }, 'kavita');
