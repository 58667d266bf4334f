import { fail } from '@sveltejs/kit';
import { isRefusal } from '#events/shared/refusal.ts';
import { personWith, requestIdOf, textOf } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import { messagesIn } from '$lib/messages/index.ts';
import { checkDetails, fieldOf, typedOf, type FieldProblems } from '$lib/payouts/details.ts';
import { keptOf, withKept } from '$lib/payouts/kept.ts';
import type { Actions, PageServerLoad } from './$types';

const m = messagesIn('en');

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'tutor');
  event.depends(LIVE);
  const { queries, payoutDetails } = event.locals.services;
  const [account, before] = await Promise.all([queries.payoutAccount(person.personId), payoutDetails(person)]);
  return {
    account,
    kept: before && keptOf(before),
    known: { name: person.name, email: person.email },
    requestId: crypto.randomUUID(),
  };
};

const refusedFor = (problems: FieldProblems, code: string, message: string, status: number) =>
  fail(status, { about: 'details' as const, code, message, problems });

export const actions: Actions = {
  default: async (event) => {
    const person = personWith(event, 'tutor');
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId) return refusedFor({}, 'bad-request-id', m.dispute.stale, 400);
    const checked = checkDetails(
      withKept(
        typedOf((field) => textOf(form, field)),
        await event.locals.services.payoutDetails(person),
      ),
      m.payouts.form,
    );
    if (checked.kind === 'problems') {
      const count = Object.keys(checked.problems).length;
      return refusedFor(checked.problems, 'details-invalid', m.payouts.form.wrong(count), 400);
    }
    const sent = await event.locals.services.submitPayoutDetails(person, checked.details, requestId);
    if (isRefusal(sent)) {
      const field = fieldOf(sent.code);
      const problems: FieldProblems = field ? { [field]: { code: sent.code, message: sent.message } } : {};
      return refusedFor(problems, sent.code, sent.message, 409);
    }
    return { about: 'details' as const, done: true as const };
  },
};
