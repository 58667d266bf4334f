/** What the tool needs of an installation, opened with the same settings as the server. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '#config';
import { createHeadSigner, type HeadSigner } from '#events/store/audit/heads.server.ts';
import { auditKey, type AuditKey } from '#events/store/audit/key.server.ts';
import type { ChainedStore } from '#events/store/chain.ts';
import { openEventStoreDb } from '#events/store/eventstoredb.server.ts';
import type { EventStore } from '#events/store/event-store.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { FolderInUse } from '#platform/database/folder-lock.server.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { findKey } from '#platform/keys/keys.server.ts';
import { openFolder } from '#platform/objects/folder.server.ts';
import type { ObjectStore } from '#platform/objects/objects.ts';
import { openS3 } from '#platform/objects/s3.server.ts';

/** Something that the person at the terminal can mend; its message is all they see. */
export class NotReadable extends Error {}

export interface Installation {
  readonly db: Database;
  readonly store: EventStore & ChainedStore;
  readonly objects: ObjectStore;
  readonly key: AuditKey;
  readonly signer: HeadSigner;
  close(): Promise<void>;
}

/** @throws NotReadable when there is none: a key made here would sign what the server's key should. */
export function keyOf(config: Config): AuditKey {
  const seed = findKey(config.dataDir, 'AUDIT_KEY', config.keys.audit);
  if (seed === null) {
    throw new NotReadable(
      `There is no AUDIT_KEY, neither as a setting nor in ${config.dataDir}. Start the server once, or set DATA_DIR or AUDIT_KEY as the server has them.`,
    );
  }
  return auditKey(seed);
}

/** Opens what the settings name, and signs nothing by itself. @throws NotReadable */
export async function openInstallation(config: Config): Promise<Installation> {
  const key = keyOf(config);
  const db = await openDatabase(config);
  const store = config.eventStoreUrl ? await openEventStoreDb(config.eventStoreUrl, { db }) : await openSqlStore(db);
  const objects = config.s3 ? await openS3(config.s3) : await openFolder(join(config.dataDir, 'objects'));
  // Alone with its bus: who signs a head is decided in the database.
  const bus = createMemoryBus((error) => process.stderr.write(`${String(error)}\n`));
  const say = (_details: unknown, message: string): void => void process.stderr.write(`${message}\n`);
  const log = { info: () => undefined, warn: say, error: say };
  const signer = await createHeadSigner({ store, db, objects, key, bus, log, everyMs: null });
  return {
    db,
    store,
    objects,
    key,
    signer,
    async close() {
      await store.close();
      await objects.close();
      await bus.close();
      await db.close();
    },
  };
}

async function openDatabase(config: Config): Promise<Database> {
  if (config.databaseUrl) return openPostgres(config.databaseUrl);
  const folder = join(config.dataDir, 'database');
  if (!existsSync(folder))
    throw new NotReadable(
      `There is no database in ${config.dataDir}. Set DATA_DIR or DATABASE_URL as the server has them.`,
    );
  try {
    return await openPglite(folder);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    throw new NotReadable(
      `The server is running on ${config.dataDir}, and its database serves one program at a time. Stop the server and ask again. (verify works at any time.)`,
    );
  }
}
