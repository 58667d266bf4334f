/** The accounts' table, as better-auth keeps it: looked up, and made directly for people who do not sign up. */
import { randomUUID } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import type { Role } from '#events/access/roles.ts';
import type { Database } from '#platform/database/database.ts';

/** Roles a person can give themselves when they sign up; the others are granted. */
export const SIGN_UP_ROLES = ['student', 'guardian', 'tutor'] as const satisfies readonly Role[];

export const signUpRole = (value: unknown): (typeof SIGN_UP_ROLES)[number] | null =>
  SIGN_UP_ROLES.find((known) => known === value) ?? null;

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** What they asked to be when they signed up; what they are is in the log. */
  readonly role: string;
  readonly zone: string;
}

export async function accountById(db: Database, id: string): Promise<Account | null> {
  const rows = await db.query<Account>('SELECT id, name, email, role, zone FROM "user" WHERE id = $1', [id]);
  return rows[0] ?? null;
}

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly zone: string;
  /** scrypt hash as better-auth makes it; null: nobody can sign in with a password. */
  readonly passwordHash: string | null;
}

/** Makes the account unless the e-mail address has one. @returns its id */
export async function ensureAccount(db: Database, account: NewAccount): Promise<string> {
  const email = account.email.trim().toLowerCase();
  return db.transaction(async (tx) => {
    await tx.query(
      `INSERT INTO "user" (id, name, email, "emailVerified", role, zone, "createdAt", "updatedAt")
       VALUES ($1, $2, $3, true, $4, $5, now(), now()) ON CONFLICT (email) DO NOTHING`,
      [randomUUID(), account.name, email, account.role, account.zone],
    );
    const [row] = await tx.query<{ id: string }>('SELECT id FROM "user" WHERE email = $1', [email]);
    if (!row) throw new Error(`The account ${email} could not be made.`);
    if (account.passwordHash)
      await tx.query(
        `INSERT INTO "account" (id, "accountId", "providerId", issuer, "userId", password, "createdAt", "updatedAt")
         SELECT $1, $2, 'credential', 'local:credential', $2, $3, now(), now()
         WHERE NOT EXISTS (SELECT 1 FROM "account" WHERE "userId" = $2 AND "providerId" = 'credential')`,
        [randomUUID(), row.id, account.passwordHash],
      );
    return row.id;
  });
}

export const passwordHash = (password: string): Promise<string> => hashPassword(password);

/** Takes the account and all its sessions away; nobody is signed in with it any more. Again changes nothing. */
export async function deleteAccount(db: Database, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [user] = await tx.query<{ email: string }>('SELECT email FROM "user" WHERE id = $1', [id]);
    await tx.query('DELETE FROM "session" WHERE "userId" = $1', [id]);
    await tx.query('DELETE FROM "account" WHERE "userId" = $1', [id]);
    // Links to choose a new password name the account, or its address.
    await tx.query(`DELETE FROM "verification" WHERE value = $1 OR strpos(identifier || ' ' || value, $2) > 0`, [
      id,
      user?.email ?? id,
    ]);
    await tx.query('DELETE FROM "user" WHERE id = $1', [id]);
  });
}
