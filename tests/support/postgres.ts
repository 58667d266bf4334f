import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startChild, type Child } from './child.ts';
import { freePort } from './free-port.ts';
import { needProgram } from './need.ts';

export interface TestPostgres {
  /** Of the database `postgres`. */
  readonly url: string;
  /** Of the server's first process. */
  pid(): number;
  /** Makes an empty database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Stops the server as asked (`SIGQUIT` is a crash) and starts it again on the same data and port. */
  restart(signal?: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  stop(): Promise<void>;
}

const FOLDERS = ['/usr/lib/postgresql/15/bin', '/usr/lib/postgresql/16/bin', '/usr/lib/postgresql/17/bin'];

/**
 * A private PostgreSQL in a temporary folder, on a free port of the loopback, with fsync on. Later settings win. `parent`:
 * where that folder is made.
 */
export async function startPostgres(
  moreSettings: readonly string[] = [],
  parent: string = tmpdir(),
): Promise<TestPostgres> {
  const initdb = needProgram('initdb', 'postgresql-15', FOLDERS);
  const postgres = needProgram('postgres', 'postgresql-15', FOLDERS);
  const folder = mkdtempSync(join(parent, 'nexused-postgres-'));
  const as = unprivileged();
  if (as.uid !== undefined) chownSync(folder, as.uid, as.gid ?? as.uid);
  const data = join(folder, 'data');
  const made = spawnSync(
    initdb,
    ['-D', data, '-U', 'nexused', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    { ...as, cwd: folder, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);

  const port = await freePort();
  const url = `postgres://nexused@127.0.0.1:${port}/postgres`;
  const base = ['listen_addresses=127.0.0.1', 'fsync=on', 'max_connections=60', 'shared_buffers=32MB'];
  const settings = [...base, ...moreSettings];
  const start = (): Promise<Child> =>
    startChild(
      postgres,
      ['-D', data, '-p', String(port), '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
      { ...as, cwd: folder },
      async () => {
        await ask(url, 'SELECT 1');
        return true;
      },
    );
  let server = await start();
  return {
    url,
    pid: () => server.pid,
    async createDatabase(name) {
      await ask(url, `CREATE DATABASE "${name}"`);
      return url.replace(/postgres$/, name);
    },
    async restart(signal = 'SIGINT') {
      await server.end(signal);
      server = await start();
    },
    async stop() {
      await server.end('SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root, so root hands it to the user that Debian's package made. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
