import type { Handle, HandleServerError } from '@sveltejs/kit';
import { requestScope } from './server/request-scope.ts';

export const handle: Handle = ({ event, resolve }) => {
  const scope = requestScope().getStore();
  if (!scope) throw new Error('A page was asked for outside the host; start the product with npm start.');
  event.locals.services = scope.services;
  event.locals.person = scope.person;
  event.locals.correlationId = scope.correlationId;
  return resolve(event);
};

/** An unexpected error leaves as a code and the correlation id; its text stays in the log. */
export const handleError: HandleServerError = ({ error, event, status }) => {
  const correlationId = event.locals.correlationId ?? 'none';
  if (status >= 500) requestScope().getStore()?.report(error, event.url.pathname);
  return status === 404
    ? { message: 'There is nothing at this address.', code: 'not-found', correlationId }
    : { message: 'Something went wrong on our side.', code: 'internal', correlationId };
};
