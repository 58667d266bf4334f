import { never } from '../shared/never.ts';

/** On duty as what. */
export type LookRole = 'ops' | 'auditor';

/** Where somebody saw what concerns a booking: its case, its own page, its lesson with what was written there, or the API. */
export type LookSurface = 'case' | 'booking' | 'lesson' | 'api';

/** What somebody took along: the log, its part about one booking, tables, the evidence of a case, receipts. */
export type CopyKind =
  'log' | 'log-of-booking' | 'journal' | 'trial-balance' | 'evidence-pdf' | 'evidence-file' | 'rehearsal' | 'receipt';

/** Stream `look-<personId>-<yyyy-mm-dd>` (UTC): what one person of ops, or one auditor, saw and took along on one day. */
export type LookEvent =
  | {
      readonly type: 'CaseLookedAt';
      readonly data: {
        readonly personId: string;
        readonly role: LookRole;
        readonly bookingId: string;
        readonly surface: LookSurface;
        readonly at: number;
      };
    }
  | {
      readonly type: 'CopyTaken';
      readonly data: {
        readonly personId: string;
        readonly role: LookRole;
        readonly kind: CopyKind;
        /** Null: it is not about one booking. */
        readonly bookingId: string | null;
        readonly at: number;
      };
    };

/** Opening the same thing again within so long is one look, business ms. */
export const ONE_LOOK_MS = 30 * 60_000;

/** When each booking was last seen on each surface, business ms, by `seenKey`: those that may still count as one look. */
export interface LookState {
  readonly seen: ReadonlyMap<string, number>;
}

export const initial: LookState = { seen: new Map() };

export const seenKey = (bookingId: string, surface: LookSurface): string => `${surface} ${bookingId}`;

/** The id of the stream in which this person's looks at this instant (business ms) stand. */
export const lookDayOf = (personId: string, at: number): string =>
  `${personId}-${new Date(at).toISOString().slice(0, 10)}`;

export function evolve(state: LookState, event: LookEvent): LookState {
  switch (event.type) {
    case 'CaseLookedAt': {
      const { bookingId, surface, at } = event.data;
      const recent = [...state.seen].filter(([, seenAt]) => at < seenAt + ONE_LOOK_MS);
      return { seen: new Map(recent).set(seenKey(bookingId, surface), at) };
    }
    case 'CopyTaken':
      return state;
    default:
      return never(event, 'look event');
  }
}
