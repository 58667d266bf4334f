import { isRefusal } from '#events/shared/refusal.ts';
import { personWith, refused, requestIdOf, textOf, unknownPage } from '$lib/guard.ts';
import { LIVE } from '$lib/live-key.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const person = personWith(event, 'ops');
  event.depends(LIVE);
  const reports = await event.locals.services.reports(person);
  if (isRefusal(reports)) unknownPage();
  return { reports, requestId: crypto.randomUUID() };
};

export const actions: Actions = {
  close: async (event) => {
    const person = personWith(event, 'ops');
    const form = await event.request.formData();
    const requestId = requestIdOf(form);
    if (!requestId)
      return refused('close', 'bad-request-id', 'This form was out of date. Reload the page and try again.');
    const { services } = event.locals;
    const done = await services.closeReport(person, textOf(form, 'reportId'), textOf(form, 'outcome'), requestId);
    return isRefusal(done) ? refused('close', done.code, done.message, 409) : { about: 'close', done: true as const };
  },
};
