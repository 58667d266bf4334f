/** What ops can do about a stuck case, by the name that the list of stuck cases gives it. Pure. */
import type { StuckRow } from '#projections/queries.ts';

const ACTS = [
  'LookAgain',
  'ExpireBooking',
  'EndLesson',
  'AuthorizeRelease',
  'ResumePayout',
  'RequestReversal',
  'RequestTransfer',
  'PlanPayout',
  'DecideReviewedBooking',
  'EscalateDispute',
  'ClosePayoutDispute',
  'RequestRefund',
  'RequestLinkedAccount',
  'CancelPayout',
  'CancelBooking',
  'RejectCancellation',
  'ApproveCancellation',
] as const;

/** `LookAgain`: nothing is decided, the provider is asked once more. */
export type OpsCommand = (typeof ACTS)[number];

/** These take the case to an end that nobody can take back. */
export const FINAL: readonly OpsCommand[] = ['CancelPayout', 'CancelBooking', 'ApproveCancellation'];

/** Given in words: of a cancellation the two sides read them, of a refusal whoever proposed it. */
export const NEEDS_REASON: readonly OpsCommand[] = ['CancelBooking', 'RejectCancellation'];

/** Decided on the page of the case, by the forms there. */
const ON_THE_CASE: readonly string[] = [
  'ProposeResolution',
  'ApproveResolution',
  'RejectResolution',
  'AddStatement',
  'RequestContest',
  'RequestAccept',
];

export const isOpsCommand = (name: string): name is OpsCommand => ACTS.some((act) => act === name);

type Stuck = Pick<StuckRow, 'what' | 'commands' | 'proposedBy'>;

/** In the order of the list above: what only goes on comes before what ends. Nobody agrees with themselves. */
export function actsOf({ what, commands, proposedBy }: Stuck, viewerId: string): readonly OpsCommand[] {
  const offered = what === 'awaiting-payment' ? ['LookAgain', ...commands] : commands;
  const own = proposedBy === viewerId;
  return ACTS.filter((act) => offered.includes(act) && !(own && act === 'ApproveCancellation'));
}

/** The case has a form for it. */
export const isDecidedOnCase = ({ commands }: Stuck): boolean => commands.some((name) => ON_THE_CASE.includes(name));
