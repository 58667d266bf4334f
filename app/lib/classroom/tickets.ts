/** The door to a lesson: its ticket, asked for with the cookie of the same origin and renewed before it runs out. */
import type { Join, JoinHow } from '../../server/services.ts';

export type JoinAnswer =
  | { readonly kind: 'join'; readonly join: Join }
  /** A decided "no", with its stable code. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  /** No answer, or the server is in trouble: worth trying again. */
  | { readonly kind: 'unreachable' };

interface ProblemBody {
  readonly code?: unknown;
  readonly detail?: unknown;
}

const TIMEOUT_MS = 8_000;

/** @param as whom the page takes for signed in; another tab may have signed in somebody else. */
async function post(path: string, body: object = {}, as: string | null = null): Promise<Response | null> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(as === null ? {} : { 'x-person': as }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    // fetch rejects with TypeError when there is no connection, and with the signal's error after the timeout.
    if (error instanceof TypeError || error instanceof DOMException) return null;
    throw error;
  }
}

async function refusalOf(response: Response): Promise<{ code: string; message: string } | null> {
  if (response.status >= 500 || response.status === 429) return null;
  let body: ProblemBody;
  try {
    body = await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const { code, detail } = body;
  return { code: typeof code === 'string' ? code : 'internal', message: typeof detail === 'string' ? detail : '' };
}

async function askFor(code: string, personId: string, what: 'join' | 'prepare', body: object): Promise<JoinAnswer> {
  const response = await post(`/api/v1/lessons/${encodeURIComponent(code)}/${what}`, body, personId);
  if (response === null) return { kind: 'unreachable' };
  if (response.ok) return { kind: 'join', join: await response.json() };
  const refusal = await refusalOf(response);
  return refusal === null ? { kind: 'unreachable' } : { kind: 'refused', ...refusal };
}

/**
 * A ticket for this person; refused with `someone-else` when another one is signed in.
 * @param how that they are in already, or which media server did not answer.
 */
export const askToJoin = (code: string, personId: string, how: JoinHow): Promise<JoinAnswer> =>
  askFor(code, personId, 'join', how);

/** The tutor's ticket for the board alone, before the lesson. */
export const askToPrepare = (code: string, personId: string): Promise<JoinAnswer> =>
  askFor(code, personId, 'prepare', {});

/** Ends the lesson for all. Null when it was done, else why not. */
export async function askToEnd(code: string): Promise<{ code: string; message: string } | null> {
  const response = await post(`/api/v1/lessons/${encodeURIComponent(code)}/end`);
  if (response === null) return { code: 'unreachable', message: '' };
  if (response.ok) return null;
  return (await refusalOf(response)) ?? { code: 'unreachable', message: '' };
}

/** Brings the board of an earlier lesson. Null when it was done, else why not. */
export async function askToContinue(code: string, from: string): Promise<{ code: string; message: string } | null> {
  const response = await post(`/api/v1/lessons/${encodeURIComponent(code)}/continue-board`, { from });
  if (response === null) return { code: 'unreachable', message: '' };
  if (response.ok) return null;
  return (await refusalOf(response)) ?? { code: 'unreachable', message: '' };
}
