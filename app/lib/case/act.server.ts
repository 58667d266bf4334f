/** The action `act` of the pages of ops: one of the acts that a stuck case offers. */
import type { ActionFailure } from '@sveltejs/kit';
import { isOpsCommand } from '#app/server/ops-acts.ts';
import { isRefusal } from '#events/shared/refusal.ts';
import type { Done, Problem } from '../answer.ts';
import { personWith, refused, requestIdOf, textOf } from '../guard.ts';

interface Asked {
  readonly locals: App.Locals;
  readonly url: URL;
  readonly request: Request;
}

export const STALE = 'This form was out of date. Reload the page and try again.';

export async function act(event: Asked): Promise<Done | ActionFailure<Problem>> {
  const person = personWith(event, 'ops');
  const form = await event.request.formData();
  const requestId = requestIdOf(form);
  const command = textOf(form, 'command');
  if (!requestId || !isOpsCommand(command)) return refused('act', 'bad-request-id', STALE);
  const subjectId = textOf(form, 'subjectId');
  const done = await event.locals.services.opsAct(
    person,
    {
      command,
      what: textOf(form, 'what'),
      bookingId: textOf(form, 'bookingId'),
      subjectId: subjectId === '' ? null : subjectId,
      reason: textOf(form, 'reason'),
    },
    requestId,
  );
  return isRefusal(done) ? refused('act', done.code, done.message, 409) : { about: 'act', done: true };
}
