/** Every state of a payout with every command: what comes of it stands in the table, and a missing pair fails. */
import { expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { checkPairs } from '../shared/pairs.ts';
import { decide, type PayoutCommand } from './decide.ts';
import { evolve, initial, type Disputable, type PayoutEvent, type PayoutState } from './events.ts';
import {
  arrived,
  Cancelled,
  cancel,
  clawback,
  close,
  Closed,
  dispute,
  Disputed,
  endsAt,
  fail,
  failed,
  held,
  lift,
  pause,
  Paused,
  pending,
  plan,
  Planned,
  release,
  released,
  releasing,
  resume,
  reversalFailed,
  ReversalFailed,
  ReversalRequested,
  reverse,
  reversed,
  Reversed,
  running,
  settle,
  settled,
  startHold,
  transfer,
} from './examples.ts';

type Kind = Exclude<PayoutState['kind'], 'disputed' | 'reversing'>;
type Name =
  | Kind
  | `disputed-${Disputable['kind']}`
  | 'reversing-held'
  | 'reversing-running'
  | 'owed'
  | 'paused'
  | 'dispute-closed';

const STATES: Readonly<Record<Name, readonly PayoutEvent[]>> = {
  none: [],
  planned: [Planned],
  'transfer-pending': pending,
  failed,
  held,
  'hold-running': running,
  'reversing-held': [...held, ReversalRequested('rev', 36_000)],
  'reversing-running': [...running, ReversalRequested('rev', 36_000)],
  owed: [...running, ReversalRequested('rev', 36_000), ReversalFailed('rev')],
  paused: [...running, Paused()],
  reversed: [...held, ReversalRequested('rev', 72_000), Reversed('rev', 72_000)],
  cancelled: [Planned, Cancelled],
  releasing,
  released,
  settled,
  'disputed-planned': [Planned, Disputed()],
  'disputed-transfer-pending': [...pending, Disputed()],
  'disputed-failed': [...failed, Disputed()],
  'disputed-held': [...held, Disputed()],
  'disputed-hold-running': [...running, Disputed()],
  'dispute-closed': [...running, Disputed(), Closed('tutor', 0, 0)],
};

const COMMANDS: Readonly<Record<PayoutCommand['type'], PayoutCommand>> = {
  PlanPayout: plan(),
  RequestTransfer: transfer('op2'),
  RecordTransfer: arrived(),
  RecordTransferFailure: fail,
  StartHold: startHold(),
  AuthorizeRelease: release(endsAt),
  RecordHoldLifted: lift(),
  RecordSettlement: settle(),
  RequestReversal: reverse('rev2', 36_000),
  RecordReversal: reversed('rev', 36_000),
  RecordReversalFailure: reversalFailed('rev'),
  CancelPayout: cancel,
  DisputePayout: dispute(),
  ClosePayoutDispute: close('student', 80_000, 72_000),
  PausePayout: pause(),
  ResumePayout: resume,
  RecordClawback: clawback(),
};

const DISPUTED = 'disputed-planned disputed-transfer-pending disputed-failed disputed-held disputed-hold-running';
const REVERSING = 'reversing-held reversing-running';
const RELEASED = 'releasing released settled';
const OVER = 'reversed cancelled';

/** What each pair gives: the events, the code of a refusal, or nothing because it is so already. */
const TABLE: Readonly<Record<PayoutCommand['type'], Readonly<Record<string, string>>>> = {
  PlanPayout: {
    PayoutPlanned: 'none',
    nothing: `planned transfer-pending failed held hold-running ${REVERSING} owed paused ${OVER} ${RELEASED} ${DISPUTED} dispute-closed`,
  },
  RequestTransfer: {
    'payout-unknown': 'none',
    TransferRequested: 'planned failed disputed-planned disputed-failed',
    'transfer-running': 'transfer-pending disputed-transfer-pending',
    'transfer-done': `held hold-running ${REVERSING} owed paused reversed ${RELEASED} disputed-held disputed-hold-running dispute-closed`,
    'payout-over': 'cancelled',
  },
  RecordTransfer: {
    'payout-unknown': 'none',
    'transfer-not-requested': 'planned disputed-planned',
    TransferProcessed: 'transfer-pending failed disputed-transfer-pending disputed-failed',
    nothing: `held hold-running ${REVERSING} owed paused reversed ${RELEASED} disputed-held disputed-hold-running dispute-closed`,
    'payout-over': 'cancelled',
  },
  RecordTransferFailure: {
    'payout-unknown': 'none',
    'transfer-not-requested': 'planned disputed-planned',
    TransferFailed: 'transfer-pending disputed-transfer-pending',
    nothing: 'failed disputed-failed',
    'transfer-done': `held hold-running ${REVERSING} owed paused reversed ${RELEASED} disputed-held disputed-hold-running dispute-closed`,
    'payout-over': 'cancelled',
  },
  StartHold: {
    'payout-unknown': 'none',
    'not-held': 'planned transfer-pending failed disputed-planned disputed-transfer-pending disputed-failed',
    HoldStarted: 'held disputed-held',
    nothing: `hold-running reversing-running owed paused ${RELEASED} disputed-hold-running dispute-closed`,
    'reversal-running': 'reversing-held',
    'payout-over': OVER,
  },
  AuthorizeRelease: {
    'payout-unknown': 'none',
    'not-held': 'planned transfer-pending failed',
    'hold-not-started': 'held',
    ReleaseAuthorized: 'hold-running dispute-closed',
    'reversal-running': REVERSING,
    'reversal-owed': 'owed',
    'payout-paused': 'paused',
    'payout-over': OVER,
    nothing: RELEASED,
    'dispute-open': DISPUTED,
  },
  RecordHoldLifted: {
    'payout-unknown': 'none',
    'release-not-authorized': `planned transfer-pending failed held hold-running ${REVERSING} owed paused ${OVER} ${DISPUTED} dispute-closed`,
    HoldLifted: 'releasing',
    nothing: 'released settled',
  },
  RecordSettlement: {
    'payout-unknown': 'none',
    'not-released': `planned transfer-pending failed held hold-running ${REVERSING} owed paused ${OVER} releasing ${DISPUTED} dispute-closed`,
    TransferSettled: 'released',
    nothing: 'settled',
  },
  RequestReversal: {
    'payout-unknown': 'none',
    'not-held': 'planned transfer-pending failed',
    ReversalRequested: 'held hold-running owed paused dispute-closed',
    'reversal-running': REVERSING,
    'payout-over': OVER,
    'already-released': RELEASED,
    'dispute-open': DISPUTED,
  },
  RecordReversal: {
    'payout-unknown': 'none',
    'reversal-not-requested': `planned transfer-pending failed held hold-running owed paused cancelled ${RELEASED} ${DISPUTED} dispute-closed`,
    TransferReversed: REVERSING,
    'reversal-mismatch': 'reversed',
  },
  RecordReversalFailure: {
    'payout-unknown': 'none',
    'reversal-not-requested': `planned transfer-pending failed held hold-running paused cancelled ${RELEASED} ${DISPUTED} dispute-closed`,
    ReversalFailed: REVERSING,
    nothing: 'owed',
    'reversal-done': 'reversed',
  },
  CancelPayout: {
    'payout-unknown': 'none',
    PayoutCancelled: 'planned failed',
    'transfer-running': 'transfer-pending',
    'transfer-done': `held hold-running ${REVERSING} owed paused reversed ${RELEASED} dispute-closed`,
    nothing: 'cancelled',
    'dispute-open': DISPUTED,
  },
  DisputePayout: {
    'payout-unknown': 'none',
    PayoutDisputed: 'planned transfer-pending failed held hold-running paused',
    'reversal-running': REVERSING,
    'payout-over': `${OVER} owed`,
    'too-late': RELEASED,
    nothing: DISPUTED,
    'dispute-exists': 'dispute-closed',
  },
  ClosePayoutDispute: {
    'payout-unknown': 'none',
    'dispute-unknown': `planned transfer-pending failed held hold-running ${REVERSING} owed paused ${OVER} ${RELEASED}`,
    'PayoutDisputeClosed+PayoutCancelled': 'disputed-planned disputed-failed',
    'transfer-running': 'disputed-transfer-pending',
    'PayoutDisputeClosed+ReversalRequested': 'disputed-held disputed-hold-running',
    'dispute-closed': 'dispute-closed',
  },
  PausePayout: {
    'payout-unknown': 'none',
    PayoutPaused: `planned transfer-pending failed held hold-running ${REVERSING} owed ${DISPUTED} dispute-closed`,
    nothing: 'paused',
    'payout-over': OVER,
    'already-released': RELEASED,
  },
  ResumePayout: {
    'payout-unknown': 'none',
    nothing: `planned transfer-pending failed held hold-running ${REVERSING} owed ${OVER} ${RELEASED} ${DISPUTED} dispute-closed`,
    PayoutResumed: 'paused',
  },
  RecordClawback: {
    'payout-unknown': 'none',
    'not-released': `planned transfer-pending failed held hold-running ${REVERSING} owed paused ${DISPUTED} dispute-closed`,
    'payout-over': OVER,
    ClawbackRecorded: RELEASED,
  },
};

const decider = { initial, evolve, decide };

it('PO1–PO35: each state with each command', () => checkPairs(decider, STATES, COMMANDS, TABLE));

it('the states are what they are called', () => {
  for (const [name, history] of Object.entries(STATES)) {
    const { kind } = fold(decider, history);
    if (name.startsWith('disputed-') || name.startsWith('reversing-')) expect(name.startsWith(kind)).toBe(true);
    else if (name !== 'owed' && name !== 'paused' && name !== 'dispute-closed') expect(kind).toBe(name);
  }
});

it('a pair that is missing in the table fails', () => {
  const { none: _, ...rest } = { none: [], planned: [Planned] };
  const holed = { ...TABLE, StartHold: { 'not-held': 'planned' } };
  expect(() => checkPairs(decider, { ...rest, none: [] }, COMMANDS, holed)).toThrow('says what each state gives');
});
