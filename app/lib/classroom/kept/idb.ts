/**
 * The browser's database of what is kept: one for everybody who uses this browser, in which each row names whose it is. Every
 * piece of work is one transaction, so that tabs never see each other half way.
 */
import type { KeptDocument, Refused } from './contract.ts';

const NAME = 'nexused-classroom';
const VERSION = 1;
/** How long the browser may take to open it, ms; what takes longer is as good as not there. */
const OPEN_MS = 2_000;
/** Written with every stroke, so it is small. */
export interface DocumentRow extends KeptDocument {
  readonly id: string;
  readonly person: string;
}
export interface UpdatesRow {
  readonly id: string;
  readonly updates: readonly Uint8Array[];
}
export interface RefusedRow extends Refused {
  readonly id: string;
}
/** Who is signed in in this browser, as its pages have heard; nobody once they signed out. */
export interface WhoRow {
  readonly key: typeof WHO;
  readonly person: string;
}
export const WHO = 'who';
export const NOBODY = '';
export const STORES = ['documents', 'updates', 'refused', 'spares', 'who'] as const;
export type StoreName = (typeof STORES)[number];
export type Stores = (name: StoreName) => IDBObjectStore;

export const idOf = (person: string, name: string): string => `${person} ${name}`;

export const whoIs = (person: string): WhoRow => ({ key: WHO, person });

export function ask<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error('The browser’s database gave no answer'));
  });
}

/** @throws when this browser gives none. */
export function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error('The browser’s database did not open')), OPEN_MS);
    // Some browsers throw here in private windows.
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const db = request.result;
      db.createObjectStore('documents', { keyPath: 'id' });
      db.createObjectStore('updates', { autoIncrement: true }).createIndex('id', 'id');
      db.createObjectStore('refused', { keyPath: 'id' });
      db.createObjectStore('spares', { keyPath: ['id', 'client'] });
      db.createObjectStore('who', { keyPath: 'key' });
    };
    request.onerror = () => failed(request.error ?? new Error('The browser’s database did not open'));
    request.onsuccess = () => {
      clearTimeout(timer);
      const db = request.result;
      // Another tab brings a newer form of it: this one must not hold it up.
      db.onversionchange = () => db.close();
      done(db);
    };
  });
}

/** Runs `work` in one transaction; resolves when it is written. */
export async function transact<T>(
  db: IDBDatabase,
  stores: readonly StoreName[],
  work: (store: Stores) => Promise<T>,
): Promise<T> {
  const tx = db.transaction(stores, 'readwrite');
  const written = new Promise<void>((done, failed) => {
    tx.oncomplete = () => done();
    tx.onabort = () => failed(tx.error ?? new Error('The browser did not keep it'));
  });
  const working = work((name) => tx.objectStore(name)).catch((error: unknown) => {
    // Half of it must not be written. What was asked for and is refused by its abort is told by `written`.
    tx.abort();
    throw error;
  });
  const [result] = await Promise.all([working, written]);
  return result;
}

export const rangeOf = (id: string): IDBKeyRange => IDBKeyRange.bound([id, 0], [id, Number.MAX_SAFE_INTEGER]);

export async function removeRow(store: Stores, id: string): Promise<void> {
  store('documents').delete(id);
  store('refused').delete(id);
  store('spares').delete(rangeOf(id));
  for (const key of await ask(store('updates').index('id').getAllKeys(id))) store('updates').delete(key);
}
