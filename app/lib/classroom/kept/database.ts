/** Keeps in IndexedDB: a `Kept` reads and writes the rows of one person, as long as nobody else is signed in. */
import { joined } from './aside.ts';
import {
  MOST_SPARES,
  furthest,
  isSent,
  type Clocks,
  type Kept,
  type KeptDocument,
  type Refused,
  type Stored,
} from './contract.ts';
import { surfaceOf } from './entries.ts';
import {
  WHO,
  ask,
  idOf,
  open,
  rangeOf,
  removeRow,
  transact,
  whoIs,
  type DocumentRow,
  type RefusedRow,
  type StoreName,
  type Stores,
  type UpdatesRow,
  type WhoRow,
} from './idb.ts';

const documentOf = ({ name, code, touched, mine, safe, lost }: DocumentRow): KeptDocument => ({
  name,
  code,
  touched,
  mine,
  safe,
  lost,
});

class DatabaseKept implements Kept {
  readonly lasting = true;
  readonly personId: string;
  private db: IDBDatabase;
  private opening: Promise<IDBDatabase> | null = null;

  constructor(db: IDBDatabase, personId: string) {
    this.db = db;
    this.personId = personId;
  }

  /** The browser may close a database under a page: then it is opened again. */
  private async transact<T>(stores: readonly StoreName[], work: (store: Stores) => Promise<T>): Promise<T> {
    const { db } = this;
    try {
      return await transact(db, stores, work);
    } catch (error) {
      // It says so before anything of the work is done.
      if (!(error instanceof DOMException && error.name === 'InvalidStateError')) throw error;
      return transact(await this.reopened(db), stores, work);
    }
  }

  private async reopened(closed: IDBDatabase): Promise<IDBDatabase> {
    if (this.db !== closed) return this.db;
    this.opening ??= open().finally(() => (this.opening = null));
    return (this.db = await this.opening);
  }

  list(): Promise<readonly KeptDocument[]> {
    return this.transact(['documents'], async (store) => {
      const rows: DocumentRow[] = await ask(store('documents').getAll());
      return rows.filter(({ person }) => person === this.personId).map(documentOf);
    });
  }

  load(name: string): Promise<Stored | null> {
    const id = idOf(this.personId, name);
    return this.transact(['documents', 'updates', 'refused'], async (store) => {
      const row: DocumentRow | undefined = await ask(store('documents').get(id));
      if (!row) return null;
      const rows: UpdatesRow[] = await ask(store('updates').index('id').getAll(id));
      const refused: RefusedRow | undefined = await ask(store('refused').get(id));
      return {
        document: documentOf(row),
        updates: rows.flatMap(({ updates }) => updates),
        refused: refused ?? null,
      };
    });
  }

  write(name: string, code: string, updates: readonly Uint8Array[], own: Clocks): Promise<void> {
    const id = idOf(this.personId, name);
    return this.change(['documents', 'updates'], async (store) => {
      const row: DocumentRow | undefined = await ask(store('documents').get(id));
      const next: DocumentRow = {
        id,
        person: this.personId,
        name,
        code,
        touched: Date.now(),
        mine: furthest(row?.mine ?? new Map(), own),
        safe: row?.safe ?? new Map(),
        lost: row?.lost ?? false,
      };
      store('documents').put(next);
      if (updates.length > 0) store('updates').add({ id, updates } satisfies UpdatesRow);
    });
  }

  replace(name: string, update: Uint8Array): Promise<boolean> {
    const id = idOf(this.personId, name);
    return this.change(['documents', 'updates'], async (store) => {
      const row: DocumentRow | undefined = await ask(store('documents').get(id));
      if (!row) return true;
      if (!isSent(row)) return false;
      for (const key of await ask(store('updates').index('id').getAllKeys(id))) store('updates').delete(key);
      store('updates').add({ id, updates: [update] } satisfies UpdatesRow);
      return true;
    });
  }

  markSafe(name: string, safe: Clocks): Promise<void> {
    return this.changeRow(name, (row) => ({ ...row, safe: furthest(row.safe, safe) }));
  }

  addRefused(name: string, refused: Refused): Promise<void> {
    return this.changeRow(name, (row, store, before) => {
      const all = joined(surfaceOf(name), before ?? null, refused);
      store('refused').put({ ...all, id: row.id } satisfies RefusedRow);
      return { ...row, lost: true };
    });
  }

  forgetRefused(name: string): Promise<void> {
    return this.changeRow(name, (row, store) => {
      store('refused').delete(row.id);
      return { ...row, lost: false };
    });
  }

  giveSpares(name: string, clientIds: readonly number[]): Promise<void> {
    const id = idOf(this.personId, name);
    return this.change(['spares'], async (store) => {
      for (const client of clientIds) store('spares').put({ id, client });
      const keys = await ask(store('spares').getAllKeys(rangeOf(id)));
      for (const key of keys.slice(0, -MOST_SPARES)) store('spares').delete(key);
    });
  }

  takeSpare(name: string): Promise<number | null> {
    return this.change(['spares'], async (store) => {
      const [key] = await ask(store('spares').getAllKeys(rangeOf(idOf(this.personId, name)), 1));
      if (!Array.isArray(key) || typeof key[1] !== 'number') return null;
      store('spares').delete(key);
      return key[1];
    });
  }

  remove(name: string): Promise<void> {
    return this.change(['documents', 'updates', 'refused', 'spares'], (store) =>
      removeRow(store, idOf(this.personId, name)),
    );
  }

  /** @throws once somebody else is signed in in this browser, or nobody after a signing out. */
  private change<T>(stores: readonly StoreName[], work: (store: Stores) => Promise<T>): Promise<T> {
    return this.transact([...stores, 'who'], async (store) => {
      const who: WhoRow | undefined = await ask(store('who').get(WHO));
      if (who && who.person !== this.personId) throw new Error('Somebody else is signed in by now');
      return work(store);
    });
  }

  private changeRow(
    name: string,
    by: (row: DocumentRow, store: Stores, refused: Refused | undefined) => DocumentRow,
  ): Promise<void> {
    const id = idOf(this.personId, name);
    return this.change(['documents', 'refused'], async (store) => {
      const row: DocumentRow | undefined = await ask(store('documents').get(id));
      const refused: RefusedRow | undefined = await ask(store('refused').get(id));
      if (row) store('documents').put(by(row, store, refused));
    });
  }
}

/**
 * @param signedIn whether the server has just said that this person is: from now on nobody else writes.
 * @throws when this browser gives no database, as in some private windows.
 */
export async function databaseKept(personId: string, signedIn: boolean): Promise<Kept> {
  const db = await open();
  if (signedIn) await transact(db, ['who'], async (store) => void store('who').put(whoIs(personId)));
  return new DatabaseKept(db, personId);
}
