/**
 * PGlite on a folder, with every commit on the disk.
 *
 * As packaged, PGlite runs with fsync off, and turning it on changes nothing: its file system has no fsync, and
 * fdatasync is a no-op there. Given an fsync, and told to use that one for its log, PostgreSQL does by itself what it
 * does everywhere: one flush of the log before each commit is acknowledged, and data files before a checkpoint counts.
 */
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';

/** EIO as WASI numbers it. PostgreSQL then stops, as it must: a flush that failed once cannot be tried again. */
const WASI_EIO = 29;

const DURABLE_PARAMS = [...PGlite.defaultStartParams.filter((param) => param !== '-F'), '-c', 'wal_sync_method=fsync'];

class FlushingNodeFS extends NodeFS {
  override async init(...args: Parameters<NodeFS['init']>): ReturnType<NodeFS['init']> {
    const { emscriptenOpts } = await super.init(...args);
    emscriptenOpts.preRun = [
      ...(emscriptenOpts.preRun ?? []),
      (module) => Object.assign(streamOperations(module.NODEFS), { fsync: flush }),
    ];
    return { emscriptenOpts };
  }
}

function streamOperations(nodefs: object): object {
  const operations: unknown = Reflect.get(nodefs, 'stream_ops');
  if (typeof operations !== 'object' || operations === null) throw new Error('PGlite has changed its file system');
  return operations;
}

function flush(stream: { readonly nfd: number }): number {
  try {
    fdatasyncSync(stream.nfd);
    return 0;
  } catch (error) {
    process.stderr.write(`The disk refused to keep what was written: ${String(error)}\n`);
    return WASI_EIO;
  }
}

/** Opens the database in `folder`/pg, making it first when there is none. */
export async function openFolder(folder: string, options: PGliteOptions): Promise<PGlite> {
  const home = join(folder, 'pg');
  if (!existsSync(home)) {
    // Made aside and renamed when whole, so that being killed here leaves nothing half made.
    const draft = `${home}.new`;
    rmSync(draft, { recursive: true, force: true });
    mkdirSync(draft, { recursive: true });
    await (await open(draft, options)).close();
    flushTree(draft);
    renameSync(draft, home);
    flushOne(folder);
  }
  return open(home, options);
}

async function open(home: string, options: PGliteOptions): Promise<PGlite> {
  const pg = new PGlite({ ...options, fs: new FlushingNodeFS(home), startParams: DURABLE_PARAMS });
  await pg.waitReady;
  return pg;
}

/** The files of the first start were written by another program inside PGlite, which flushes nothing. */
function flushTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) flushTree(path);
    else if (entry.isFile()) flushOne(path);
  }
  flushOne(folder);
}

function flushOne(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
