/** One process owns a folder. A lock whose owner was killed is taken over. */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process started, as the system counts: a pid alone is soon given to another process. */
  readonly startedAt: string | null;
  readonly token: string;
}

export class FolderInUse extends Error {
  readonly code = 'folder-in-use';

  constructor(folder: string, pid: number) {
    super(
      pid === process.pid
        ? `${folder} is already open in this process.`
        : `${folder} is in use by process ${pid}. Stop it first, or set DATA_DIR to another folder.`,
    );
    this.name = 'FolderInUse';
  }
}

/** Takes the lock or throws `FolderInUse`. Returns the way to give it back. */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const token = randomUUID();
  const mine: Owner = { pid: process.pid, host: hostname(), startedAt: startOf(process.pid), token };
  const draft = `${path}.${token}`;
  writeFileSync(draft, JSON.stringify(mine));
  try {
    // Each round either takes the lock, finds a living owner, or removes one dead owner's lock.
    while (!linkIfFree(draft, path)) {
      const found = readLock(path);
      if (found === 'none') continue;
      if (found !== 'unreadable' && isAlive(found)) throw new FolderInUse(folder, found.pid);
      removeDead(path, found === 'unreadable' ? null : found.token, token);
    }
  } finally {
    unlinkSync(draft);
  }
  return () => {
    const found = readLock(path);
    if (typeof found === 'object' && found.token === token) unlinkSync(path);
  };
}

function linkIfFree(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** A lock is linked in place when its bytes are complete, so an unreadable one is left from a broken disk. */
function readLock(path: string): Owner | 'none' | 'unreadable' {
  try {
    const owner: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isOwner(owner) ? owner : 'unreadable';
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'none';
    if (error instanceof SyntaxError) return 'unreadable';
    throw error;
  }
}

/** Two processes may find the same dead lock: only the one whose rename moved that very lock away goes on. */
function removeDead(path: string, deadToken: string | null, ownToken: string): void {
  const aside = `${path}.dead-${ownToken}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readLock(aside);
  if (typeof moved === 'object' && moved.token !== deadToken) linkIfFree(aside, path);
  unlinkSync(aside);
}

function isAlive(owner: Owner): boolean {
  // Another machine on the same disk: nothing here can tell, so it is believed.
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return owner.startedAt === startOf(owner.pid);
}

/** Linux only; elsewhere null, and the pid alone decides. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name in parentheses may hold spaces; the start time is the 20th field after it.
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return started === undefined ? null : `${boot}:${started}`;
  } catch {
    return null;
  }
}

function isOwner(value: unknown): value is Owner {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    typeof value.pid === 'number' &&
    'host' in value &&
    typeof value.host === 'string' &&
    'token' in value &&
    typeof value.token === 'string' &&
    'startedAt' in value
  );
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
