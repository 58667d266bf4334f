/**
 * Files that people give to each other: the bytes in the object store, who gave what to whom in a table. A scope is who may
 * read it: `lesson:<lesson id>`, or another word and id; whoever calls has asked whether this person belongs to it.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { withoutCameraNotes } from './camera-notes.ts';
import { MOST_FILE_BYTES, TOO_LARGE, isPicture, judge } from './kinds.ts';
import { safeName } from './names.ts';
import { RECEIVE_LIMITS, receive, type ReceiveLimits } from './receive.server.ts';

/** Steps that ran are never changed; see platform/database/schema.server.ts. */
const SCHEMA = [
  // `object` is the key in the object store, which scopes may share; `kept` once its bytes are there.
  `CREATE TABLE shared_file (
     scope text NOT NULL, id text NOT NULL, object text NOT NULL, person_id text NOT NULL, name text NOT NULL,
     type text NOT NULL, bytes int8 NOT NULL, width int8, height int8, sha256 text NOT NULL, kept bool NOT NULL,
     wall_at int8 NOT NULL, business_at int8 NOT NULL, PRIMARY KEY (scope, id))`,
  `CREATE INDEX shared_file_same ON shared_file (scope, person_id, sha256)`,
];

export interface FileLimits extends ReceiveLimits {
  /** Files and bytes that one scope, and one person in it, may have. */
  readonly scopeFiles: number;
  readonly scopeBytes: number;
  readonly personFiles: number;
  readonly personBytes: number;
  /** Uploads under way at once: of one person, and of all of this process. */
  readonly personUploads: number;
  readonly uploads: number;
}

const MB = 1_048_576;
export const FILE_LIMITS: FileLimits = {
  ...RECEIVE_LIMITS,
  scopeFiles: 3_000,
  scopeBytes: 1_024 * MB,
  personFiles: 1_000,
  personBytes: 512 * MB,
  personUploads: 4,
  uploads: 40,
};

/** What others are told of a file. */
export interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Pixels; of pictures only. */
  readonly width?: number;
  readonly height?: number;
}

export interface Upload {
  readonly personId: string;
  /** As the sender says, percent-encoded: made harmless here. */
  readonly name: string;
  /** As the sender says; null when they do not. */
  readonly bytes: number | null;
  readonly body: Readable;
}

export interface Files {
  /** Takes a file in. The same file given again under the same name by the same person is the one that is there. */
  keep(scope: string, upload: Upload): Promise<SharedFile | Refusal>;
  /** Null when this scope has no such file. */
  read(scope: string, id: string): Promise<{ file: SharedFile; body: Uint8Array } | null>;
  /** Lets another scope read files of this one, under the same ids, as when a board is carried on. */
  share(from: string, to: string, ids: readonly string[]): Promise<void>;
}

export interface FileParts {
  readonly db: Database;
  readonly objects: ObjectStore;
  /** Business time, ms. */
  readonly now: () => number;
  readonly limits?: Partial<FileLimits>;
}

interface FileRow {
  readonly id: string;
  readonly object: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
}

const TOO_MANY = refuse('too-many-files', 'There is no room for more files here.');
const TOO_MANY_AT_ONCE = refuse('too-many-uploads', 'Too many files at once. Wait until some of them have arrived.');

const COLUMNS = 'id, object, name, type, bytes, width, height';
/** A place that was taken for bytes that never came, as when the process was killed, is free again after so long; wall ms. */
const GIVEN_UP_MS = 3_600_000;

const shown = ({ id, name, type, bytes, width, height }: FileRow): SharedFile => ({
  id,
  name,
  type,
  bytes,
  ...(width !== null && height !== null ? { width, height } : {}),
});

/** Prepares the table. */
export async function createFiles({ db, objects, now, limits: some }: FileParts): Promise<Files> {
  const limits: FileLimits = { ...FILE_LIMITS, ...some };
  await migrate(db, 'files', SCHEMA);
  const under = new Map<string, number>();
  let all = 0;

  async function takePlace(
    tx: Queryable,
    scope: string,
    personId: string,
    file: Omit<FileRow, 'object'>,
    hash: string,
  ) {
    // One at a time in a scope: two could both see the last free place.
    await tx.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`files:${scope}`]);
    const [used] = await tx.query<{ files: number; bytes: number; own_files: number; own_bytes: number }>(
      `SELECT count(*)::int8 AS files, coalesce(sum(bytes), 0)::int8 AS bytes,
              count(*) FILTER (WHERE person_id = $2)::int8 AS own_files,
              coalesce(sum(bytes) FILTER (WHERE person_id = $2), 0)::int8 AS own_bytes
       FROM shared_file WHERE scope = $1 AND (kept OR wall_at > $3)`,
      [scope, personId, Date.now() - GIVEN_UP_MS],
    );
    const free =
      used &&
      used.files < limits.scopeFiles &&
      used.own_files < limits.personFiles &&
      used.bytes + file.bytes <= limits.scopeBytes &&
      used.own_bytes + file.bytes <= limits.personBytes;
    if (!free) return TOO_MANY;
    const object = `files/${file.id}`;
    await tx.query(
      `INSERT INTO shared_file (scope, id, object, person_id, name, type, bytes, width, height, sha256, kept, wall_at, business_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, false, $11, $12)`,
      [
        scope,
        file.id,
        object,
        personId,
        file.name,
        file.type,
        file.bytes,
        file.width,
        file.height,
        hash,
        Date.now(),
        now(),
      ],
    );
    return object;
  }

  async function take(scope: string, { personId, name, bytes, body }: Upload): Promise<SharedFile | Refusal> {
    if (bytes !== null && bytes > MOST_FILE_BYTES) return TOO_LARGE;
    const came = await receive(body, limits);
    if (isRefusal(came)) return came;
    const judged = judge(came, decodedName(name));
    if (isRefusal(judged)) return judged;
    const kept = safeName(name, judged.type);
    // A photograph of homework says where a child lives.
    const shownBytes = isPicture(judged.type) ? withoutCameraNotes(came, judged.type) : came;
    const hash = createHash('sha256').update(shownBytes).digest('hex');
    const [same] = await db.query<FileRow>(
      `SELECT ${COLUMNS} FROM shared_file WHERE scope = $1 AND person_id = $2 AND sha256 = $3 AND name = $4 AND kept LIMIT 1`,
      [scope, personId, hash, kept],
    );
    if (same) return shown(same);
    const file = { id: freshId(), name: kept, bytes: shownBytes.length, ...judged };
    const object = await db.transaction((tx) => takePlace(tx, scope, personId, file, hash));
    if (typeof object !== 'string') return object;
    try {
      await objects.put(object, shownBytes, file.type);
    } catch (error) {
      await db.query('DELETE FROM shared_file WHERE scope = $1 AND id = $2', [scope, file.id]);
      throw error;
    }
    await db.query('UPDATE shared_file SET kept = true WHERE scope = $1 AND id = $2', [scope, file.id]);
    return shown({ ...file, object });
  }

  return {
    async keep(scope, upload) {
      const own = under.get(upload.personId) ?? 0;
      if (own >= limits.personUploads || all >= limits.uploads) return TOO_MANY_AT_ONCE;
      under.set(upload.personId, own + 1);
      all += 1;
      try {
        return await take(scope, upload);
      } finally {
        all -= 1;
        const left = (under.get(upload.personId) ?? 1) - 1;
        if (left > 0) under.set(upload.personId, left);
        else under.delete(upload.personId);
      }
    },

    async read(scope, id) {
      const [row] = await db.query<FileRow>(
        `SELECT ${COLUMNS} FROM shared_file WHERE scope = $1 AND id = $2 AND kept`,
        [scope, id],
      );
      const found = row && (await objects.get(row.object));
      return found ? { file: shown(row), body: found.body } : null;
    },

    async share(from, to, ids) {
      await db.query(
        `INSERT INTO shared_file
         SELECT $2::text, id, object, person_id, name, type, bytes, width, height, sha256, kept, wall_at, business_at
         FROM shared_file WHERE scope = $1 AND kept AND id IN (SELECT jsonb_array_elements_text($3::text::jsonb))
         ON CONFLICT DO NOTHING`,
        [from, to, JSON.stringify(ids)],
      );
    },
  };
}

/** 128 random bits behind a letter: nobody guesses one, and documents may check its form (sync/documents/file-ids.ts). */
const freshId = (): string => `f${randomBytes(16).toString('base64url')}`;

function decodedName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
