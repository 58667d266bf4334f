/**
 * One key a person, wrapped with DATA_KEY, in the table `person_key`. Destroying the row's key makes everything that was
 * sealed with it unreadable, in the log, in its exports and on old disks alike.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { Bus } from '#platform/bus/bus.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';

/** Null: destroyed, the person is erased. */
export type PersonKey = KeyObject | null;
export type PersonKeys = ReadonlyMap<string, PersonKey>;

export interface Vault {
  /** Their keys; whoever has none yet gets one. */
  keysFor(personIds: ReadonlySet<string>): Promise<PersonKeys>;
  /** The same without making any: who has no key is told as destroyed. */
  knownKeys(personIds: ReadonlySet<string>): Promise<PersonKeys>;
  /** For good, in every process within a minute at most. Again changes nothing. */
  destroy(personId: string): Promise<void>;
  close(): Promise<void>;
}

export interface VaultSettings {
  readonly db: Database;
  /** 32 bytes in hex. */
  readonly dataKey: string;
  readonly bus: Bus;
  /** How long a key stays in memory at most, wall ms. Default 60,000, which is also how long an erasure may be overlooked. */
  readonly ttlMs?: number;
  /** Keys in memory at most. Default 10,000. */
  readonly max?: number;
  /** Wall time, ms. */
  readonly now?: () => number;
}

/** The database holds keys that were wrapped with another DATA_KEY. Its message is for the person at the terminal. */
export class WrongDataKey extends Error {}

const SCHEMA: readonly string[] = [
  `CREATE TABLE person_key (
     person_id text PRIMARY KEY,
     wrapped text,
     destroyed_at int8,
     CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
   )`,
];

const DESTROYED = 'person-key-destroyed';
/** No person: what is wrapped here tells whether DATA_KEY is the right one. */
const PROBE = '';

interface Row {
  readonly person_id: string;
  readonly wrapped: string | null;
}

/** @throws WrongDataKey */
export async function openVault(settings: VaultSettings): Promise<Vault> {
  const { db, dataKey, bus, ttlMs = 60_000, max = 10_000, now = Date.now } = settings;
  const master = createSecretKey(Buffer.from(dataKey, 'hex'));
  if (master.symmetricKeySize !== 32) throw new WrongDataKey('DATA_KEY must be 32 bytes in hex.');
  await migrate(db, 'vault', SCHEMA);
  const cache = new Map<string, { readonly key: PersonKey; readonly until: number }>();

  // How often each was destroyed: what a load began to read before that must not be kept after it.
  const destroyed = new Map<string, number>();
  function forget(personId: string): void {
    destroyed.set(personId, (destroyed.get(personId) ?? 0) + 1);
    cache.delete(personId);
  }

  const unsubscribe = await bus.subscribe(DESTROYED, (message) => {
    if (typeof message === 'string') forget(message);
  });

  function keep(personId: string, key: PersonKey): void {
    cache.delete(personId);
    const [oldest] = cache.keys();
    if (cache.size >= max && oldest !== undefined) cache.delete(oldest);
    cache.set(personId, { key, until: now() + ttlMs });
  }

  async function keys(personIds: ReadonlySet<string>, make: boolean): Promise<PersonKeys> {
    const found = new Map<string, PersonKey>();
    const missing: string[] = [];
    for (const id of personIds) {
      const cached = cache.get(id);
      if (cached !== undefined && cached.until > now()) found.set(id, cached.key);
      else missing.push(id);
    }
    if (missing.length === 0) return found;
    const before = new Map(missing.map((id) => [id, destroyed.get(id)]));
    let rows = await load(missing);
    if (make && rows.length < missing.length) {
      const there = new Set(rows.map((row) => row.person_id));
      const fresh = missing.filter((id) => !there.has(id));
      await db.query(
        `INSERT INTO person_key (person_id, wrapped) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`,
        [fresh, fresh.map((id) => wrap(randomBytes(32), master, id))],
      );
      // Read back: another process may have been first.
      rows = await load(missing);
    }
    for (const { person_id: id, wrapped } of rows) {
      const key = wrapped === null ? null : createSecretKey(unwrap(wrapped, master, id));
      // It is gone by now, though it was not when it was read.
      const current = destroyed.get(id) === before.get(id);
      found.set(id, current ? key : null);
      if (current) keep(id, key);
    }
    // Without a row there is no key to be had; not kept in mind, since another process may make one any moment.
    for (const id of missing) if (!found.has(id)) found.set(id, null);
    return found;
  }

  const load = (ids: readonly string[]): Promise<Row[]> =>
    db.query<Row>('SELECT person_id, wrapped FROM person_key WHERE person_id = ANY($1::text[])', [ids]);

  await keys(new Set([PROBE]), true);

  return {
    keysFor: (personIds) => keys(personIds, true),
    knownKeys: (personIds) => keys(personIds, false),
    async destroy(personId) {
      // Also where there was none: nothing must be sealed for this person any more.
      await db.query(
        `INSERT INTO person_key (person_id, wrapped, destroyed_at) VALUES ($1, NULL, $2)
         ON CONFLICT (person_id) DO UPDATE
           SET wrapped = NULL, destroyed_at = coalesce(person_key.destroyed_at, excluded.destroyed_at)`,
        [personId, now()],
      );
      forget(personId);
      await bus.publish(DESTROYED, personId);
    },
    async close() {
      await unsubscribe();
      cache.clear();
    },
  };
}

function wrap(key: Buffer, master: KeyObject, personId: string): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', master, nonce);
  cipher.setAAD(Buffer.from(personId));
  return Buffer.concat([nonce, cipher.update(key), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function unwrap(wrapped: string, master: KeyObject, personId: string): Buffer {
  const bytes = Buffer.from(wrapped, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', master, bytes.subarray(0, 12));
    decipher.setAAD(Buffer.from(personId));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
  } catch (error) {
    throw new WrongDataKey(
      'DATA_KEY is not the one that personal data in this database are encrypted with. Give the one that the server had before.',
      { cause: error },
    );
  }
}
