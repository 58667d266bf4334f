/**
 * Signs the head of the log and publishes it, so that nobody can rewrite what was signed without being found out. Heads
 * form a line: each names the one before, and none is signed unless the log still goes through that one. The row decides
 * who signs number n; the object store is where heads are safe from whoever may write to the database.
 */
import { randomUUID } from 'node:crypto';
import type { Bus } from '#platform/bus/bus.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { canonicalJson } from '../canonical.ts';
import { GENESIS, link, type ChainedStore, type ChainHead } from '../chain.ts';
import type { Position } from '../event-store.ts';
import { headBytes, hex, unhex, type Head, type SignedHead } from './format.ts';
import type { AuditKey } from './key.server.ts';
import { parseHead } from './lines.ts';
import { GrowingTree } from './merkle.ts';
import { headDigest, headFlaw } from './signatures.ts';

export interface HeadLog {
  info(details: Readonly<Record<string, unknown>>, message: string): void;
  warn(details: Readonly<Record<string, unknown>>, message: string): void;
  error(details: Readonly<Record<string, unknown>>, message: string): void;
}

export interface HeadSettings {
  readonly store: ChainedStore;
  readonly db: Database;
  readonly objects: ObjectStore;
  readonly key: AuditKey;
  readonly bus: Bus;
  readonly log: HeadLog;
  /** How often the head is signed while something is appended, wall ms. Default 10 minutes; null: only when asked. */
  readonly everyMs?: number | null;
  /** How long at most between two heads, also when nothing was appended, wall ms. Default a day. */
  readonly atLeastMs?: number;
  /** Wall time, ms. */
  readonly now?: () => number;
}

export type Signing =
  | { readonly kind: 'signed'; readonly head: Head }
  /** Nothing was appended since the head given; null for an empty log. */
  | { readonly kind: 'unchanged'; readonly head: Head | null }
  /** Another process signs just now. */
  | { readonly kind: 'elsewhere' }
  /** The log, or the heads, are not what was signed before. Nothing is signed until someone has looked. */
  | { readonly kind: 'broken'; readonly position: Position | null; readonly reason: string }
  /** There was no time to read all that is new (only while stopping). */
  | { readonly kind: 'unfinished' };

export interface HeadSigner {
  /** Signs now, unless nothing was appended since the last head. */
  sign(): Promise<Signing>;
  /** Ends the schedule and signs what is new, as far as `withinMs` (default 3,000) allows. */
  stop(withinMs?: number): Promise<void>;
}

const SCHEMA: readonly string[] = [
  `CREATE TABLE audit_head (
     number int8 PRIMARY KEY,
     position text NOT NULL,
     body text NOT NULL,
     published boolean NOT NULL DEFAULT false
   )`,
];

const LEASE = 'audit:heads';
const LEASE_MS = 60_000;
const NEWEST = 'audit/heads/newest.json';
const BATCH = 1_000;

/** The object that holds this head. A head signed again without anything new has its number in the name. */
export const headObject = (head: Head, before: Head | null): string =>
  before?.position === head.position
    ? `audit/heads/${head.position}.${head.number}.json`
    : `audit/heads/${head.position}.json`;

export class HeadsBroken extends Error {
  readonly position: Position | null;

  constructor(position: Position | null, reason: string) {
    super(reason);
    this.position = position;
  }
}

export async function createHeadSigner(settings: HeadSettings): Promise<HeadSigner> {
  const { db, bus, log, everyMs = 600_000, atLeastMs = 86_400_000, now = Date.now } = settings;
  await migrate(db, 'audit', SCHEMA);
  const holder = randomUUID();
  let running: Promise<Signing> | null = null;
  let deadline = Number.POSITIVE_INFINITY;

  async function signOnce(): Promise<Signing> {
    if ((await bus.lease(LEASE, holder, LEASE_MS)) === null) return { kind: 'elsewhere' };
    try {
      const last = await publishRest(settings);
      const due = last !== null && now() - last.signedAt >= atLeastMs;
      const found = await nextHead(settings, last, due, now(), () => now() > deadline);
      if ('kind' in found) return found;
      return await publish(settings, found, last);
    } catch (error) {
      if (!(error instanceof HeadsBroken)) throw error;
      const { position, message: reason } = error;
      log.error(
        { alert: 'audit-broken', position, reason },
        'the log is not the one that was signed; no head is signed',
      );
      return { kind: 'broken', position, reason };
    } finally {
      await bus.release(LEASE, holder);
    }
  }

  /** One after the other within this process; between processes the lease and the row decide. */
  async function sign(): Promise<Signing> {
    // Whoever began it hears how it went.
    while (running !== null) await running.catch(() => null);
    running = signOnce();
    try {
      return await running;
    } finally {
      running = null;
    }
  }

  const onSchedule = (): void => {
    sign().then(
      (signing) =>
        signing.kind === 'signed' && log.info({ position: signing.head.position }, 'the head of the log was signed'),
      (error: unknown) => log.warn({ err: error }, 'the head of the log could not be signed; it will be tried again'),
    );
  };
  const timer = everyMs === null ? null : setInterval(onSchedule, everyMs);
  timer?.unref();

  return {
    sign,
    async stop(withinMs = 3_000) {
      if (timer !== null) clearInterval(timer);
      deadline = now() + withinMs;
      await sign();
    },
  };
}

/** All heads in their line, as the database has them. */
export async function listHeads(db: Database): Promise<readonly SignedHead[]> {
  await migrate(db, 'audit', SCHEMA);
  const rows = await db.query<HeadRow>('SELECT number, body, published FROM audit_head ORDER BY number');
  return rows.map(headIn);
}

/** Published heads, newest first, those with a number below `before`. The table must be there (`createHeadSigner`). */
export async function newestHeads(db: Database, limit: number, before?: number): Promise<readonly SignedHead[]> {
  const rows = await db.query<HeadRow>(
    `SELECT number, body, published FROM audit_head
      WHERE published AND ($2::int8 IS NULL OR number < $2::int8) ORDER BY number DESC LIMIT $1`,
    [limit, before ?? null],
  );
  return rows.map(headIn);
}

/**
 * Where the log must go through every published head of the database, newest first. The newest is signed with `publicKey`,
 * and each names the one before it, so that none in front of it can be changed or left out; that the newest was not itself
 * taken away is known to the object store only (`publishRest`). @throws HeadsBroken
 */
export async function provenHeads(db: Database, publicKey: string): Promise<readonly ChainHead[]> {
  const proven: ChainHead[] = [];
  let later: Head | null = null;
  for (;;) {
    const batch: readonly SignedHead[] = await newestHeads(db, BATCH, later?.number);
    for (const signed of batch) {
      const { head } = signed;
      const flaw = later === null ? await headFlaw(signed, [publicKey]) : null;
      if (flaw !== null) throw new HeadsBroken(head.position, `head ${head.number} in the database: ${flaw.reason}`);
      if (later !== null && later.previous !== headDigest(head))
        throw new HeadsBroken(later.position, `head ${later.number} in the database does not name the one before it`);
      proven.push({ position: head.position, chain: head.chain });
      later = head;
    }
    if (batch.length < BATCH) break;
  }
  if (later !== null && later.previous !== null)
    throw new HeadsBroken(later.position, `the head before head ${later.number} is not in the database`);
  return proven;
}

/** The head as it was published, or null when the object store has none under its name. */
export async function publishedHead(objects: ObjectStore, head: Head, before: Head | null): Promise<SignedHead | null> {
  return parsedObject(await objects.get(headObject(head, before)));
}

interface HeadRow {
  readonly number: number;
  readonly body: string;
  readonly published: boolean;
}

function headIn(row: HeadRow): SignedHead {
  const signed = parseHead(row.body);
  if (signed?.head.number !== row.number) {
    throw new HeadsBroken(null, `head ${row.number} in the database is not written as a head is`);
  }
  return signed;
}

function parsedObject(object: { readonly body: Uint8Array } | null): SignedHead | null {
  return object === null ? null : parseHead(new TextDecoder().decode(object.body));
}

/** Publishes heads that a killed process only wrote down; gives the last one. */
async function publishRest({ db, objects }: HeadSettings): Promise<Head | null> {
  // Before the rows: whoever signs meanwhile writes the row first.
  const newest = parsedObject(await objects.get(NEWEST));
  const rows = await db.query<HeadRow>(
    `SELECT number, body, published FROM audit_head
      WHERE NOT published OR number >= (SELECT max(number) - 1 FROM audit_head) ORDER BY number`,
  );
  let last: Head | null = null;
  for (const row of rows) {
    const signed = headIn(row);
    if (!row.published) await put({ db, objects }, signed, last);
    last = signed.head;
  }
  if (newest !== null && (last === null || newest.head.number > last.number)) {
    throw new HeadsBroken(newest.head.position, `head ${newest.head.number} was published and is not in the database`);
  }
  if (newest !== null && newest.head.number === last?.number && headDigest(newest.head) !== headDigest(last)) {
    throw new HeadsBroken(last.position, `head ${last.number} in the database is not the published one`);
  }
  return last;
}

async function put(
  { db, objects }: Pick<HeadSettings, 'db' | 'objects'>,
  signed: SignedHead,
  before: Head | null,
): Promise<void> {
  const name = headObject(signed.head, before);
  const body = canonicalJson(signed);
  const there = await objects.get(name);
  if (there !== null && new TextDecoder().decode(there.body) !== body) {
    throw new HeadsBroken(signed.head.position, `${name} holds another head already`);
  }
  const bytes = new TextEncoder().encode(body);
  if (there === null) await objects.put(name, bytes, 'application/json');
  await objects.put(NEWEST, bytes, 'application/json');
  await db.query('UPDATE audit_head SET published = true WHERE number = $1', [signed.head.number]);
}

/**
 * The head to be signed after `last`: reads what was appended since, checking that it goes on from there. With `due`
 * also when nothing was. @throws HeadsBroken
 */
export async function nextHead(
  { store, key }: Pick<HeadSettings, 'store' | 'key'>,
  last: Head | null,
  due: boolean,
  now: number,
  late: () => boolean = () => false,
): Promise<Head | Signing> {
  const end = await store.chainHead();
  if (end === null) {
    if (last !== null) throw new HeadsBroken(last.position, 'the log is empty, and was not when it was signed');
    return { kind: 'unchanged', head: null };
  }
  if (last !== null && end.position < last.position) {
    throw new HeadsBroken(last.position, 'the log ends before the last signed head');
  }
  if (last !== null && end.position === last.position && end.chain !== last.chain) {
    throw new HeadsBroken(last.position, 'the chain value at the last signed head is another one');
  }
  if (last?.position === end.position && !due) return { kind: 'unchanged', head: last };

  const peaks = (last?.peaks ?? []).map((peak) => hashIn(peak, end.position));
  const tree = GrowingTree.from(last?.records ?? 0, peaks);
  let chain = last?.chain ?? GENESIS;
  let position: Position | null = last?.position ?? null;
  while (position !== end.position) {
    if (late()) return { kind: 'unfinished' };
    const records = await store.chainRecords({ ...(position !== null && { after: position }), limit: BATCH });
    if (records.length === 0) throw new HeadsBroken(end.position, 'the log ends before its own head');
    for (const record of records) {
      if (link(chain, record) !== record.chain) {
        throw new HeadsBroken(record.position, 'the chain value does not follow from the record and the one before it');
      }
      tree.add(hashIn(record.chain, record.position));
      ({ chain, position } = record);
      // What came after is signed the next time.
      if (position === end.position) break;
    }
  }
  if (chain !== end.chain) throw new HeadsBroken(end.position, 'the head of the log is not its last chain value');
  return {
    version: 1,
    number: (last?.number ?? -1) + 1,
    position: end.position,
    chain,
    records: tree.size,
    root: hex(tree.root()),
    peaks: tree.peaks.map(hex),
    previous: last === null ? null : headDigest(last),
    signedAt: now,
    keyId: key.keyId,
    publicKey: key.publicKey,
  };
}

function hashIn(text: string, position: Position): Uint8Array {
  const hash = unhex(text, 32);
  if (hash === null) throw new HeadsBroken(position, 'a chain value is no hash');
  return hash;
}

/** The row first: its number is taken once, whoever else is signing. */
async function publish(settings: HeadSettings, head: Head, last: Head | null): Promise<Signing> {
  const signed: SignedHead = { head, signature: settings.key.sign(headBytes(head)) };
  const taken = await settings.db.query(
    `INSERT INTO audit_head (number, position, body) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING number`,
    [head.number, head.position, canonicalJson(signed)],
  );
  if (taken.length === 0) return { kind: 'elsewhere' };
  await put(settings, signed, last);
  return { kind: 'signed', head };
}
