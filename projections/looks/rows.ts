import type { CopyKind, LookRole, LookSurface } from '#events/look/events.ts';
import type { Position } from '#events/store/event-store.ts';

/** Something that a person of ops or an auditor saw of others, or took along. */
export interface LookRow {
  /** Its place in the log; to be given as `before` for older ones. */
  readonly ordinal: number;
  readonly eventId: string;
  readonly position: Position;
  readonly personId: string;
  /** Null: the account is gone. */
  readonly name: string | null;
  readonly role: LookRole;
  readonly what:
    { readonly kind: 'looked'; readonly surface: LookSurface } | { readonly kind: 'took'; readonly copy: CopyKind };
  /** Null: it is about no single booking. */
  readonly booking: {
    readonly bookingId: string;
    readonly subject: string;
    readonly studentName: string;
    readonly tutorName: string;
  } | null;
  /** Business ms. */
  readonly at: number;
}

export interface LookFilter {
  readonly bookingId?: string;
  readonly personId?: string;
  /** Only older ones than this `ordinal`. */
  readonly before?: number;
  /** 1 to 200. */
  readonly limit: number;
}

export interface LookQueries {
  /** Newest first. */
  looks(filter: LookFilter): Promise<readonly LookRow[]>;
  /** Everybody who ever looked, by name. */
  lookers(): Promise<readonly { readonly personId: string; readonly name: string | null }[]>;
}
