/** Looks after the browser's database of what is kept: what is old, small, or somebody else's. */
import { KEPT_FOR_MS, isSafe } from './contract.ts';
import {
  NOBODY,
  STORES,
  ask,
  idOf,
  open,
  removeRow,
  transact,
  whoIs,
  type DocumentRow,
  type UpdatesRow,
} from './idb.ts';

/** Updates after which a document is kept as one. */
const MANY_UPDATES = 200;

/**
 * Puts many small updates of a document in the place of which one that says the same is kept. What other tabs add
 * meanwhile stays.
 */
export async function compact(
  personId: string,
  name: string,
  merge: (updates: readonly Uint8Array[]) => Uint8Array,
): Promise<void> {
  const db = await open();
  try {
    const id = idOf(personId, name);
    await transact(db, ['updates'], async (store) => {
      const index = store('updates').index('id');
      const keys = await ask(index.getAllKeys(id));
      if (keys.length < MANY_UPDATES) return;
      const rows: UpdatesRow[] = await ask(index.getAll(id));
      const whole = merge(rows.flatMap(({ updates }) => updates));
      for (const key of keys) store('updates').delete(key);
      store('updates').add({ id, updates: [whole] } satisfies UpdatesRow);
    });
  } finally {
    db.close();
  }
}

/**
 * Throws away what is older than 30 days, and of everybody else than `personId` (null: of everybody, nobody is signed in) what
 * the server has. What it does not have waits until its author signs in again. From now on nobody else writes.
 * @throws when this browser gives no database.
 */
export async function tidyDatabase(personId: string | null, now: number): Promise<void> {
  const db = await open();
  try {
    await transact(db, STORES, async (store) => {
      if (personId !== null) store('who').put(whoIs(personId));
      const rows: DocumentRow[] = await ask(store('documents').getAll());
      const stays = (row: DocumentRow): boolean =>
        now - row.touched <= KEPT_FOR_MS && (row.person === personId || !isSafe(row));
      for (const row of rows) if (!stays(row)) await removeRow(store, row.id);
      for (const key of await ask(store('spares').getAllKeys()))
        if (personId === null || !(Array.isArray(key) && String(key[0]).startsWith(idOf(personId, ''))))
          store('spares').delete(key);
    });
  } finally {
    db.close();
  }
}

/**
 * Throws away everything of this person, and of everybody else what the server has: what it does not have waits for its
 * author. Until somebody signs in nothing is written. @throws when there is no database.
 */
export async function emptyDatabase(personId: string): Promise<void> {
  const db = await open();
  try {
    await transact(db, STORES, async (store) => {
      const rows: DocumentRow[] = await ask(store('documents').getAll());
      for (const row of rows) if (row.person === personId || isSafe(row)) await removeRow(store, row.id);
      store('spares').clear();
      store('who').put(whoIs(NOBODY));
    });
  } finally {
    db.close();
  }
}
