/** What happened beside what would have. Rules RH4 and RH13 of SPEC.md. */
import { policyWith, type RuleChanges } from '#events/rehearsal/rule.ts';
import { decidedUnder, type Decided } from './decided.ts';
import { happened, type Booked, type Happened } from './happened.ts';
import type { LessonNote } from './lesson-again.ts';
import type { PastCase, PastLessonEvent } from './past.ts';
import type { Reckoning } from './reckoning.ts';

export type Difference = 'money' | 'outcome' | 'ending' | 'release' | 'dispute' | 'second-person';

export interface Rehearsed {
  readonly booked: Booked;
  readonly was: Reckoning;
  readonly would: Reckoning;
  readonly differences: readonly Difference[];
  /** What cannot be known of it. */
  readonly notes: readonly (LessonNote | 'bank-took')[];
  /** Paise that would be with somebody else. */
  readonly moved: number;
}

/** Null for a past that holds no request. */
export function rehearse(
  past: PastCase,
  lessonOf: (lessonId: string) => readonly PastLessonEvent[],
  changes: RuleChanges,
): Rehearsed | null {
  const was = happened(past);
  if (!was) return null;
  const would = decidedUnder(policyWith(was.booked.policy, changes), past, was, lessonOf);
  const { booked } = was;
  return {
    booked,
    was,
    would,
    differences: differencesOf(was, would),
    notes: notesOf(was, would),
    moved: movedOf(was, would),
  };
}

const notesOf = ({ bank }: Happened, { note }: Decided): Rehearsed['notes'] => [
  ...(note ? [note] : []),
  ...(bank.lost > 0 ? (['bank-took'] as const) : []),
];

const PLACES = ['student', 'tutor', 'platform', 'undecided'] as const;

/** What leaves one place arrives at others: half of all that changes. */
const movedOf = (was: Reckoning, would: Reckoning): number =>
  PLACES.reduce((sum, place) => sum + Math.abs(would.parts[place] - was.parts[place]), 0) / 2;

const endingText = ({ ending }: Reckoning): string =>
  ending.kind === 'cancelled' ? `${ending.by} ${ending.rule} ${ending.refund}` : JSON.stringify(ending);

const disputeText = ({ dispute }: Reckoning): string =>
  dispute.kind === 'decided' ? `decided ${dispute.about} ${dispute.by} ${dispute.refund}` : JSON.stringify(dispute);

const secondPerson = ({ dispute }: Reckoning): boolean | null =>
  dispute.kind === 'decided' && dispute.by === 'ops' ? dispute.secondPerson : null;

export function differencesOf(was: Reckoning, would: Reckoning): readonly Difference[] {
  const found: Difference[] = [];
  if (PLACES.some((place) => was.parts[place] !== would.parts[place])) found.push('money');
  if (was.outcome !== would.outcome) found.push('outcome');
  if (endingText(was) !== endingText(would)) found.push('ending');
  if (was.heldUntil !== would.heldUntil) found.push('release');
  if (disputeText(was) !== disputeText(would)) found.push('dispute');
  const [then, now] = [secondPerson(was), secondPerson(would)];
  if (then !== null && now !== null && then !== now) found.push('second-person');
  return found;
}
