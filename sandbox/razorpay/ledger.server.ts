import { createTables, integer, text, type Database } from '../shared/database.server.ts';

/** Whose money: the platform, or a linked account by its id. */
export type Owner = string;
export const PLATFORM: Owner = 'platform';

export interface Entry {
  readonly owner: Owner;
  readonly kind: 'float' | 'payment' | 'refund' | 'transfer' | 'reversal' | 'adjustment';
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
  /** Moves what belongs to a transfer to another settlement time, unless it is settled already. */
  reschedule(transferId: string, settlesAt: number | null): void;
  /** Owners that have something unsettled which is due at `now` (seconds), or at any time with null. */
  ownersDue(now: number | null): Owner[];
  /** Sum of what is due, in paise, and the transfers in it. */
  due(owner: Owner, now: number | null): { amount: number; transferIds: string[] };
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
  CREATE INDEX IF NOT EXISTS ledger_entity ON ledger_entry (entity_id)`;

const DUE = 'settlement_id IS NULL AND settles_at IS NOT NULL AND (? IS NULL OR settles_at <= ?)';

export function createLedger(database: Database): Ledger {
  createTables(database, TABLES);
  const due: Ledger['due'] = (owner, now) => {
    const rows = database.all(
      `SELECT amount, transfer_id FROM ledger_entry WHERE owner = ? AND ${DUE} ORDER BY seq`,
      owner,
      now,
      now,
    );
    return {
      amount: rows.reduce((sum, row) => sum + integer(row, 'amount'), 0),
      transferIds: [...new Set(rows.flatMap((row) => (row.transfer_id === null ? [] : [text(row, 'transfer_id')])))],
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
      database.all(`SELECT DISTINCT owner FROM ledger_entry WHERE ${DUE}`, now, now).map((row) => text(row, 'owner')),
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
        now,
        now,
      );
      database.run(
        `INSERT INTO ledger_entry (owner, kind, amount, entity_id, settlement_id) VALUES (?, 'settlement', ?, ?, ?)`,
        owner,
        -amount,
        settlementId,
        settlementId,
      );
    },
  };
}
