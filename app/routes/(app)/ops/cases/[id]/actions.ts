/** What ops do on the page of a case; each a form of it, whose name is what its answer is about. */
import { fail, type ActionFailure } from '@sveltejs/kit';
import type { Person, Services } from '#app/server/services.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import type { Done, Problem } from '$lib/answer.ts';
import { act, STALE } from '$lib/case/act.server.ts';
import { personWith, refused, requestIdOf, textOf } from '$lib/guard.ts';
import type { RequestEvent } from './$types';

interface Asked {
  readonly services: Services;
  readonly person: Person;
  readonly bookingId: string;
  readonly form: FormData;
  readonly requestId: string;
}

/** Whole paise as a form sends them; anything else is an amount that nobody can refund. */
function paiseIn(form: FormData): number {
  const text = textOf(form, 'refund');
  return /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
}

const send =
  (about: string, run: (asked: Asked) => Promise<{ readonly kind: string } | Refusal>) =>
  async (event: RequestEvent): Promise<Done | ActionFailure<Problem>> => {
    const person = personWith(event, 'ops');
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refused(about, 'bad-request-id', STALE);
    const { services } = event.locals;
    const answer = await run({ services, person, bookingId: event.params.id, form, requestId });
    return isRefusal(answer) ? refused(about, answer.code, answer.message, 409) : { about, done: true };
  };

export const caseActions = {
  act,

  /** What a refund would move; nothing happens. */
  preview: async (event: RequestEvent) => {
    const person = personWith(event, 'ops');
    const refund = paiseIn(await event.request.formData());
    const preview = await event.locals.services.previewResolution(person, event.params.id, refund);
    if (isRefusal(preview)) return fail(409, { code: preview.code, message: preview.message });
    return { preview };
  },

  decide: send('decide', ({ services, person, bookingId, form, requestId }) =>
    services.proposeResolution(person, bookingId, { refund: paiseIn(form), reason: textOf(form, 'reason') }, requestId),
  ),

  approve: send('approve', ({ services, person, bookingId, form, requestId }) =>
    services.approveResolution(person, bookingId, textOf(form, 'proposalId'), requestId),
  ),

  reject: send('reject', ({ services, person, bookingId, form, requestId }) =>
    services.rejectResolution(person, bookingId, textOf(form, 'proposalId'), textOf(form, 'reason'), requestId),
  ),

  add: send('add', ({ services, person, bookingId, form, requestId }) =>
    services.addStatement(person, bookingId, textOf(form, 'text'), requestId),
  ),

  contest: send('contest', ({ services, person, form, requestId }) =>
    services.contestChargeback(person, textOf(form, 'chargebackId'), textOf(form, 'summary'), requestId),
  ),

  accept: send('accept', ({ services, person, form, requestId }) =>
    services.acceptChargeback(person, textOf(form, 'chargebackId'), textOf(form, 'reason'), requestId),
  ),
};
