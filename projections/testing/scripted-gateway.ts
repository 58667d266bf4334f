/** A provider that says what a test wants; whatever the test did not script is never asked for. */
import type { PaymentGateway } from '../effects/payment-gateway.ts';

const unscripted = (name: string) => (): Promise<never> => Promise.reject(new Error(`${name} was not scripted`));

export const scriptedGateway = (script: Partial<PaymentGateway>): PaymentGateway => ({
  name: 'scripted',
  createOrder: unscripted('createOrder'),
  ordersByReceipt: unscripted('ordersByReceipt'),
  paymentsOfOrder: unscripted('paymentsOfOrder'),
  payment: unscripted('payment'),
  createTransfer: unscripted('createTransfer'),
  transfersOfPayment: unscripted('transfersOfPayment'),
  transfer: unscripted('transfer'),
  liftHold: unscripted('liftHold'),
  reverse: unscripted('reverse'),
  reversalsOf: unscripted('reversalsOf'),
  refund: unscripted('refund'),
  refundsOf: unscripted('refundsOf'),
  dispute: unscripted('dispute'),
  disputes: unscripted('disputes'),
  uploadEvidence: unscripted('uploadEvidence'),
  contest: unscripted('contest'),
  accept: unscripted('accept'),
  createAccount: unscripted('createAccount'),
  account: unscripted('account'),
  ensureStakeholder: unscripted('ensureStakeholder'),
  identity: unscripted('identity'),
  correctIdentity: unscripted('correctIdentity'),
  requestProduct: unscripted('requestProduct'),
  product: unscripted('product'),
  updateSettlements: unscripted('updateSettlements'),
  recon: unscripted('recon'),
  transfers: unscripted('transfers'),
  isCheckoutGenuine: () => true,
  isWebhookGenuine: () => true,
  ...script,
});
