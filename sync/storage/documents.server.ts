/** The tables of the Yjs server: what a document is made of, and whose ids it knows. */
import type { Database, Queryable } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { NewUpdate, Stored } from './journal.server.ts';

/** Steps that ran are never changed; see platform/database/schema.server.ts. */
const SCHEMA = [
  // `head` is the last sequence number given; its row lock makes them gapless and ordered by commit.
  `CREATE TABLE sync_document (
     name text PRIMARY KEY, head int8 NOT NULL DEFAULT 0, next_client int8 NOT NULL DEFAULT 1)`,
  `CREATE TABLE sync_client (
     document text NOT NULL, client_id int8 NOT NULL, person_id text NOT NULL, PRIMARY KEY (document, client_id))`,
  // `brought`: by a peer, in place of the author who never came back (SPEC A7).
  `CREATE TABLE sync_update (
     document text NOT NULL, seq int8 NOT NULL, body bytea NOT NULL, person_id text NOT NULL, brought bool NOT NULL,
     wall_at int8 NOT NULL, business_at int8 NOT NULL, PRIMARY KEY (document, seq))`,
  // A shortcut for loading; the updates stay the truth.
  `CREATE TABLE sync_snapshot (document text PRIMARY KEY, seq int8 NOT NULL, body bytea NOT NULL)`,
  // A board that carries on another one, once: \`ids\` makes the same bytes of it again, should a process die in between.
  `CREATE TABLE sync_continued (
     document text PRIMARY KEY, source text NOT NULL, person_id text NOT NULL, in_front bool NOT NULL,
     host_id int8 NOT NULL, ids text NOT NULL)`,
];

/** How one board carries on another. */
export interface StoredContinuation {
  readonly source: string;
  /** Brought it. */
  readonly personId: string;
  readonly inFront: boolean;
  readonly hostId: number;
  /** Client ids of the source → those of the document. */
  readonly ids: ReadonlyMap<number, number>;
}

export interface StoredUpdate {
  readonly seq: number;
  readonly body: Uint8Array;
}

export interface StoredDocument {
  readonly snapshot: StoredUpdate | null;
  /** Behind the snapshot, in order. */
  readonly updates: readonly StoredUpdate[];
}

/** Ids that Yjs clients choose themselves are spread over 32 bits; ours start low, where they take one byte on the wire. */
const MOST_CLIENT_ID = 0xffffffff;

const updatesAfter = (db: Queryable, name: string, seq: number): Promise<StoredUpdate[]> =>
  db.query<{ seq: number; body: Uint8Array }>(
    'SELECT seq, body FROM sync_update WHERE document = $1 AND seq > $2 ORDER BY seq',
    [name, seq],
  );

async function owners(db: Queryable, name: string): Promise<Map<number, string>> {
  const rows = await db.query<{ client_id: number; person_id: string }>(
    'SELECT client_id, person_id FROM sync_client WHERE document = $1',
    [name],
  );
  return new Map(rows.map((row) => [row.client_id, row.person_id]));
}

export class DocumentTable {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  prepare(): Promise<void> {
    return migrate(this.db, 'sync', SCHEMA);
  }

  /** Makes sure that the document has a row to count in. */
  async create(name: string): Promise<void> {
    await this.db.query('INSERT INTO sync_document (name) VALUES ($1) ON CONFLICT DO NOTHING', [name]);
  }

  async load(name: string): Promise<StoredDocument> {
    const [snapshot] = await this.db.query<{ seq: number; body: Uint8Array }>(
      'SELECT seq, body FROM sync_snapshot WHERE document = $1',
      [name],
    );
    return { snapshot: snapshot ?? null, updates: await this.updatesAfter(name, snapshot?.seq ?? 0) };
  }

  async updatesAfter(name: string, seq: number): Promise<StoredUpdate[]> {
    return updatesAfter(this.db, name, seq);
  }

  /**
   * Stores, in one go, what `missing` finds to be missing beside the rows after `seq`: no two processes store the same. Its
   * numbers; null when nothing is missing.
   */
  async storeMissing(
    name: string,
    seq: number,
    missing: (rows: readonly StoredUpdate[], owners: ReadonlyMap<number, string>) => readonly NewUpdate[],
  ): Promise<Stored> {
    return this.db.transaction(async (tx) => {
      // Whoever wants to store waits here; what they stored is seen by the next.
      const [document] = await tx.query<{ head: number }>('SELECT head FROM sync_document WHERE name = $1 FOR UPDATE', [
        name,
      ]);
      if (!document) throw new Error(`${name} has no row to count in`);
      const rows = missing(await updatesAfter(tx, name, seq), await owners(tx, name));
      if (rows.length === 0) return null;
      const { head } = document;
      for (const [i, { body, personId, brought, wallAt, businessAt }] of rows.entries())
        await tx.query(
          'INSERT INTO sync_update (document, seq, body, person_id, brought, wall_at, business_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
          [name, head + 1 + i, body, personId, brought, wallAt, businessAt],
        );
      await tx.query('UPDATE sync_document SET head = $2 WHERE name = $1', [name, head + rows.length]);
      return { first: head + 1, last: head + rows.length };
    });
  }

  /** The last sequence number of each document. */
  async heads(names: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.db.query<{ name: string; head: number }>(
      'SELECT name, head FROM sync_document WHERE name IN (SELECT jsonb_array_elements_text($1::text::jsonb))',
      [JSON.stringify(names)],
    );
    return new Map(rows.map(({ name, head }) => [name, head]));
  }

  /** Never replaces a later state by an earlier one. */
  async saveSnapshot(name: string, seq: number, body: Uint8Array): Promise<void> {
    await this.db.query(
      `INSERT INTO sync_snapshot (document, seq, body) VALUES ($1, $2, $3)
       ON CONFLICT (document) DO UPDATE SET seq = excluded.seq, body = excluded.body
       WHERE sync_snapshot.seq < excluded.seq`,
      [name, seq, body],
    );
  }

  /** What the document carries on; null for none. */
  async continuation(name: string): Promise<StoredContinuation | null> {
    const [row] = await this.db.query<{
      source: string;
      person_id: string;
      in_front: boolean;
      host_id: number;
      ids: string;
    }>('SELECT source, person_id, in_front, host_id, ids FROM sync_continued WHERE document = $1', [name]);
    if (!row) return null;
    const ids: [number, number][] = JSON.parse(row.ids);
    return {
      source: row.source,
      personId: row.person_id,
      inFront: row.in_front,
      hostId: row.host_id,
      ids: new Map(ids),
    };
  }

  /** Says what the document carries on, unless that is said already; gives what is said. */
  async continueFrom(name: string, wanted: StoredContinuation): Promise<StoredContinuation> {
    const { source, personId, inFront, hostId, ids } = wanted;
    await this.db.query('INSERT INTO sync_continued VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING', [
      name,
      source,
      personId,
      inFront,
      hostId,
      JSON.stringify([...ids]),
    ]);
    return (await this.continuation(name)) ?? wanted;
  }

  /** Client id → person, all that the document knows. */
  async owners(name: string): Promise<Map<number, string>> {
    return owners(this.db, name);
  }

  /** Binds an id to a person unless it belongs to somebody, and gives whose it is. */
  async claim(name: string, client: number, personId: string): Promise<string> {
    await this.db.query('INSERT INTO sync_client VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [name, client, personId]);
    const [row] = await this.db.query<{ person_id: string }>(
      'SELECT person_id FROM sync_client WHERE document = $1 AND client_id = $2',
      [name, client],
    );
    if (!row) throw new Error(`Client ${client} of ${name} was not bound`);
    return row.person_id;
  }

  /** Fresh ids for a person: never given before, and not brought along by a client either. */
  async allocate(name: string, personId: string, count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) {
      const wanted = count - ids.length;
      const [row] = await this.db.query<{ next_client: number }>(
        `INSERT INTO sync_document (name, next_client) VALUES ($1, 1 + $2::int8)
         ON CONFLICT (name) DO UPDATE SET next_client = sync_document.next_client + $2::int8 RETURNING next_client`,
        [name, wanted],
      );
      if (!row || row.next_client > MOST_CLIENT_ID) throw new Error(`${name} has no client ids left`);
      const bound = await this.db.query<{ client_id: number }>(
        `INSERT INTO sync_client
         SELECT $1::text, id, $4::text FROM generate_series($2::int8, $3::int8) AS id
         ON CONFLICT DO NOTHING RETURNING client_id`,
        [name, row.next_client - wanted, row.next_client - 1, personId],
      );
      ids.push(...bound.map(({ client_id: id }) => id));
    }
    return ids;
  }
}
