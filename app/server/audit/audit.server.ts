/** What the log says of itself: heads for everybody who wants to hold something against them, the rest for auditors. */
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import { signDocument } from '#events/store/audit/document.ts';
import { exportLog, NothingToExport } from '#events/store/audit/export.server.ts';
import type { Scope, SignedHead } from '#events/store/audit/format.ts';
import {
  HeadsBroken,
  listHeads,
  newestHeads,
  type HeadLog,
  type HeadSigner,
} from '#events/store/audit/heads.server.ts';
import type { AuditKey } from '#events/store/audit/key.server.ts';
import type { ChainedStore } from '#events/store/chain.ts';
import type { EventStore } from '#events/store/event-store.ts';
import type { Database } from '#platform/database/database.ts';
import type { Person } from '../services.ts';
import { openChainCheck } from './chain-check.server.ts';
import type { Audit } from './contract.ts';
import { streamed } from './streamed.ts';

export interface AuditParts {
  /** As it is stored: sealed. */
  readonly store: EventStore & ChainedStore;
  readonly db: Database;
  readonly key: AuditKey;
  readonly signer: HeadSigner;
  readonly log: HeadLog;
  /** Wall time, ms. */
  readonly now?: () => number;
}

/** Each reads the whole log, and holds 64 bytes a record while it proves a part. */
const EXPORTS_AT_ONCE = 2;
const SIGNED_ELSEWHERE_MS = 200;
const SIGNING_TRIES = 10;

const isAuditor = (person: Person): boolean => person.roles.includes('auditor');
const unknown = () => refuse('not-found', 'There is nothing at this address.');

/** `nexused-audit-2026-11-22T1031Z-whole.jsonl`: UTC, so that it says the same everywhere. */
export function exportName(scope: Scope, at: number): string {
  const minute = new Date(at).toISOString().slice(0, 16).replace(':', '');
  const what = scope.kind === 'whole' ? 'whole' : `${scope.kind}-${scope.id.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
  return `nexused-audit-${minute}Z-${what}.jsonl`;
}

export async function createAudit(parts: AuditParts): Promise<Audit & { stop(): Promise<void> }> {
  const { store, db, key, signer, log, now = Date.now } = parts;
  const { keyId, publicKey } = key;
  const chain = await openChainCheck({ store, db, publicKey, log, now });
  let exporting = 0;

  /** Somebody changed the rows: that is told to whoever asks, and must not look like a fault of ours. */
  async function unlessBroken(reading: Promise<readonly SignedHead[]>): Promise<readonly SignedHead[] | Refusal> {
    try {
      return await reading;
    } catch (error) {
      if (!(error instanceof HeadsBroken)) throw error;
      const { position, message: reason } = error;
      log.error({ alert: 'audit-broken', position, reason }, 'the heads in the database are not what was signed');
      return refuse(
        'heads-broken',
        `The signed heads do not hold: ${reason}. Those that were kept elsewhere still count.`,
      );
    }
  }

  /** One export more; what is given back takes it off again, once. */
  function counted(): () => void {
    exporting += 1;
    let over = false;
    return () => {
      if (!over) exporting -= 1;
      over = true;
    };
  }

  /** What is new is signed first, or an export would end before it. */
  async function sign(): Promise<void> {
    for (let tried = 0; tried < SIGNING_TRIES; tried += 1) {
      // A broken log is exported with the heads that it had: that shows where it is broken.
      if ((await signer.sign()).kind !== 'elsewhere') return;
      await new Promise((done) => setTimeout(done, SIGNED_ELSEWHERE_MS));
    }
  }

  return {
    key: { keyId, publicKey },
    signed: (kind, paper) => signDocument(key, kind, paper, now()),
    heads: (limit, before) => unlessBroken(newestHeads(db, limit, before)),
    check: () => chain.state(),
    stop: () => chain.stop(),
    async state() {
      const [head, newest, check] = await Promise.all([
        store.chainHead(),
        unlessBroken(newestHeads(db, 1)),
        chain.state(),
      ]);
      const broken = isRefusal(newest);
      const lastSigned = broken ? null : (newest[0]?.head ?? null);
      return { head, lastSigned, headsBroken: broken ? newest : null, publicKey, check };
    },
    async startCheck(person) {
      if (!isAuditor(person)) return unknown();
      // Rows that are broken are what the check finds.
      const newest = await unlessBroken(newestHeads(db, 1));
      const expected = isRefusal(newest) ? 0 : (newest[0]?.head.records ?? 0);
      return (await chain.start(expected))
        ? { kind: 'started' }
        : refuse('check-running', 'The log is being checked already.');
    },
    async exportLog(person, scope) {
      if (!isAuditor(person)) return unknown();
      if (exporting >= EXPORTS_AT_ONCE)
        return refuse('exports-busy', 'Two exports are being made already. Try again in a minute.');
      // At once: whoever asks while this one still signs must find it counted.
      const ended = counted();
      try {
        await sign();
        const heads = await unlessBroken(listHeads(db));
        if (isRefusal(heads)) {
          ended();
          return heads;
        }
        const body = await streamed((write) => exportLog({ store, key, heads, scope, write, now }), {
          ended,
          failed: (error) => log.error({ err: error, scope }, 'an export was not finished'),
        });
        log.info({ personId: person.personId, scope }, 'an audit export was begun');
        return { name: exportName(scope, now()), body };
      } catch (error) {
        ended();
        if (error instanceof NothingToExport)
          return refuse('nothing-to-export', 'The signed log holds nothing of this yet. Try again in a minute.');
        throw error;
      }
    },
  };
}
