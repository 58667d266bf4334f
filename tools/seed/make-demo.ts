/** Makes the demo's accounts and what belongs to them, unless they are there. */
import { ensureAccount, passwordHash } from '#app/server/auth/accounts.server.ts';
import type { Submit } from '#events/handling/submit.ts';
import type { Position } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import { DEMO_PASSWORD } from './people.ts';
import { seedDemo } from './seed.ts';

/** Raised when the demo gets new people; an older one is then completed. */
const EDITION = 1;

const prepare = (db: Database): Promise<void> =>
  migrate(db, 'demo', ['CREATE TABLE demo_made (edition int PRIMARY KEY)']);

/** Was a demo ever made in this database? Its accounts have a public password. */
export async function hasDemo(db: Database): Promise<boolean> {
  await prepare(db);
  return (await db.query('SELECT 1 FROM demo_made LIMIT 1')).length > 0;
}

/** @returns the last position written, or null when this edition was made before. */
export async function makeDemo(parts: {
  readonly db: Database;
  readonly submit: Submit;
  readonly now: () => number;
  readonly linkedAccount: (email: string, name: string) => Promise<string>;
}): Promise<Position | null> {
  const { db } = parts;
  await prepare(db);
  const made = await db.query('SELECT 1 FROM demo_made WHERE edition = $1', [EDITION]);
  if (made.length > 0) return null;
  const hash = await passwordHash(DEMO_PASSWORD);
  const last = await seedDemo({
    ...parts,
    account: ({ demo, ...account }) => ensureAccount(db, { ...account, passwordHash: demo ? hash : null }),
  });
  await db.query('INSERT INTO demo_made (edition) VALUES ($1) ON CONFLICT DO NOTHING', [EDITION]);
  return last;
}
