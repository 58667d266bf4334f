/** What the figures were measured on. */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Database } from '#platform/database/database.ts';

export function machine(): Readonly<Record<string, unknown>> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    commit: commit(),
    loadBefore: loadavg().map((load) => Number(load.toFixed(2))),
  };
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    // Not a checkout; the figures hold all the same.
    return 'unknown';
  }
}

const SETTINGS = ['server_version', 'fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes'] as const;

/** The settings on which durability and speed depend, as the server has them. */
export async function databaseSettings(db: Database): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const name of [...SETTINGS, 'shared_buffers', 'max_wal_size'])
    found[name] = (await db.query<{ value: string }>('SELECT current_setting($1) AS value', [name]))[0]?.value ?? '';
  return found;
}
