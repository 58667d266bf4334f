import { createTables, integer, text, type Database } from '../shared/database.server.ts';

/** Whose money: the platform, or a linked account by its id. */
export type Owner = string;
export const PLATFORM: Owner = 'platform';

export interface Entry {
  readonly owner: Owner;
  readonly kind: 'float' | 'payment' | 'refund' | 'transfer' | 'reversal' | 'dispute' | 'adjustment';
  /** Paise; credit above zero, debit below. */
  readonly amount: number;
  readonly entityId: string;
  /** The transfer whose hold governs this entry, on a linked account. */
  readonly transferId: string | null;
  /** Seconds; null while it may not be settled. */
  readonly settlesAt: number | null;
}

/** All in paise. */
export interface Balance {
  /** What could be spent or settled, held money included. */
  readonly balance: number;
  readonly held: number;
  readonly pending: number;
  readonly settled: number;
}

export interface Ledger {
  post(entry: Entry): void;
  balance(owner: Owner): Balance;
  /** What could be spent; asked on every transfer and refund, so it is kept and not summed up. */
  available(owner: Owner): number;
  /** Moves what belongs to a transfer to another settlement time, unless it is settled already. */
  reschedule(transferId: string, settlesAt: number | null): void;
  /** Owners that have something unsettled which is due at `now` (seconds), or at any time with null. */
  ownersDue(now: number | null): Owner[];
  /** Sum of what is due, in paise, with the transfers whose holds govern it, and every entity in it. */
  due(owner: Owner, now: number | null): { amount: number; transferIds: string[]; entityIds: string[] };
  /** The settlement that carried an entity's part of the platform's money; null before. */
  settlementOf(entityId: string): string | null;
  /** Takes everything due out of the balance under one settlement. */
  settle(owner: Owner, now: number | null, settlementId: string): void;
}

const TABLES = `
  CREATE TABLE IF NOT EXISTS ledger_entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
    entity_id TEXT NOT NULL, transfer_id TEXT, settles_at INTEGER, settlement_id TEXT);
  CREATE INDEX IF NOT EXISTS ledger_owner ON ledger_entry (owner, settlement_id);
  CREATE INDEX IF NOT EXISTS ledger_transfer ON ledger_entry (transfer_id);
  CREATE INDEX IF NOT EXISTS ledger_entity ON ledger_entry (entity_id);
  CREATE INDEX IF NOT EXISTS ledger_due ON ledger_entry (settles_at, owner)
    WHERE settlement_id IS NULL AND settles_at IS NOT NULL;
  CREATE TABLE IF NOT EXISTS ledger_total (owner TEXT PRIMARY KEY, amount INTEGER NOT NULL);
  INSERT OR IGNORE INTO ledger_total SELECT owner, sum(amount) FROM ledger_entry GROUP BY owner`;

const DUE = 'settlement_id IS NULL AND settles_at IS NOT NULL AND settles_at <= ?';
const EVER = Number.MAX_SAFE_INTEGER;

export function createLedger(database: Database): Ledger {
  createTables(database, TABLES);
  const add = (owner: Owner, amount: number): void => {
    database.run(
      `INSERT INTO ledger_total (owner, amount) VALUES (?, ?)
       ON CONFLICT (owner) DO UPDATE SET amount = amount + excluded.amount`,
      owner,
      amount,
    );
  };
  const due: Ledger['due'] = (owner, now) => {
    const rows = database.all(
      `SELECT amount, entity_id, transfer_id FROM ledger_entry WHERE owner = ? AND ${DUE} ORDER BY seq`,
      owner,
      now ?? EVER,
    );
    return {
      amount: rows.reduce((sum, row) => sum + integer(row, 'amount'), 0),
      transferIds: [...new Set(rows.flatMap((row) => (row.transfer_id === null ? [] : [text(row, 'transfer_id')])))],
      entityIds: rows.map((row) => text(row, 'entity_id')),
    };
  };
  return {
    post(entry) {
      database.run(
        'INSERT INTO ledger_entry (owner, kind, amount, entity_id, transfer_id, settles_at) VALUES (?, ?, ?, ?, ?, ?)',
        entry.owner,
        entry.kind,
        entry.amount,
        entry.entityId,
        entry.transferId,
        entry.settlesAt,
      );
      add(entry.owner, entry.amount);
    },
    available(owner) {
      const row = database.get('SELECT amount FROM ledger_total WHERE owner = ?', owner);
      return row ? integer(row, 'amount') : 0;
    },
    balance(owner) {
      const row = database.get(
        `SELECT coalesce(sum(amount), 0) AS balance,
           coalesce(sum(amount) FILTER (WHERE settlement_id IS NULL AND settles_at IS NULL
             AND transfer_id IS NOT NULL), 0) AS held,
           coalesce(sum(amount) FILTER (WHERE settlement_id IS NULL AND settles_at IS NOT NULL), 0) AS pending,
           coalesce(-sum(amount) FILTER (WHERE kind = 'settlement'), 0) AS settled
         FROM ledger_entry WHERE owner = ?`,
        owner,
      );
      if (!row) throw new Error('a sum without a row');
      return {
        balance: integer(row, 'balance'),
        held: integer(row, 'held'),
        pending: integer(row, 'pending'),
        settled: integer(row, 'settled'),
      };
    },
    reschedule(transferId, settlesAt) {
      database.run(
        'UPDATE ledger_entry SET settles_at = ? WHERE transfer_id = ? AND settlement_id IS NULL',
        settlesAt,
        transferId,
      );
    },
    ownersDue: (now) =>
      database
        .all(`SELECT DISTINCT owner FROM ledger_entry WHERE ${DUE}`, now ?? EVER)
        .map((row) => text(row, 'owner')),
    due,
    settlementOf(entityId) {
      const row = database.get(
        'SELECT settlement_id FROM ledger_entry WHERE owner = ? AND entity_id = ? AND settlement_id IS NOT NULL',
        PLATFORM,
        entityId,
      );
      return row ? text(row, 'settlement_id') : null;
    },
    settle(owner, now, settlementId) {
      const { amount } = due(owner, now);
      database.run(
        `UPDATE ledger_entry SET settlement_id = ? WHERE owner = ? AND ${DUE}`,
        settlementId,
        owner,
        now ?? EVER,
      );
      database.run(
        `INSERT INTO ledger_entry (owner, kind, amount, entity_id, settlement_id) VALUES (?, 'settlement', ?, ?, ?)`,
        owner,
        -amount,
        settlementId,
        settlementId,
      );
      add(owner, -amount);
    },
  };
}
