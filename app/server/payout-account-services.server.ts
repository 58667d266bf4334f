/** A tutor's way to be paid: details for the payment provider, which opens and reviews the account. */
import { fromPerson } from '#events/handling/context.ts';
import { isRefusal, refuse } from '#events/shared/refusal.ts';
import type { BookingParts } from './booking-services.server.ts';
import type { PayoutAccountServices } from './services.ts';
import { streamStates } from './stream-states.server.ts';

type Parts = Pick<BookingParts, 'store' | 'submit' | 'now' | 'seen'>;

export function payoutAccountServices({ store, submit, now, seen }: Parts): PayoutAccountServices {
  const states = streamStates(store);
  return {
    async payoutDetails(person) {
      const { account } = await states.tutor(person.personId);
      return 'details' in account ? account.details : null;
    },
    async submitPayoutDetails(person, details, requestId) {
      if (!person.roles.includes('tutor')) return refuse('forbidden', 'Only tutors are paid out.');
      const submitted = await submit(
        { type: 'SubmitPayoutDetails', now: now(), data: { tutorId: person.personId, ...details } },
        fromPerson({ personId: person.personId, requestId, command: 'SubmitPayoutDetails', role: 'tutor' }),
      );
      if (isRefusal(submitted)) return submitted;
      await seen(submitted.position);
      return { kind: 'submitted' };
    },
  };
}
