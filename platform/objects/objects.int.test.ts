import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolder } from './folder.server.ts';
import type { ObjectStore } from './objects.ts';
import { openS3 } from './s3.server.ts';

/** An S3-compatible store: one bucket, path style, which wants each request signed and each body as announced. */
async function startS3(): Promise<{ server: Server; endpoint: string; failNext: (times: number) => void }> {
  const kept = new Map<string, { body: Buffer; contentType: string }>();
  let failures = 0;
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks);
      const say = (status: number, code: string): void =>
        void res.writeHead(status).end(`<Error><Code>${code}</Code></Error>`);
      const signed =
        /^AWS4-HMAC-SHA256 Credential=key-id\/\d{8}\/ap-south-1\/s3\/aws4_request, SignedHeaders=[^,]*host[^,]*, Signature=[0-9a-f]{64}$/;
      if (!signed.test(req.headers.authorization ?? '')) return say(403, 'SignatureDoesNotMatch');
      if (failures > 0) {
        failures -= 1;
        return say(503, 'SlowDown');
      }
      if (req.url?.startsWith('/bucket/') !== true) return say(404, 'NoSuchBucket');
      if (req.method === 'PUT') {
        if (req.headers['x-amz-content-sha256'] !== createHash('sha256').update(body).digest('hex')) {
          return say(400, 'XAmzContentSHA256Mismatch');
        }
        kept.set(req.url, { body, contentType: req.headers['content-type'] ?? '' });
        return void res.end();
      }
      const object = kept.get(req.url);
      if (object === undefined) return say(404, 'NoSuchKey');
      res.setHeader('content-type', object.contentType).end(object.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, endpoint: `http://127.0.0.1:${address.port}`, failNext: (times) => (failures = times) };
}

const settings = { region: 'ap-south-1', bucket: 'bucket', accessKeyId: 'key-id', secretAccessKey: 'secret' };
let s3: Awaited<ReturnType<typeof startS3>>;
let folder: string;
beforeAll(async () => {
  s3 = await startS3();
  folder = mkdtempSync(join(tmpdir(), 'nexused-objects-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => s3.server.close(resolve));
});

const adapters: [string, () => Promise<ObjectStore>][] = [
  ['folder', () => openFolder(folder)],
  ['S3', () => openS3({ ...settings, endpoint: s3.endpoint })],
];

describe.each(adapters)('object store contract: %s', (_name, open) => {
  it('gives back what was put, byte for byte, with its type; the later put wins', async () => {
    const store = await open();
    const body = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    await store.put('recordings/lesson-1/track.webm', body, 'video/webm');
    expect(await store.get('recordings/lesson-1/track.webm')).toEqual({ body, contentType: 'video/webm' });
    await store.put('recordings/lesson-1/track.webm', Uint8Array.of(1), 'text/plain');
    const again = await open();
    expect(await again.get('recordings/lesson-1/track.webm')).toEqual({
      body: Uint8Array.of(1),
      contentType: 'text/plain',
    });
  });

  it('gives null for what is not there, also beside what is', async () => {
    const store = await open();
    await store.put('images/a', new Uint8Array(), 'image/png');
    expect(await store.get('images/b')).toBeNull();
    expect(await store.get('images/a/b')).toBeNull();
    expect(await store.get('images')).toBeNull();
    expect(await store.get('images/a')).toEqual({ body: new Uint8Array(), contentType: 'image/png' });
  });

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../b',
    'a/./b',
    '.hidden',
    'a\\b',
    'a b',
    'a\u0000',
    'ä',
    'x'.repeat(513),
  ])('refuses the key "%s"', async (key) => {
    const store = await open();
    await expect(store.put(key, Uint8Array.of(1), 'text/plain')).rejects.toThrow(/not an object key/);
    await expect(store.get(key)).rejects.toThrow(/not an object key/);
  });
});

it('leaves nothing half written in the folder', async () => {
  const store = await openFolder(folder);
  await Promise.all(
    Array.from({ length: 10 }, (_, n) => store.put('same/key', new Uint8Array(50_000).fill(n), `type/${n}`)),
  );
  const read = await store.get('same/key');
  expect(new Set(read?.body).size).toBe(1);
  expect(readdirSync(join(folder, 'draft'))).toEqual([]);
});

it('tries S3 again when it is busy, and says what is wrong when it stays so', async () => {
  const store = await openS3({ ...settings, endpoint: s3.endpoint });
  s3.failNext(2);
  await store.put('busy', Uint8Array.of(1), 'text/plain');
  s3.failNext(2);
  expect(await store.get('busy')).toMatchObject({ body: Uint8Array.of(1) });
  const wrongBucket = await openS3({ ...settings, bucket: 'other', endpoint: s3.endpoint });
  await expect(wrongBucket.get('busy')).rejects.toThrow('404 NoSuchBucket');
  const wrongKey = await openS3({ ...settings, accessKeyId: 'other', endpoint: s3.endpoint });
  await expect(wrongKey.put('busy', Uint8Array.of(1), 'text/plain')).rejects.toThrow('403 SignatureDoesNotMatch');
});
