/** The bookings that a rehearsal found to differ, one a line. */
import type { RehearsedRow } from '#projections/queries.ts';
import { csv, instant, rupees } from '../csv.ts';

type Reckoning = RehearsedRow['was'];

const SIDE = ['outcome', 'ending', 'dispute', 'held until', 'to student', 'to tutor', 'platform', 'undecided'] as const;

const HEAD = [
  'booking',
  'lesson starts',
  'subject',
  'price',
  'differs in',
  'not to be known',
  'moved',
  ...SIDE.map((name) => `was: ${name}`),
  ...SIDE.map((name) => `would be: ${name}`),
];

/** Stable codes, such as `cancelled student tier-24h`. */
function endingCode({ ending }: Reckoning): string {
  if (ending.kind === 'completed') return `completed ${ending.outcome}`;
  return ending.kind === 'cancelled' ? `cancelled ${ending.by} ${ending.rule} ${ending.refundPct}` : ending.kind;
}

function disputeCode({ dispute }: Reckoning): string {
  switch (dispute.kind) {
    case 'open':
      return `open ${dispute.about}`;
    case 'decided':
      return `decided ${dispute.about} ${dispute.by} ${rupees(dispute.refund)}${dispute.secondPerson ? ' two people' : ''}`;
    case 'refused':
      return `refused ${dispute.code}`;
    default:
      return dispute.kind;
  }
}

const sideOf = (side: Reckoning): readonly string[] => [
  side.outcome ?? '',
  endingCode(side),
  disputeCode(side),
  instant(side.heldUntil),
  rupees(side.parts.student),
  rupees(side.parts.tutor),
  rupees(side.parts.platform),
  rupees(side.parts.undecided),
];

export const rehearsalCsv = (rows: readonly RehearsedRow[]): string =>
  csv(
    HEAD,
    rows.map(({ bookingId, startsAt, subject, price, differences, notes, moved, was, would }) => [
      bookingId,
      instant(startsAt),
      subject,
      rupees(price),
      differences.join(' '),
      notes.join(' '),
      rupees(moved),
      ...sideOf(was),
      ...sideOf(would),
    ]),
  );
