import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { recordAnswerFailure, recordContest, requestAccept, requestContest } from './answer.ts';
import type { ChargebackEvent, ChargebackPhase, ChargebackState } from './events.ts';
import { observe } from './observe.ts';

export type ChargebackCommand =
  /** What the provider says of the case, from a fetch. Forward moves become events; older news changes nothing. */
  | Command<
      'ObserveChargeback',
      {
        chargebackId: string;
        bookingId: string;
        providerPaymentId: string;
        status: 'open' | 'under_review' | 'won' | 'lost' | 'closed';
        phase: ChargebackPhase;
        amount: number;
        /** Paise that the bank has taken; 0 until the case is lost. */
        amountDeducted: number;
        reasonCode: string;
        /** Business ms. */
        respondBy: number;
        /** Business ms before the fetch began: what was recorded later is newer than this. */
        asOf: number;
      }
    >
  /** `parties`: whose money it is, who may therefore not decide; given by the server. */
  | Command<
      'RequestContest',
      { chargebackId: string; operationId: string; by: string; summary: string; parties: readonly string[] }
    >
  | Command<
      'RequestAccept',
      { chargebackId: string; operationId: string; by: string; reason: string; parties: readonly string[] }
    >
  | Command<'RecordContest', { chargebackId: string; operationId: string }>
  | Command<'RecordAnswerFailure', { chargebackId: string; operationId: string; reason: string }>;

export type ChargebackCommandOf<Type extends ChargebackCommand['type']> = Extract<ChargebackCommand, { type: Type }>;
export type ChargebackDecision = readonly ChargebackEvent[] | Refusal;
export type ExistingChargeback = Exclude<ChargebackState, { kind: 'none' }>;

/** Rules CB1–CB12. */
export function decide(command: ChargebackCommand, state: ChargebackState): ChargebackDecision {
  if (command.type === 'ObserveChargeback') return observe(command, state);
  if (state.kind === 'none') return refuse('chargeback-unknown', 'The bank has not opened such a case.');
  switch (command.type) {
    case 'RequestContest':
      return requestContest(command, state);
    case 'RequestAccept':
      return requestAccept(command, state);
    case 'RecordContest':
      return recordContest(command, state);
    case 'RecordAnswerFailure':
      return recordAnswerFailure(command, state);
    default:
      return never(command, 'chargeback command');
  }
}
