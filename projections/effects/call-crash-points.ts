/**
 * The crash points of each call outward (platform/crash). Written out, because those who kill processes find the points
 * by reading the source for them.
 */
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { ProviderCall } from './provider-call.ts';

/** Its row says it is being sent; the provider answered; what it made is known by its id; that is in the log; all is done. */
type Step = 'sent' | 'answered' | 'beforeRecord' | 'recorded' | 'settled';

export const atCall: Readonly<Record<ProviderCall['kind'], Readonly<Record<Step, () => Promise<void>>>>> = {
  'create-order': {
    sent: () => crashPoint('order:sent'),
    answered: () => crashPoint('order:answered'),
    beforeRecord: () => crashPoint('order:before-record'),
    recorded: () => crashPoint('order:recorded'),
    settled: () => crashPoint('order:settled'),
  },
  'create-transfer': {
    sent: () => crashPoint('transfer:sent'),
    answered: () => crashPoint('transfer:answered'),
    beforeRecord: () => crashPoint('transfer:before-record'),
    recorded: () => crashPoint('transfer:recorded'),
    settled: () => crashPoint('transfer:settled'),
  },
  'lift-hold': {
    sent: () => crashPoint('lift:sent'),
    answered: () => crashPoint('lift:answered'),
    beforeRecord: () => crashPoint('lift:before-record'),
    recorded: () => crashPoint('lift:recorded'),
    settled: () => crashPoint('lift:settled'),
  },
  'reverse-transfer': {
    sent: () => crashPoint('reversal:sent'),
    answered: () => crashPoint('reversal:answered'),
    beforeRecord: () => crashPoint('reversal:before-record'),
    recorded: () => crashPoint('reversal:recorded'),
    settled: () => crashPoint('reversal:settled'),
  },
  'refund-payment': {
    sent: () => crashPoint('refund:sent'),
    answered: () => crashPoint('refund:answered'),
    beforeRecord: () => crashPoint('refund:before-record'),
    recorded: () => crashPoint('refund:recorded'),
    settled: () => crashPoint('refund:settled'),
  },
  'contest-dispute': {
    sent: () => crashPoint('contest:sent'),
    answered: () => crashPoint('contest:answered'),
    beforeRecord: () => crashPoint('contest:before-record'),
    recorded: () => crashPoint('contest:recorded'),
    settled: () => crashPoint('contest:settled'),
  },
  'accept-dispute': {
    sent: () => crashPoint('accept:sent'),
    answered: () => crashPoint('accept:answered'),
    beforeRecord: () => crashPoint('accept:before-record'),
    recorded: () => crashPoint('accept:recorded'),
    settled: () => crashPoint('accept:settled'),
  },
  'create-account': {
    sent: () => crashPoint('account:sent'),
    answered: () => crashPoint('account:answered'),
    beforeRecord: () => crashPoint('account:before-record'),
    recorded: () => crashPoint('account:recorded'),
    settled: () => crashPoint('account:settled'),
  },
  'update-settlements': {
    sent: () => crashPoint('settlements:sent'),
    answered: () => crashPoint('settlements:answered'),
    beforeRecord: () => crashPoint('settlements:before-record'),
    recorded: () => crashPoint('settlements:recorded'),
    settled: () => crashPoint('settlements:settled'),
  },
};
