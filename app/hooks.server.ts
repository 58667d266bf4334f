import type { Handle, HandleServerError } from '@sveltejs/kit';
import { requestScope } from './server/request-scope.ts';
import { RETRY_AFTER_S } from './server/retry-after.ts';

export const handle: Handle = async ({ event, resolve }) => {
  const scope = requestScope().getStore();
  if (!scope) throw new Error('A page was asked for outside the host; start the product with npm start.');
  event.locals.services = scope.services;
  event.locals.person = scope.person;
  event.locals.correlationId = scope.correlationId;
  const response = await resolve(event);
  if (response.status !== 500 || !event.locals.passing) return response;
  // Kit answers every unexpected error with 500; this one passes by itself.
  const { body, headers } = response;
  headers.set('retry-after', String(RETRY_AFTER_S));
  return new Response(body, { status: 503, headers });
};

/** An unexpected error leaves as a code and the correlation id; its text stays in the log. */
export const handleError: HandleServerError = ({ error, event, status }) => {
  const correlationId = event.locals.correlationId ?? 'none';
  if (status === 404) return { message: 'There is nothing at this address.', code: 'not-found', correlationId };
  const passing = status >= 500 ? (requestScope().getStore()?.report(error, event.url.pathname) ?? null) : null;
  if (passing) {
    event.locals.passing = true;
    return { message: passing.detail, code: passing.code, correlationId };
  }
  return { message: 'Something went wrong on our side.', code: 'internal', correlationId };
};
