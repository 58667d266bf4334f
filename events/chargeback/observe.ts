import { isInstant, isPaise } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse } from '../shared/refusal.ts';
import type { ChargebackCommandOf, ChargebackDecision, ExistingChargeback } from './decide.ts';
import type { ChargebackEvent, ChargebackPhase, ChargebackState } from './events.ts';

type Observation = ChargebackCommandOf<'ObserveChargeback'>;

const PHASES: readonly ChargebackPhase[] = ['fraud', 'retrieval', 'chargeback', 'pre_arbitration', 'arbitration'];

/** Rules CB1–CB6: what the provider says moves the case forward; what was read before the last change is old news. */
export function observe(command: Observation, state: ChargebackState): ChargebackDecision {
  const { data, now } = command;
  const { chargebackId, bookingId, providerPaymentId, phase, amount, reasonCode, respondBy } = data;
  if (state.kind === 'none') {
    if (!isPaise(amount)) return refuse('amount-invalid', 'A chargeback needs an amount in whole paise.');
    if (!isInstant(respondBy)) return refuse('deadline-invalid', 'A chargeback needs the time by which to answer.');
    const opened = { chargebackId, bookingId, providerPaymentId, amount, phase, round: 1, reasonCode, respondBy };
    return [{ type: 'ChargebackOpened', data: { ...opened, at: now } }, ...toStatus(command, 1, false)];
  }
  if (bookingId !== state.bookingId || providerPaymentId !== state.providerPaymentId)
    return refuse('chargeback-mismatch', 'This case is about another payment.');
  if (isRunning(state) && isLater(phase, state.phase))
    // It was won and challenged again before we heard of either.
    return [
      { type: 'ChargebackWon', data: { chargebackId, bookingId, round: state.round, at: now } },
      ...reopened(command, state),
    ];
  switch (state.kind) {
    case 'open':
    case 'action-required':
      if (data.status === 'open') return extended(command, state);
      return isOld(command, state) ? [] : toStatus(command, state.round, false);
    case 'contesting':
      return isOld(command, state) ? [] : toStatus(command, state.round, false, state.operationId);
    case 'accepting':
      return isOld(command, state) ? [] : toStatus(command, state.round, data.status === 'lost');
    case 'submitted':
      if (data.status === 'under_review') return [];
      if (data.status === 'open') return data.asOf < state.at ? [] : actionRequired(command, state);
      return toStatus(command, state.round, false);
    case 'won':
      return afterWon(command, state);
    case 'lost':
    case 'accepted':
      return afterTheEnd(command, state, data.status === 'lost');
    case 'closed':
      return afterTheEnd(command, state, data.status === 'closed');
    default:
      return never(state, 'chargeback state');
  }
}

const isLater = (phase: ChargebackPhase, than: ChargebackPhase): boolean =>
  PHASES.indexOf(phase) > PHASES.indexOf(than);

const isRunning = ({ kind }: ExistingChargeback): boolean =>
  kind === 'open' ||
  kind === 'action-required' ||
  kind === 'contesting' ||
  kind === 'accepting' ||
  kind === 'submitted';

/**
 * A look that began before the last change may have seen what the bank has left behind: evidence under review, or a win.
 * Lost and closed are the end, whenever they were seen.
 */
const isOld = ({ data: { status, asOf } }: Observation, { at }: ExistingChargeback): boolean =>
  (status === 'under_review' || status === 'won') && asOf < at;

/** From an open case of this round to what the provider says. */
function toStatus(
  { data, now }: Observation,
  round: number,
  accepted: boolean,
  contestId: string | null = null,
): readonly ChargebackEvent[] {
  const { chargebackId, bookingId, status, amount, amountDeducted } = data;
  const about = { chargebackId, bookingId };
  switch (status) {
    case 'open':
      return [];
    case 'under_review':
      return [{ type: 'ContestSubmitted', data: { ...about, operationId: contestId, round, at: now } }];
    case 'won':
      return [{ type: 'ChargebackWon', data: { ...about, round, at: now } }];
    case 'lost': {
      const taken = amountDeducted > 0 ? amountDeducted : amount;
      return [{ type: 'ChargebackLost', data: { ...about, round, amount: taken, accepted, at: now } }];
    }
    case 'closed':
      return [{ type: 'ChargebackClosed', data: { ...about, at: now } }];
    default:
      return never(status, 'chargeback status');
  }
}

function actionRequired({ data, now }: Observation, { round }: ExistingChargeback): readonly ChargebackEvent[] {
  const { chargebackId, bookingId, respondBy } = data;
  return [{ type: 'ChargebackActionRequired', data: { chargebackId, bookingId, round, respondBy, at: now } }];
}

/** The bank gave more time: without this a lawful answer would be refused here. */
const extended = (command: Observation, state: ExistingChargeback): readonly ChargebackEvent[] =>
  command.data.respondBy > state.respondBy && command.data.asOf >= state.at ? actionRequired(command, state) : [];

/** A won case may be challenged again: by its phase, or because it was read after we heard of the win. */
function afterWon(command: Observation, state: ExistingChargeback): ChargebackDecision {
  const { status, phase, asOf } = command.data;
  if (!isLater(phase, state.phase) && (status === 'won' || asOf <= state.at)) return [];
  return reopened(command, state);
}

function reopened(command: Observation, state: ExistingChargeback): readonly ChargebackEvent[] {
  const { chargebackId, bookingId, phase, amount, respondBy } = command.data;
  const round = state.round + 1;
  const again = { chargebackId, bookingId, amount, phase, round, respondBy, at: command.now };
  return [{ type: 'ChargebackReopened', data: again }, ...toStatus(command, round, false)];
}

function afterTheEnd({ data }: Observation, state: ExistingChargeback, asRecorded: boolean): ChargebackDecision {
  if (asRecorded || data.asOf <= state.at) return [];
  return refuse('chargeback-over', 'This case is over here, and the provider says something else of it.');
}
