/**
 * Connectivity tests, open to all: a ticket that opens nothing but an echo on the media server, and what the page found,
 * kept for ops under the code that the person reads to support. Nothing in it says who it was.
 */
import { CHECK_MS, type CheckOffice } from '#events/access/check-ticket.server.ts';
import { newSupportCode, readSupportCode } from '#events/access/support-code.server.ts';
import type { Database } from '#platform/database/database.ts';
import { migrate } from '#platform/database/schema.server.ts';
import type { Report } from './report.ts';

/** Steps that ran are never changed; see platform/database/schema.server.ts. */
const SCHEMA = [
  `CREATE TABLE connectivity_check (
     code text PRIMARY KEY, report text NOT NULL, made_at int8 NOT NULL, saved_at int8 NOT NULL)`,
  `CREATE INDEX connectivity_check_made ON connectivity_check (made_at)`,
];

/** Results are kept for so long, wall ms. */
export const KEPT_MS = 30 * 24 * 3_600_000;
/** Old ones are looked for at most so often, wall ms. */
const SWEEP_MS = 3_600_000;

export interface StartedCheck {
  /** Eight letters and digits, as stored; shown with a dash in the middle. */
  readonly code: string;
  readonly ticket: string;
  /** Wall time, ms. */
  readonly expiresAt: number;
  readonly signalling: { readonly url: string; readonly path: string };
}

export interface FoundCheck {
  readonly code: string;
  /** When it was begun, wall ms. */
  readonly madeAt: number;
  readonly report: Report;
}

export interface Checks {
  /** `origin` is where the client reached us. */
  start(origin: string): StartedCheck;
  /** Keeps what was found, in the place of what was kept under this code before. False: this ticket is not for it. */
  save(code: string, ticket: string, report: Report): Promise<boolean>;
  /** By the code as somebody wrote it down: small letters, blanks and dashes do not matter. */
  find(code: string): Promise<FoundCheck | null>;
  /** The latest ones. */
  latest(count: number): Promise<readonly FoundCheck[]>;
}

export interface CheckParts {
  readonly db: Database;
  readonly office: CheckOffice;
  /** Public address of a node that serves media; null: where the client reached us. */
  readonly mediaNode: () => string | null;
  /** Wall ms. */
  readonly wallNow?: () => number;
}

interface Row {
  readonly code: string;
  readonly report: string;
  readonly made_at: number;
}

const foundOf = ({ code, report, made_at: madeAt }: Row): FoundCheck => ({ code, madeAt, report: JSON.parse(report) });

/** Prepares the table. */
export async function createChecks({ db, office, mediaNode, wallNow = Date.now }: CheckParts): Promise<Checks> {
  await migrate(db, 'checks', SCHEMA);
  let sweptAt = 0;

  return {
    start(origin) {
      const code = newSupportCode();
      const expiresAt = wallNow() + CHECK_MS;
      return {
        code,
        ticket: office.sign({ code, expiresAt }),
        expiresAt,
        signalling: { url: mediaNode() ?? origin, path: '/signalling' },
      };
    },

    async save(code, token, report) {
      const ticket = office.verify(token);
      if (ticket === null || ticket.code !== code) return false;
      const now = wallNow();
      await db.query(
        `INSERT INTO connectivity_check (code, report, made_at, saved_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (code) DO UPDATE SET report = $2, saved_at = $4`,
        [code, JSON.stringify(report), ticket.expiresAt - CHECK_MS, now],
      );
      if (now - sweptAt > SWEEP_MS) {
        sweptAt = now;
        await db.query('DELETE FROM connectivity_check WHERE made_at < $1', [now - KEPT_MS]);
      }
      return true;
    },

    async find(code) {
      const asked = readSupportCode(code);
      if (asked === null) return null;
      const [row] = await db.query<Row>(
        'SELECT code, report, made_at FROM connectivity_check WHERE code = $1 AND made_at >= $2',
        [asked, wallNow() - KEPT_MS],
      );
      return row === undefined ? null : foundOf(row);
    },

    async latest(count) {
      const rows = await db.query<Row>(
        'SELECT code, report, made_at FROM connectivity_check WHERE made_at >= $1 ORDER BY made_at DESC LIMIT $2',
        [wallNow() - KEPT_MS, count],
      );
      return rows.map((row) => foundOf(row));
    },
  };
}
