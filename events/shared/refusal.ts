/** An expected "no": data, not an exception. `code` is stable and documented; `message` is for people. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: string;
  readonly message: string;
}

/** The one refusal that a repeated command can still get: its id came back with other content. */
export const REQUEST_ID_REUSED = 'request-id-reused';

export const refuse = (code: string, message: string): Refusal => ({ kind: 'refusal', code, message });

export const requestIdReused = (): Refusal =>
  refuse(REQUEST_ID_REUSED, 'This request was sent before with other content. Reload the page and send it anew.');

/** Text that the log and the database could not hold as it is (rule HA8). */
export const textInvalid = (): Refusal =>
  refuse('text-invalid', 'This text holds a character that cannot be kept. Remove it and send the form again.');

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'refusal';
}
