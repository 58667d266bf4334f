/**
 * The evidence of a case: built from its events alone, so that it grows with them, and whoever has the events and `asOf`
 * builds the same, byte for byte (rule EV1). Pure.
 */
import type { Position } from '../store/event-store.ts';
import { comparePositions } from '../store/position.ts';
import { splitGross } from '../shared/money.ts';
import type { Interval } from '../lesson/intervals.ts';
import { caseFactsOf, type CaseFacts, type History, type PersonFacts } from './case-facts.ts';
import { findingsOf, type Earlier, type Finding } from './findings.ts';
import { minutesOf, type Minutes } from './minutes.ts';
import { verdictOf, type Verdict } from './verdict.ts';

export const EVIDENCE_VERSION = 1;

export interface PersonEvidence {
  readonly personId: string;
  readonly here: readonly (Interval & { readonly left: string | null })[];
  readonly sent: readonly Interval[];
  readonly received: readonly Interval[];
  readonly worked: readonly { readonly surface: 'board' | 'chat'; readonly minute: number }[];
  readonly weak: readonly (Interval & { readonly network: 'theirs' | 'shared' })[];
  readonly faults: readonly (Interval & { readonly fault: string })[];
}

export interface Evidence {
  readonly version: typeof EVIDENCE_VERSION;
  readonly bookingId: string;
  readonly lessonId: string | null;
  /** Business ms at which it was built: until then open stretches reach. */
  readonly asOf: number;
  /** The last event in it, and how many there are. */
  readonly upTo: Position;
  readonly events: number;
  readonly terms: {
    readonly price: number;
    readonly share: number;
    readonly startsAt: number;
    readonly minutes: number;
    readonly policy: string;
    readonly bookedBy: string;
    readonly event: string;
  };
  /** What is complained of; null for a lesson that nobody complains about. */
  readonly claim: {
    readonly kind: 'in-app' | 'review';
    readonly cause: string;
    readonly wants: number | null;
    readonly openedBy: string;
    readonly event: string;
  } | null;
  readonly outcome: { readonly outcome: string; readonly reasons: readonly string[]; readonly event: string } | null;
  readonly tutor: PersonEvidence;
  readonly student: PersonEvidence;
  /** What was known besides the events: with it the same is built again later. */
  readonly earlier: Readonly<Record<'tutor' | 'student', Earlier>>;
  readonly chargebacks: readonly string[];
  readonly minutes: Minutes;
  readonly findings: readonly Finding[];
  readonly verdict: Verdict;
  /** What to tell the payer's bank, where it has a case (EV14). */
  readonly bank: 'contest' | 'accept' | 'open' | null;
}

export const NOTHING_EARLIER: Readonly<Record<'tutor' | 'student', Earlier>> = {
  tutor: { disputes: 0, givenBack: 0 },
  student: { disputes: 0, givenBack: 0 },
};

/** @returns null when the history is not that of a booking. `history`: in the order of the log. */
export function evidenceOf(
  history: History,
  earlier: Readonly<Record<'tutor' | 'student', Earlier>>,
  now: number,
): Evidence | null {
  const facts = caseFactsOf(history, now);
  if (!facts) return null;
  const minutes = minutesOf(facts, now);
  const findings = findingsOf(facts, minutes, earlier, now);
  const verdict = verdictOf(facts, minutes, findings, now);
  const { terms, claim, outcome, lesson } = facts;
  const upTo = history.reduce<Position>(
    (latest, { position }) => (latest === '' || comparePositions(position, latest) > 0 ? position : latest),
    '',
  );
  return {
    version: EVIDENCE_VERSION,
    bookingId: terms.bookingId,
    lessonId: lesson?.lessonId ?? null,
    asOf: now,
    upTo,
    events: history.length,
    terms: {
      price: terms.price,
      share: splitGross(terms.price, terms.policy.commissionBps).share,
      startsAt: terms.startsAt,
      minutes: terms.minutes,
      policy: terms.policy.version,
      bookedBy: terms.bookedBy,
      event: facts.termsEvent,
    },
    claim: claim && {
      kind: claim.kind,
      cause: claim.cause,
      wants: claim.wants,
      openedBy: claim.openedBy,
      event: claim.eventId,
    },
    outcome: outcome && { outcome: outcome.outcome, reasons: outcome.reasons, event: outcome.eventId },
    tutor: personEvidence(facts.tutor, facts, now),
    student: personEvidence(facts.student, facts, now),
    earlier,
    chargebacks: chargebacksIn(history),
    minutes,
    findings,
    verdict,
    bank: facts.money.bank === null ? null : bankAnswer(facts, verdict),
  };
}

const chargebacksIn = (history: History): readonly string[] => [
  ...new Set(history.flatMap((event) => (event.type === 'ChargebackOpened' ? event.data.chargebackId : []))),
];

function personEvidence({ presence, weak, faults }: PersonFacts, { ended }: CaseFacts, now: number): PersonEvidence {
  const closed = ended?.at ?? now;
  const flows = (direction: 'sent' | 'received'): readonly Interval[] =>
    presence.flows.filter((flow) => flow.direction === direction).map(({ from, to }) => ({ from, to: to ?? closed }));
  return {
    personId: presence.personId,
    here: presence.stays.map(({ from, left }) => ({ from, to: left?.at ?? closed, left: left?.reason ?? null })),
    sent: flows('sent'),
    received: flows('received'),
    worked: presence.work,
    weak: weak.map(({ from, to, data }) => ({ from, to, network: data.network })),
    faults: faults.map(({ from, to, data }) => ({ from, to, fault: data.fault })),
  };
}

/** EV14: what the facts would have given back anyway is not fought over. */
function bankAnswer({ money, terms }: CaseFacts, verdict: Verdict): 'contest' | 'accept' | 'open' {
  if (money.refunded >= terms.price) return 'contest';
  if (verdict.kind === 'open') return 'open';
  if (verdict.refund === 0) return 'contest';
  return verdict.refund === terms.price ? 'accept' : 'open';
}
