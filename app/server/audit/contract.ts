import type { Refusal } from '#events/shared/refusal.ts';
import type { DocumentKind, SignedDocument, Unsigned } from '#events/store/audit/document.ts';
import type { Head, Scope, SignedHead } from '#events/store/audit/format.ts';
import type { ChainHead } from '#events/store/chain.ts';
import type { Position } from '#events/store/event-store.ts';
import type { Person } from '../services.ts';

/** How far the log is signed, and when all of it was last read through. */
export interface AuditState {
  readonly head: ChainHead | null;
  /** The newest head that was published; null before the first, and when its row is broken. */
  readonly lastSigned: Head | null;
  /** Why the heads of the database cannot be read (`heads-broken`); null while they can. */
  readonly headsBroken: Refusal | null;
  readonly publicKey: string;
  readonly check: ChainCheck;
}

/** Reading the whole log through, each chain value computed anew. Wall ms. */
export type ChainCheck =
  | { readonly kind: 'never' }
  /** `of`: about how many there are. */
  | { readonly kind: 'running'; readonly startedAt: number; readonly records: number; readonly of: number }
  | {
      readonly kind: 'whole';
      readonly checkedAt: number;
      readonly records: number;
      readonly position: Position | null;
      /** Published heads that it went through; null where that was not counted yet. */
      readonly heads: number | null;
    }
  | {
      readonly kind: 'broken';
      readonly checkedAt: number;
      readonly position: Position | null;
      readonly reason: string;
    }
  /** The process that read was ended meanwhile. */
  | { readonly kind: 'interrupted'; readonly startedAt: number };

export interface AuditFile {
  /** Says when and of what; never somebody's own words. */
  readonly name: string;
  readonly body: ReadableStream<Uint8Array>;
}

export interface Audit {
  /** The key that this installation signs with. `publicKey`: 32 bytes in hex, all that somebody needs to check an export. */
  readonly key: { readonly keyId: string; readonly publicKey: string };
  /**
   * Published heads, newest first, those with a number below `before`. Open to all: they hold nothing but hashes. Refused
   * with `heads-broken` when one of their rows is no head any more.
   */
  heads(limit: number, before?: number): Promise<readonly SignedHead[] | Refusal>;
  state(): Promise<AuditState>;
  /** For auditors; for anybody else there is nothing. The newest events are signed first. */
  exportLog(person: Person, scope: Scope): Promise<AuditFile | Refusal>;
  /** A paper that stands by itself, signed now. Who may have it is for the caller to say. */
  signed(kind: DocumentKind, paper: Unsigned['paper']): SignedDocument;
  /** Begins to read the whole log through, unless that is being done. For auditors. */
  startCheck(person: Person): Promise<{ kind: 'started' } | Refusal>;
  check(): Promise<ChainCheck>;
}
