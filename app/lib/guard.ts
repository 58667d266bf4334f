/**
 * Who may open a signed-in page, and the context of a command that such a page sends. Kit runs a page's load beside its
 * layout's, and an action without either, so every load and every action asks here itself.
 */
import { error, fail, redirect, type ActionFailure } from '@sveltejs/kit';
import type { Role } from '#events/access/roles.ts';
import { fromPerson } from '#events/handling/context.ts';
import type { AnyCommand } from '#events/handling/submit.ts';
import type { Person } from '../server/services.ts';
import type { Done, Problem } from './answer.ts';

interface Asked {
  readonly locals: App.Locals;
  readonly url: URL;
}

/** The signed-in person; everyone else goes to sign-in and comes back to the same address. */
export function personOf(event: Asked): Person {
  const person = event.locals.person;
  if (!person) redirect(303, `/sign-in?next=${encodeURIComponent(event.url.pathname + event.url.search)}`);
  return person;
}

/** The person if they have one of `roles`; for anyone else the page does not exist. */
export function personWith(event: Asked, ...roles: readonly Role[]): Person {
  const person = personOf(event);
  if (!roles.some((role) => person.roles.includes(role))) unknownPage();
  return person;
}

/** Answers like an address that does not exist, so that a foreign id tells nothing. */
export function unknownPage(): never {
  error(404, { message: 'There is nothing at this address.', code: 'not-found' });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The form's request id: it becomes the command's id, so that a form sent twice acts once. Null when it is not one. */
export function requestIdOf(form: FormData): string | null {
  const value = form.get('requestId');
  return typeof value === 'string' && UUID.test(value) ? value.toLowerCase() : null;
}

/** A form field as trimmed text; empty when it is missing or a file. */
export function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}

/** All values of a repeated form field as trimmed text. */
export function textsOf(form: FormData, name: string): readonly string[] {
  return form.getAll(name).map((value) => (typeof value === 'string' ? value.trim() : ''));
}

/** A refusal as a form's answer: 400 for what the form can mend, 409 for what the domain refuses. */
export function refused(about: string, code: string, message: string, status = 400): ActionFailure<Problem> {
  return fail(status, { about, code, message });
}

/**
 * Sends one command as the person and waits until the read models show it.
 * `about` names the form on the page that the answer belongs to.
 */
export async function send(
  locals: App.Locals,
  person: Person,
  role: Role,
  about: string,
  requestId: string | null,
  command: AnyCommand,
): Promise<Done | ActionFailure<Problem>> {
  if (!requestId) return refused(about, 'bad-request-id', 'This form was out of date. Reload the page and try again.');
  const context = fromPerson({
    personId: person.personId,
    requestId,
    command: command.type,
    role,
    correlationId: locals.correlationId,
  });
  const answer = await locals.services.submit(command, context);
  if (answer.kind === 'refusal') return refused(about, answer.code, answer.message, 409);
  await locals.services.seen(answer.position);
  return { about, done: true };
}
