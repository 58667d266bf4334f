import { idFrom } from '../shared/ids.ts';
import { impossible, never } from '../shared/never.ts';
import type { DisputeCause, ReviewCause } from '../payout/events.ts';

export { DISPUTE_CAUSES } from './causes.ts';
export type { DisputeCause, ReviewCause } from '../payout/events.ts';

/** The one complaint that a seat can have. */
export const disputeIdOf = (bookingId: string): string => idFrom('dispute', bookingId);
/** The decision that a lesson's outcome asks for. */
export const reviewIdOf = (bookingId: string): string => idFrom('dispute', bookingId, 'review');

export type DisputeKind = 'in-app' | 'review';
export type EvidenceStep = 'proposal' | 'approval';
export type ResolutionRule = 'ops' | 'tutor-no-show' | 'nobody' | 'cancelled';

/** Stream `dispute-<bookingId>`: what people say about a seat's lesson, and what is decided (money.md §7.4). Paise. */
export type DisputeEvent =
  | {
      readonly type: 'DisputeOpened';
      readonly data: {
        readonly bookingId: string;
        readonly disputeId: string;
        readonly kind: DisputeKind;
        /** A person, or `policy` for a review. */
        readonly openedBy: string;
        readonly cause: DisputeCause | ReviewCause;
        readonly text: string;
        readonly wants: number | null;
        /** Paid, and the tutor's part of it. */
        readonly gross: number;
        readonly share: number;
        readonly tutorId: string;
        readonly studentId: string;
        readonly bookedBy: string;
        /** The tutor may answer until then. */
        readonly answerBy: number;
        /** Ms that ops have to decide, from the moment it is under review. */
        readonly decideWithinMs: number;
        readonly openedAt: number;
      };
    }
  | {
      readonly type: 'DisputeAnswered';
      readonly data: { readonly bookingId: string; readonly by: string; readonly text: string; readonly at: number };
    }
  | {
      readonly type: 'StatementAdded';
      readonly data: { readonly bookingId: string; readonly by: string; readonly text: string; readonly at: number };
    }
  | {
      readonly type: 'DisputeUnderReview';
      readonly data: {
        readonly bookingId: string;
        readonly why: 'answered' | 'no-answer' | 'review';
        readonly decideBy: number;
        readonly at: number;
      };
    }
  | {
      readonly type: 'DisputeWithdrawn';
      readonly data: {
        readonly bookingId: string;
        readonly disputeId: string;
        readonly by: string;
        readonly at: number;
      };
    }
  | {
      /** What was known when somebody decided. Who has the log builds the same, and the same hash (EV15). */
      readonly type: 'EvidenceFrozen';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        /** Whose act it goes with: the decision or proposal itself, or the second person's yes. */
        readonly step: EvidenceStep;
        /** Version of the rules by which evidence is built. */
        readonly version: number;
        /** Business ms. */
        readonly asOf: number;
        /** Position of the last event in it, and how many there are. */
        readonly upTo: string;
        readonly events: number;
        /** SHA-256 of the whole evidence as canonical JSON, hex. */
        readonly hash: string;
        /** Canonical JSON of its findings, minutes and verdict. */
        readonly summary: string;
        readonly by: string;
        readonly at: number;
      };
    }
  | {
      /** Too much for one person to decide: it waits for a second one. */
      readonly type: 'ResolutionProposed';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly refund: number;
        readonly reason: string;
        readonly by: string;
        readonly at: number;
      };
    }
  | {
      readonly type: 'ResolutionRejected';
      readonly data: {
        readonly bookingId: string;
        readonly proposalId: string;
        readonly by: string;
        readonly reason: string;
        readonly at: number;
      };
    }
  | {
      readonly type: 'DisputeResolved';
      readonly data: {
        readonly bookingId: string;
        readonly disputeId: string;
        readonly kind: DisputeKind;
        /** Null when policy decided. */
        readonly proposalId: string | null;
        readonly outcome: 'student' | 'tutor' | 'split';
        /** Paise back to the payer. `refund` + `tutorGets` + the commission that stays = the price. */
        readonly refund: number;
        readonly tutorGets: number;
        readonly reason: string;
        /** A person, or `policy` when the lesson's outcome or a cancellation decided. */
        readonly decidedBy: string;
        readonly approvedBy: string | null;
        readonly rule: ResolutionRule;
        readonly at: number;
      };
    };

export type OpenedDispute = Extract<DisputeEvent, { type: 'DisputeOpened' }>['data'];
export type Proposal = Omit<Extract<DisputeEvent, { type: 'ResolutionProposed' }>['data'], 'bookingId'>;
export type Resolution = Omit<Extract<DisputeEvent, { type: 'DisputeResolved' }>['data'], 'bookingId'>;

interface Case {
  readonly opened: OpenedDispute;
  /** Proposals that the second person turned down. */
  readonly rejected: readonly string[];
  /** How many statements were added. */
  readonly statements: number;
  /** Proposals and approvals whose evidence is kept, as `<step> <proposal> <person>`. */
  readonly frozen: readonly string[];
}

export type DisputeState =
  | { readonly kind: 'none' }
  /** Waits for the tutor. */
  | ({ readonly kind: 'opened' } & Case)
  | ({ readonly kind: 'under-review'; readonly decideBy: number } & Case)
  | ({ readonly kind: 'awaiting-second'; readonly decideBy: number; readonly proposal: Proposal } & Case)
  | ({ readonly kind: 'resolved'; readonly resolution: Resolution } & Case)
  | ({ readonly kind: 'withdrawn' } & Case);

interface Act {
  readonly step: EvidenceStep;
  readonly proposalId: string;
  readonly by: string;
}

/** One act of deciding keeps its evidence once. */
export const frozenKey = ({ step, proposalId, by }: Act): string => `${step} ${proposalId} ${by}`;

export const initial: DisputeState = { kind: 'none' };

export function evolve(state: DisputeState, event: DisputeEvent): DisputeState {
  if (event.type === 'DisputeOpened') {
    if (state.kind !== 'none' && state.kind !== 'withdrawn') return impossible(event, state);
    return { kind: 'opened', opened: event.data, rejected: [], statements: 0, frozen: [] };
  }
  if (state.kind === 'none') return impossible(event, state);
  const { opened, rejected, statements, frozen } = state;
  const known = { opened, rejected, statements, frozen };
  switch (event.type) {
    case 'DisputeAnswered':
      return state.kind === 'opened' ? state : impossible(event, state);
    case 'StatementAdded':
      if (state.kind === 'resolved' || state.kind === 'withdrawn') return impossible(event, state);
      return { ...state, statements: statements + 1 };
    case 'DisputeUnderReview':
      if (state.kind !== 'opened') return impossible(event, state);
      return { kind: 'under-review', ...known, decideBy: event.data.decideBy };
    case 'DisputeWithdrawn':
      return state.kind === 'opened' ? { kind: 'withdrawn', ...known } : impossible(event, state);
    case 'EvidenceFrozen': {
      if (state.kind !== 'under-review' && state.kind !== 'awaiting-second') return impossible(event, state);
      return { ...state, frozen: [...frozen, frozenKey(event.data)] };
    }
    case 'ResolutionProposed': {
      if (state.kind !== 'under-review') return impossible(event, state);
      const { bookingId: _, ...proposal } = event.data;
      return { ...state, kind: 'awaiting-second', proposal };
    }
    case 'ResolutionRejected': {
      if (state.kind !== 'awaiting-second') return impossible(event, state);
      const turnedDown = [...rejected, event.data.proposalId];
      return { kind: 'under-review', ...known, rejected: turnedDown, decideBy: state.decideBy };
    }
    case 'DisputeResolved': {
      if (state.kind === 'resolved' || state.kind === 'withdrawn') return impossible(event, state);
      const { bookingId: _, ...resolution } = event.data;
      return { kind: 'resolved', ...known, resolution };
    }
    default:
      return never(event, 'dispute event');
  }
}
