/**
 * What the facts of a case speak for (rules EV7–EV14). It binds nobody: people decide, and may decide otherwise. Pure.
 */
import { never } from '../shared/never.ts';
import type { Finding } from './findings.ts';
import type { CaseFacts } from './case-facts.ts';
import type { Minutes, Side } from './minutes.ts';

/** `plain`: the facts leave one answer. `likely`: an answer that the other side may have something against. */
export type Strength = 'plain' | 'likely';

export type VerdictReason =
  | 'no-lesson-without-tutor'
  | 'tutor-waited-in-vain'
  | 'held-whole'
  | 'held-mostly'
  | 'lost-by-tutor'
  | 'lost-by-us'
  | 'lost-by-student'
  | 'nobody-plainly'
  | 'paid-once'
  | 'surplus-returned'
  | 'already-cancelled';

export type WhyOpen = 'lesson-not-over' | 'never-ended' | 'not-for-facts' | 'surplus-kept' | 'no-lesson';

export type Verdict =
  | {
      readonly kind: 'proposed';
      readonly strength: Strength;
      /** Paise back to the payer, and what that leaves (DI16). */
      readonly refund: number;
      readonly reason: VerdictReason;
      /** Booked time that the refund stands for, in whole minutes; null where it stands for none: by rule, or as asked. */
      readonly minutes: number | null;
      /** Codes of the findings that it rests on, the weightiest first. */
      readonly because: readonly string[];
    }
  | { readonly kind: 'open'; readonly why: WhyOpen; readonly because: readonly string[] };

/** Less than this is not given back: coming in and saying hello take time, ms (EV9). */
const TOLERANCE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

/** EV10: the price of whole minutes, half up, paise. */
export function priceOfMinutes(price: number, minutes: number, booked: number): number {
  if (minutes >= booked) return price;
  return Number((BigInt(price) * BigInt(minutes) * 2n + BigInt(booked)) / (2n * BigInt(booked)));
}

const codesOf = (findings: readonly Finding[], ...sides: readonly (Side | 'none')[]): readonly string[] =>
  findings.filter(({ side }) => sides.includes(side)).map(({ code }) => code);

export function verdictOf(facts: CaseFacts, minutes: Minutes, findings: readonly Finding[], now: number): Verdict {
  const { claim } = facts;
  if (claim?.cause === 'charged-wrongly') return ofCharge(facts);
  if (facts.cancelled !== null && facts.outcome === null)
    return settled(facts.cancelled.refund, 'already-cancelled', ['cancelled']);
  if (facts.lesson === null) return { kind: 'open', why: 'no-lesson', because: [] };
  if (facts.ended === null) {
    // Twice the time after which it ends by itself: then something is stuck.
    const over = now > minutes.endsAt + 2 * facts.terms.policy.closesAfterMs;
    return { kind: 'open', why: over ? 'never-ended' : 'lesson-not-over', because: codesOf(findings, 'tutor', 'ours') };
  }
  const byOutcome = ofOutcome(facts);
  if (byOutcome) return byOutcome;
  const cause = claim?.cause;
  switch (cause) {
    case 'not-as-described':
    case 'other':
      return { kind: 'open', why: 'not-for-facts', because: ['minutes-held'] };
    case 'did-not-happen':
    case 'technical-failure':
    case 'cut-short':
    case 'unclear':
    case 'failed-technically':
    case undefined:
      return noMoreThanAsked(ofMinutes(facts, minutes, findings), claim?.wants ?? null);
    default:
      return never(cause, 'cause of a dispute');
  }
}

type Proposed = Extract<Verdict, { kind: 'proposed' }>;

/** EV13: who asks for a part gets no more than that. */
const noMoreThanAsked = (verdict: Proposed, wants: number | null): Verdict =>
  wants === null || verdict.refund <= wants ? verdict : { ...verdict, refund: wants, minutes: null };

const settled = (
  refund: number,
  reason: VerdictReason,
  because: readonly string[],
  strength: Strength = 'plain',
): Proposed => ({
  kind: 'proposed',
  strength,
  refund,
  reason,
  minutes: null,
  because,
});

/** EV7: what the lesson's outcome decided by rule. */
function ofOutcome({ outcome: decided, terms }: CaseFacts): Verdict | null {
  const outcome = decided?.outcome;
  switch (outcome) {
    case 'tutor-no-show':
    case 'nobody':
      return settled(terms.price, 'no-lesson-without-tutor', ['outcome', 'tutor-never-came']);
    case 'student-no-show':
      return settled(0, 'tutor-waited-in-vain', ['outcome', 'student-never-came']);
    case 'held':
    case 'unclear':
    case 'failed-technically':
    case 'cancelled-late':
    case undefined:
      return null;
    default:
      return never(outcome, 'outcome');
  }
}

/** EV8: what was paid, against what was asked for. */
function ofCharge({ money, terms }: CaseFacts): Verdict {
  if (money.surplus.some(({ returned }) => !returned))
    return { kind: 'open', why: 'surplus-kept', because: ['surplus'] };
  if (money.surplus.length > 0) return settled(0, 'surplus-returned', ['surplus', 'paid']);
  if (money.captured > terms.price) return { kind: 'open', why: 'surplus-kept', because: ['paid'] };
  return settled(0, 'paid-once', ['paid']);
}

/** EV9–EV13. */
function ofMinutes({ terms }: CaseFacts, minutes: Minutes, findings: readonly Finding[]): Proposed {
  const { bookedMs, heldMs, overrunMs, lostMs } = minutes;
  const { price, policy } = terms;
  const back = (ms: number, strength: Strength, reason: VerdictReason, ...sides: readonly Side[]): Proposed => {
    const whole = Math.min(terms.minutes, Math.round(ms / MINUTE_MS));
    const refund = priceOfMinutes(price, whole, terms.minutes);
    const because = ['minutes-held', ...codesOf(findings, ...sides)];
    return { kind: 'proposed', strength, refund, reason, minutes: whole, because };
  };
  const owed = Math.max(0, lostMs.tutor + lostMs.ours - overrunMs);
  if (heldMs * 100 >= bookedMs * policy.heldPct) {
    if (owed <= TOLERANCE_MS) {
      const whole = bookedMs - heldMs <= TOLERANCE_MS;
      const because = ['minutes-held', ...codesOf(findings, 'student', 'nobody')];
      const strength = whole || lostMs.student >= lostMs.nobody ? 'plain' : 'likely';
      return settled(0, whole ? 'held-whole' : 'held-mostly', because, strength);
    }
    return back(owed, 'likely', lostMs.ours > lostMs.tutor ? 'lost-by-us' : 'lost-by-tutor', 'tutor', 'ours');
  }
  const lost = lostMs.tutor + lostMs.student + lostMs.ours + lostMs.nobody;
  const mostly = (side: Side): boolean => lostMs[side] * 2 > lost;
  if (mostly('ours')) return back(bookedMs, 'plain', 'lost-by-us', 'ours');
  if (mostly('tutor')) return back(bookedMs, 'plain', 'lost-by-tutor', 'tutor');
  if (mostly('student')) return back(0, 'likely', 'lost-by-student', 'student');
  return back(Math.max(0, bookedMs - heldMs), 'likely', 'nobody-plainly', 'tutor', 'student', 'ours', 'nobody');
}
