import { isText } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { ChargebackCommandOf, ChargebackDecision, ExistingChargeback } from './decide.ts';

/** The provider takes so many characters of evidence. */
const MAX_SUMMARY = 1_000;

type Question = ChargebackCommandOf<'RequestContest'> | ChargebackCommandOf<'RequestAccept'>;

/** Rules CB7, CB9: in time, and never by someone whose money it is. */
function mayAnswer({ data, now }: Question, state: ExistingChargeback): Refusal | null {
  if (data.parties.includes(data.by)) return refuse('own-case', 'Nobody decides a case about their own money.');
  if (now > state.respondBy) return refuse('deadline-passed', 'The time to answer this chargeback is over.');
  return null;
}

export function requestContest(
  command: ChargebackCommandOf<'RequestContest'>,
  state: ExistingChargeback,
): ChargebackDecision {
  const { chargebackId, operationId, by, summary } = command.data;
  switch (state.kind) {
    case 'open':
    case 'action-required': {
      const refused = mayAnswer(command, state);
      if (refused) return refused;
      if (state.contested === operationId) return reused();
      if (!isText(summary, 1, MAX_SUMMARY))
        return refuse('summary-invalid', `The evidence needs a summary of up to ${MAX_SUMMARY} characters.`);
      const { bookingId, round } = state;
      return [
        {
          type: 'ContestRequested',
          data: { chargebackId, bookingId, operationId, round, by, summary, at: command.now },
        },
      ];
    }
    case 'contesting':
      return state.operationId === operationId ? [] : contestRunning();
    case 'submitted':
      return state.contested === operationId ? [] : alreadySubmitted();
    case 'accepting':
      return acceptRunning();
    case 'won':
    case 'lost':
    case 'accepted':
    case 'closed':
      return over();
    default:
      return never(state, 'chargeback state');
  }
}

/** Rule CB8: giving the money up cannot be undone, and is refused once evidence is with the bank. */
export function requestAccept(
  command: ChargebackCommandOf<'RequestAccept'>,
  state: ExistingChargeback,
): ChargebackDecision {
  const { chargebackId, operationId, by, reason } = command.data;
  switch (state.kind) {
    case 'open':
    case 'action-required': {
      const refused = mayAnswer(command, state);
      if (refused) return refused;
      if (!isText(reason, 1, MAX_SUMMARY))
        return refuse('reason-invalid', `Say why, in up to ${MAX_SUMMARY} characters.`);
      const { bookingId, round } = state;
      return [
        { type: 'AcceptRequested', data: { chargebackId, bookingId, operationId, round, by, reason, at: command.now } },
      ];
    }
    case 'accepting':
      return state.operationId === operationId ? [] : acceptRunning();
    case 'contesting':
      return contestRunning();
    case 'submitted':
      return alreadySubmitted();
    case 'won':
    case 'lost':
    case 'accepted':
    case 'closed':
      return over();
    default:
      return never(state, 'chargeback state');
  }
}

/** Rule CB10. */
export function recordContest(
  { data, now }: ChargebackCommandOf<'RecordContest'>,
  state: ExistingChargeback,
): ChargebackDecision {
  const { chargebackId, operationId } = data;
  if (state.kind === 'contesting' && state.operationId === operationId) {
    const { bookingId, round } = state;
    return [{ type: 'ContestSubmitted', data: { chargebackId, bookingId, operationId, round, at: now } }];
  }
  // The bank may have gone on before we came to record it.
  if (state.contested === operationId && state.kind !== 'open' && state.kind !== 'accepting') return [];
  return refuse('contest-not-requested', 'This contest was never asked for, or failed.');
}

/** Rule CB11. */
export function recordAnswerFailure(
  { data, now }: ChargebackCommandOf<'RecordAnswerFailure'>,
  state: ExistingChargeback,
): ChargebackDecision {
  const { chargebackId, operationId, reason } = data;
  switch (state.kind) {
    case 'contesting':
    case 'accepting': {
      if (state.operationId !== operationId) return notAsked();
      const answer = state.kind === 'contesting' ? ('contest' as const) : ('accept' as const);
      const { bookingId, round } = state;
      return [
        {
          type: 'ChargebackAnswerFailed',
          data: { chargebackId, bookingId, operationId, round, answer, reason, at: now },
        },
      ];
    }
    case 'open':
    case 'action-required':
      return [];
    case 'submitted':
      return alreadySubmitted();
    case 'won':
    case 'lost':
    case 'accepted':
    case 'closed':
      return [];
    default:
      return never(state, 'chargeback state');
  }
}

const reused = () => refuse('operation-reused', 'This contest failed before. A new try needs a new id.');
const contestRunning = () => refuse('contest-running', 'Evidence is being handed in for this case already.');
const acceptRunning = () => refuse('accept-running', 'This chargeback is being accepted already.');
const alreadySubmitted = () =>
  refuse('already-submitted', 'The evidence is with the bank. Nothing can be changed until it answers.');
const over = () => refuse('chargeback-over', 'This case is over.');
const notAsked = () => refuse('answer-not-requested', 'This answer was never asked for.');
