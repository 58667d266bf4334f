/** The door to a conversation's chat: a ticket, asked for with the cookie of the same origin. In the browser only. */
import type { Join } from '../../server/services.ts';

export type Door = Omit<Join, 'signalling'>;

export type DoorAnswer =
  | { readonly kind: 'open'; readonly door: Door }
  /** This person is not in it (any more). */
  | { readonly kind: 'closed' }
  /** No answer, or the server is in trouble: worth trying again. */
  | { readonly kind: 'unreachable' };

const TIMEOUT_MS = 8_000;

/** @param personId whose door it is; closed when somebody else is signed in in this browser. */
export async function knock(conversationId: string, personId: string): Promise<DoorAnswer> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/conversations/${encodeURIComponent(conversationId)}/join`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-person': personId },
      body: '{}',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    // fetch rejects with TypeError when there is no connection, and with the signal's error after the timeout.
    if (error instanceof TypeError || error instanceof DOMException) return { kind: 'unreachable' };
    throw error;
  }
  if (response.ok) return { kind: 'open', door: await response.json() };
  return response.status >= 500 || response.status === 429 ? { kind: 'unreachable' } : { kind: 'closed' };
}
