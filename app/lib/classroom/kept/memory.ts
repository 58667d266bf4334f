/** Keeps while the page lives: where the browser gives no database, and in tests. */
import { joined } from './aside.ts';
import { MOST_SPARES, furthest, isSent, type Kept, type KeptDocument, type Refused } from './contract.ts';
import { surfaceOf } from './entries.ts';

interface Row {
  document: KeptDocument;
  updates: Uint8Array[];
  refused: Refused | null;
}

export function memoryKept(personId: string, wall: () => number = Date.now): Kept {
  const rows = new Map<string, Row>();
  const spares = new Map<string, number[]>();
  const change = (name: string, by: (row: Row) => void): void => {
    const row = rows.get(name);
    if (row) by(row);
  };
  const refuse = (row: Row, refused: Refused | null): void => {
    row.refused = refused;
    row.document = { ...row.document, lost: refused !== null };
  };
  return {
    lasting: false,
    personId,
    list: async () => [...rows.values()].map(({ document }) => document),
    async load(name) {
      const row = rows.get(name);
      return row ? { ...row, updates: [...row.updates] } : null;
    },
    async write(name, code, updates, own) {
      const none: KeptDocument = { name, code, touched: 0, mine: new Map(), safe: new Map(), lost: false };
      const row: Row = rows.get(name) ?? { document: none, updates: [], refused: null };
      row.updates.push(...updates);
      row.document = { ...row.document, touched: wall(), mine: furthest(row.document.mine, own) };
      rows.set(name, row);
    },
    async replace(name, update) {
      const row = rows.get(name);
      if (row && !isSent(row.document)) return false;
      if (row) row.updates = [update];
      return true;
    },
    async markSafe(name, safe) {
      change(name, (row) => (row.document = { ...row.document, safe: furthest(row.document.safe, safe) }));
    },
    async addRefused(name, refused) {
      change(name, (row) => refuse(row, joined(surfaceOf(name), row.refused, refused)));
    },
    async forgetRefused(name) {
      change(name, (row) => refuse(row, null));
    },
    async giveSpares(name, clientIds) {
      spares.set(name, [...(spares.get(name) ?? []), ...clientIds].slice(-MOST_SPARES));
    },
    takeSpare: async (name) => spares.get(name)?.shift() ?? null,
    async remove(name) {
      rows.delete(name);
      spares.delete(name);
    },
  };
}
