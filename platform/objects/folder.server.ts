import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkKey } from './key.ts';
import type { ObjectStore } from './objects.ts';

/** No write takes this long, ms. */
const OLD_MS = 3_600_000;

/** Objects as files under `folder`/body, each with its content type under `folder`/type. */
export async function openFolder(folder: string): Promise<ObjectStore> {
  const drafts = join(folder, 'draft');
  await mkdir(drafts, { recursive: true });
  // Half-written files of a killed process. Young ones may be another process's, such as a tool's beside the server.
  for (const name of await readdir(drafts)) {
    const draft = join(drafts, name);
    const written = await stat(draft).catch(() => null);
    if (written !== null && Date.now() - written.mtimeMs > OLD_MS) await rm(draft, { force: true });
  }

  /** On the disk, and whole under its name, or not there at all. */
  async function write(path: string, bytes: Uint8Array): Promise<void> {
    const draft = join(drafts, randomUUID());
    const file = await open(draft, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await mkdir(dirname(path), { recursive: true });
    await rename(draft, path);
    const parent = await open(dirname(path), 'r');
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
  }

  return {
    kind: 'folder',

    async put(key, body, contentType) {
      checkKey(key);
      // The body last: an object is there once its body is.
      await write(join(folder, 'type', key), Buffer.from(contentType));
      await write(join(folder, 'body', key), body);
    },

    async get(key) {
      checkKey(key);
      try {
        const body = await readFile(join(folder, 'body', key));
        const contentType = await readFile(join(folder, 'type', key), 'utf8');
        return { body: Uint8Array.from(body), contentType };
      } catch (error) {
        // ENOTDIR and EISDIR: a part of the key is an object, or the key is a part of other keys.
        if (error instanceof Error && 'code' in error && /^(ENOENT|ENOTDIR|EISDIR)$/.test(String(error.code)))
          return null;
        throw error;
      }
    },

    async close() {},
  };
}
