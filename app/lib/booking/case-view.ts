/** What the two sides are shown of a case: who wants what until when, and what was decided. Pure. */
import type { DisputeCause, ResolutionRule, ReviewCause } from '#events/dispute/events.ts';
import { DISPUTE_CAUSES } from '#events/dispute/causes.ts';
import type { DisputeRow } from '#projections/queries.ts';

export interface CaseView {
  readonly kind: 'in-app' | 'review';
  /** How ops come to a decision is theirs: that a second person looks at it is `under-review` here. */
  readonly state: 'opened' | 'under-review' | 'resolved' | 'withdrawn';
  readonly open: boolean;
  readonly cause: DisputeCause | ReviewCause;
  readonly openedByName: string;
  readonly openedByViewer: boolean;
  readonly wants: number | null;
  readonly gross: number;
  readonly openedAt: number;
  readonly answerBy: number;
  readonly decideBy: number | null;
  readonly statements: readonly {
    readonly kind: 'complaint' | 'answer' | 'statement';
    readonly name: string;
    readonly mine: boolean;
    readonly text: string;
    readonly at: number;
  }[];
  readonly decision: {
    readonly outcome: 'student' | 'tutor' | 'split';
    readonly refund: number;
    readonly tutorGets: number;
    readonly commission: number;
    readonly reason: string;
    readonly rule: ResolutionRule;
    readonly at: number | null;
  } | null;
  /** The viewer may take it back. */
  readonly withdrawable: boolean;
}

export const isCause = (value: string): value is DisputeCause => DISPUTE_CAUSES.some((cause) => cause === value);

export function caseView(row: DisputeRow, viewerId: string): CaseView {
  const { kind, cause, wants, gross, openedAt, answerBy, decideBy, openedBy, resolution, endedAt } = row;
  const state = row.state === 'awaiting-second' ? 'under-review' : row.state;
  return {
    kind,
    state,
    open: state === 'opened' || state === 'under-review',
    cause,
    openedByName: row.statements.find((said) => said.kind === 'complaint')?.name ?? row.studentName,
    openedByViewer: openedBy === viewerId,
    wants,
    gross,
    openedAt,
    answerBy,
    decideBy,
    statements: row.statements.map(({ kind: said, personId, name, text, at }) => ({
      kind: said,
      name,
      mine: personId === viewerId,
      text,
      at,
    })),
    decision: resolution && {
      outcome: resolution.outcome,
      refund: resolution.refund,
      tutorGets: resolution.tutorGets,
      commission: gross - resolution.refund - resolution.tutorGets,
      reason: resolution.reason,
      rule: resolution.rule,
      at: endedAt,
    },
    withdrawable: kind === 'in-app' && state === 'opened' && [openedBy, row.studentId, row.bookedBy].includes(viewerId),
  };
}
