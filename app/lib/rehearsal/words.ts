/** What a booking came to, or would have, in a few lines. Pure. */
import type { RehearsedRow } from '#projections/queries.ts';
import type { Messages } from '../messages/index.ts';

type Reckoning = RehearsedRow['was'];
type Words = Messages['rehearsal'];

/** @param when an instant in the reader's words. */
export function linesOf(side: Reckoning, m: Words, when: (at: number) => string): readonly string[] {
  const { outcome, heldUntil } = side;
  const ending = endingLine(side, m);
  return [
    ...(outcome !== null && !ending.startsWith(m.outcome(outcome)) ? [m.outcome(outcome)] : []),
    ending,
    ...disputeLines(side, m),
    ...(heldUntil === null ? [] : [m.heldUntil(when(heldUntil))]),
  ];
}

function endingLine({ ending }: Reckoning, m: Words): string {
  switch (ending.kind) {
    case 'completed':
      return m.outcome(ending.outcome);
    case 'cancelled':
      if (ending.rule === 'tutor-no-show' || ending.rule === 'nobody') return m.ending.untaught(ending.rule);
      if (ending.rule === 'review') return m.ending.reviewed(ending.refundPct);
      return m.ending.cancelled(ending.by, ending.refundPct);
    default:
      return m.ending[ending.kind];
  }
}

function disputeLines({ dispute }: Reckoning, m: Words): readonly string[] {
  switch (dispute.kind) {
    case 'none':
      return [];
    case 'refused':
      return [m.dispute.refused(dispute.code)];
    case 'decided': {
      const { by, refund, secondPerson } = dispute;
      if (by === 'rule') return [m.dispute.byRule(refund)];
      return [m.dispute.decided(refund), ...(secondPerson ? [m.dispute.two] : [])];
    }
    default:
      return [m.dispute[dispute.kind]];
  }
}

/** Whose how much is, without what is nothing. */
export function partsLine({ parts }: Reckoning, m: Words): string {
  const places = ['student', 'tutor', 'platform', 'undecided'] as const;
  return places.flatMap((place) => (parts[place] === 0 ? [] : [m.parts[place](parts[place])])).join(' · ');
}
