/** Where everybody points: fleeting, the latest of each client, never stored, and never before a stroke. */
import type { Cursor } from '../wire/cursors.ts';

interface Entry {
  readonly cursor: Cursor;
  /** The socket that it came through; null for another process's. */
  readonly by: object | null;
}

export class Pointers {
  private readonly entries = new Map<number, Entry>();
  private readonly dirty = new Map<number, Cursor>();
  /** What was said here and the other processes do not know yet. */
  private readonly fresh = new Map<number, Cursor>();

  get changed(): boolean {
    return this.dirty.size > 0;
  }

  /** From a socket of this process; whose client it is was checked. */
  hear(by: object, cursor: Cursor): void {
    this.set(cursor, by);
    this.fresh.set(cursor.client, cursor);
  }

  /** Another process's word, checked there. */
  hearRemote(cursors: readonly Cursor[]): void {
    for (const cursor of cursors) this.set(cursor, null);
  }

  /** The socket is gone, and so is what it pointed with. */
  leave(by: object): void {
    for (const [client, entry] of this.entries) if (entry.by === by) this.hear(by, { client, at: null });
  }

  /** Lets go of pointers of those who are not here any more, such as clients of a process that was killed. */
  keepOnly(isHere: (client: number) => boolean): void {
    for (const [client, { by }] of this.entries)
      if (by === null && !isHere(client)) this.set({ client, at: null }, null);
  }

  /** All that point somewhere; `local`: through this process. */
  all(local = false): Cursor[] {
    return [...this.entries.values()].flatMap(({ cursor, by }) => (local && by === null ? [] : [cursor]));
  }

  /** What changed since the last time, the latest of each client. */
  take(): { readonly cursors: Cursor[]; readonly fresh: Cursor[] } {
    const cursors = [...this.dirty.values()];
    const fresh = [...this.fresh.values()];
    this.dirty.clear();
    this.fresh.clear();
    return { cursors, fresh };
  }

  private set(cursor: Cursor, by: object | null): void {
    if (cursor.at) this.entries.set(cursor.client, { cursor, by });
    else this.entries.delete(cursor.client);
    this.dirty.set(cursor.client, cursor);
  }
}
