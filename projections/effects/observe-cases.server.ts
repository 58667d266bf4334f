/** What the provider says of chargebacks and of tutors' accounts, fetched and taken into the log. Rules WH8–WH9. */
import { idFrom } from '#events/shared/ids.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import { crashPoint } from '#platform/crash/crash-point.ts';
import type { Intent } from '../processes/process.ts';
import { accountObservation } from './account-calls.ts';
import { observation } from './dispute-calls.ts';
import type { ProviderDispute } from './dispute-gateway.ts';
import type { DeskSettings, Observed } from './observe.server.ts';
import { bookingOfOrder, tutorOfAccount } from './our-orders.server.ts';
import type { Answer } from './payment-gateway.ts';

export interface CaseDesk {
  observeDispute(disputeId: string): Promise<Observed>;
  /** Without a product only a suspension, and its end, can be seen. */
  observeAccount(accountId: string, productId: string | null): Promise<Observed>;
  /** One that was fetched already, such as out of a list. `asOf`: business ms before that. */
  recordDispute(dispute: ProviderDispute, asOf: number): Promise<Observed>;
}

const later = (answer: Exclude<Answer<unknown>, { kind: 'ok' }>): Observed => ({
  kind: 'later',
  cause: answer.kind === 'unknown' ? answer.cause : answer.description,
});

export function createCaseDesk({ db, gateway, submit, clock, log }: DeskSettings): CaseDesk {
  async function record(fact: readonly (string | number)[], intent: Intent, about: string): Promise<Observed> {
    await crashPoint('case:before-append');
    const outcome = await submit(
      { ...intent, now: clock.now() },
      {
        commandId: idFrom('observe', ...fact),
        correlationId: about,
        causationId: about,
        actor: { kind: 'provider', id: gateway.name },
      },
    );
    await crashPoint('case:appended');
    if (!isRefusal(outcome)) return { kind: 'observed', payments: 0 };
    log.warn({ about, code: outcome.code }, 'something observed at the provider was refused');
    // A webhook can be faster than the answer to our own call that made the account.
    return outcome.code === 'no-account' ? { kind: 'later', cause: outcome.code } : { kind: 'observed', payments: 0 };
  }

  async function recordDispute(dispute: ProviderDispute, asOf: number): Promise<Observed> {
    const { id, paymentId } = dispute;
    const payment = await gateway.payment(paymentId);
    if (payment.kind !== 'ok') return later(payment);
    const bookingId = await bookingOfOrder(db, payment.value.orderId);
    if (bookingId === null) return { kind: 'later', cause: 'the order is not known yet' };
    // A case may be open twice, once more after evidence: what was read when belongs to the fact.
    return record(['dispute', id, asOf], observation(bookingId, dispute, asOf), id);
  }

  return {
    recordDispute,

    async observeDispute(disputeId) {
      const asOf = clock.now();
      const dispute = await gateway.dispute(disputeId);
      return dispute.kind === 'ok' ? recordDispute(dispute.value, asOf) : later(dispute);
    },

    async observeAccount(accountId, productId) {
      const asOf = clock.now();
      const tutorId = await tutorOfAccount(db, accountId);
      if (tutorId === null) return { kind: 'later', cause: 'the account is not known yet' };
      const account = await gateway.account(accountId);
      if (account.kind !== 'ok') return later(account);
      const said = (status: 'suspended' | 'not-suspended'): Promise<Observed> => {
        const data = { tutorId, accountId, status, requirements: [] };
        return record(['account', accountId, asOf], { type: 'ObserveLinkedAccount', data }, accountId);
      };
      if (account.value.status === 'suspended') return said('suspended');
      if (productId === null) return said('not-suspended');
      const product = await gateway.product(accountId, productId);
      if (product.kind !== 'ok') return later(product);
      const seen = accountObservation(tutorId, product.value);
      if (seen === null) return { kind: 'observed', payments: 0 };
      return record(['account', accountId, asOf], seen, accountId);
    },
  };
}
