/** What the two sides do with a case and with a wish to move the lesson; each a form of the booking's page. */
import type { ActionFailure } from '@sveltejs/kit';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import type { BookingRow } from '#projections/queries.ts';
import type { Person } from '#app/server/services.ts';
import type { Done, Problem } from '$lib/answer.ts';
import { refused, requestIdOf, textOf } from '$lib/guard.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { bookingOf } from './booking-of.ts';
import type { RequestEvent } from './$types';

interface Asked {
  readonly person: Person;
  readonly booking: BookingRow;
  readonly form: FormData;
  readonly requestId: string;
}

/** One act of the person on this booking; `about` names its form on the page. */
const act =
  (
    about: string,
    run: (services: App.Locals['services'], asked: Asked) => Promise<{ readonly kind: string } | Refusal>,
  ) =>
  async (event: RequestEvent): Promise<Done | ActionFailure<Problem>> => {
    const { person, booking } = await bookingOf(event);
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused(about, 'bad-request-id', messagesIn('en').dispute.stale);
    const answer = await run(event.locals.services, { person, booking, form, requestId });
    return isRefusal(answer) ? refused(about, answer.code, answer.message, 409) : { about, done: true };
  };

export const caseActions = {
  answerCase: act('answerCase', (services, { person, booking, form, requestId }) =>
    services.answerDispute(person, booking.bookingId, textOf(form, 'text'), requestId),
  ),
  addStatement: act('addStatement', (services, { person, booking, form, requestId }) =>
    services.addStatement(person, booking.bookingId, textOf(form, 'text'), requestId),
  ),
  withdrawCase: act('withdrawCase', (services, { person, booking, requestId }) =>
    services.withdrawDispute(person, booking.bookingId, requestId),
  ),
  answerMove: act('answerMove', (services, { person, booking, form, requestId }) => {
    const agree = textOf(form, 'answer') === 'agree';
    return services.answerReschedule(person, booking.bookingId, textOf(form, 'proposalId'), agree, requestId);
  }),
  withdrawMove: act('withdrawMove', (services, { person, booking, form, requestId }) =>
    services.withdrawReschedule(person, booking.bookingId, textOf(form, 'proposalId'), requestId),
  ),
};
