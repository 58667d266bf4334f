import type { Database, Queryable } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import { GENESIS, link, type ChainedStore, type ChainRecord } from './chain.ts';
import type { Position, RecordedEvent } from './event-store.ts';
import { chainable } from './eventstoredb-wire.ts';

/**
 * EventStoreDB does not chain, so the chain stands beside it: each record's canonical bytes and chain value, in the
 * order of $all. Positions are fixed-width digits, so text order is log order whatever the collation.
 */
const SCHEMA: readonly string[] = [
  `CREATE TABLE log_chain (
     position text PRIMARY KEY,
     stream text NOT NULL,
     rev int8 NOT NULL,
     id uuid NOT NULL,
     type text NOT NULL,
     data text NOT NULL,
     meta text NOT NULL,
     recorded_at int8 NOT NULL,
     chain bytea NOT NULL
   )`,
  `CREATE TABLE log_chain_head (
     one int PRIMARY KEY CHECK (one = 1),
     position text,
     chain bytea NOT NULL
   )`,
  `INSERT INTO log_chain_head VALUES (1, NULL, decode(repeat('00', 32), 'hex'))`,
  `CREATE FUNCTION log_chain_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     RAISE EXCEPTION '% of % is refused: the chain only grows', TG_OP, TG_TABLE_NAME USING ERRCODE = 'LG001';
   END $$`,
  `CREATE TRIGGER log_chain_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON log_chain
     FOR EACH STATEMENT EXECUTE FUNCTION log_chain_refuse()`,
];

const PAGE = 500;

interface HeadRow {
  readonly position: Position | null;
  readonly chain: string;
}

export interface ChainRow {
  readonly position: Position;
  readonly stream: string;
  readonly rev: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly meta: string;
  readonly recorded_at: number;
  readonly chain: string;
}

export const CHAIN_COLUMNS =
  "c.position, c.stream, c.rev, c.id::text AS id, c.type, c.data, c.meta, c.recorded_at, encode(c.chain, 'hex') AS chain";

export const chainRecordOf = ({ rev, recorded_at, ...row }: ChainRow): ChainRecord => ({
  ...row,
  revision: rev,
  recordedAt: recorded_at,
});

export interface Chain extends ChainedStore {
  /** Links everything that is in the log now; true when there was something. Many may try at once: one writes. */
  extend(): Promise<boolean>;
  /** How far it is. */
  reached(): Promise<Position | null>;
}

export async function openChain(
  db: Database,
  readAfter: (after: Position | null, limit: number) => Promise<readonly RecordedEvent[]>,
): Promise<Chain> {
  await migrate(db, 'log_chain', SCHEMA);

  const headOf = async (on: Queryable, locked: boolean): Promise<HeadRow> => {
    const [row] = await on.query<HeadRow>(
      `SELECT position, encode(chain, 'hex') AS chain FROM log_chain_head ${locked ? 'FOR UPDATE' : ''}`,
    );
    return row ?? { position: null, chain: GENESIS };
  };

  /** Links the events that are not linked yet. The row lock makes one writer of all processes. */
  async function write(tx: Queryable, events: readonly RecordedEvent[]): Promise<void> {
    const head = await headOf(tx, true);
    let chain = head.chain;
    const records: ChainRecord[] = [];
    for (const event of events) {
      // Another process came first.
      if (head.position !== null && event.position <= head.position) continue;
      const record = chainable(event);
      chain = link(chain, record);
      records.push({ ...record, chain });
    }
    const last = records.at(-1);
    if (last === undefined) return;
    await tx.query(
      `INSERT INTO log_chain
       SELECT position, stream, rev, id, type, data, meta, recorded_at, decode(chain, 'hex')
         FROM unnest($1::text[], $2::text[], $3::int8[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::int8[],
                     $9::text[]) AS r (position, stream, rev, id, type, data, meta, recorded_at, chain)`,
      [
        records.map((record) => record.position),
        records.map((record) => record.stream),
        records.map((record) => record.revision),
        records.map((record) => record.id),
        records.map((record) => record.type),
        records.map((record) => record.data),
        records.map((record) => record.meta),
        records.map((record) => record.recordedAt),
        records.map((record) => record.chain),
      ],
    );
    await tx.query(`UPDATE log_chain_head SET position = $1, chain = decode($2, 'hex')`, [last.position, last.chain]);
  }

  async function extendOnce(): Promise<boolean> {
    let grown = false;
    let { position } = await headOf(db, false);
    for (;;) {
      // Read outside the transaction: whoever holds the row must not wait for another server.
      const events = await readAfter(position, PAGE);
      const last = events.at(-1);
      if (last === undefined) return grown;
      await db.transaction((tx) => write(tx, events));
      grown = true;
      position = last.position;
      if (events.length < PAGE) return grown;
    }
  }

  // Whoever asks while one pass runs needs one that began later.
  let pass: Promise<boolean> | null = null;
  let next: Promise<boolean> | null = null;
  const begin = (): Promise<boolean> => {
    const mine = extendOnce().finally(() => {
      if (pass === mine) pass = null;
    });
    return (pass = mine);
  };
  function extend(): Promise<boolean> {
    if (pass === null) return begin();
    next ??= pass
      .catch(() => false)
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  }

  return {
    extend,

    async reached() {
      return (await headOf(db, false)).position;
    },

    async chainRecords({ after, limit = 1_000 } = {}) {
      if (after === undefined) await extend();
      const rows = await db.query<ChainRow>(
        `SELECT ${CHAIN_COLUMNS} FROM log_chain c WHERE c.position > $2 ORDER BY c.position LIMIT $1`,
        [limit, after ?? ''],
      );
      return rows.map(chainRecordOf);
    },

    async chainHead() {
      await extend();
      const { position, chain } = await headOf(db, false);
      return position === null ? null : { position, chain };
    },
  };
}
