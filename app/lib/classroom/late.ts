/** What was drawn without a connection and could not be sent before the lesson ended: it goes into its history. */
import { parseDocumentName } from '#sync/documents/names.ts';

/** The part of an address that says whose own a document is; null: the lesson's. */
export const ofStudent = (owner: string | null): string => (owner === null ? '' : `?of=${encodeURIComponent(owner)}`);

/** `nothing` is final: sent again it is the same. */
export type Taken = 'kept' | 'partly' | 'nothing';

/** Codes that stay whatever is tried: a week has gone, the lesson was cancelled, or it is no update. */
const NEVER: readonly unknown[] = ['too-late', 'not-found', 'bad-update'];
const TOO_LARGE = 413;

function takenOf(status: unknown): Taken {
  // An answer may have been lost on its way.
  if (status === 'kept' || status === 'known') return 'kept';
  if (status === 'partly' || status === 'nothing') return status;
  throw new Error('Late ink got an answer that this page does not know');
}

/**
 * Sends what the server lacks of a board, as the person who drew it. @throws when it cannot be sent now, or somebody else is
 * signed in.
 */
export async function sendLate(
  code: string,
  personId: string,
  { name, unsent }: { name: string; unsent: Uint8Array },
): Promise<Taken> {
  const of = ofStudent(parseDocumentName(name)?.personId ?? null);
  const sent = await fetch(`/api/v1/lessons/${encodeURIComponent(code)}/history/board${of}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream', 'x-person': personId },
    body: unsent.slice(),
  });
  const { status, code: problem }: { status?: unknown; code?: unknown } = await sent.json();
  if (sent.ok) return takenOf(status);
  if (NEVER.includes(problem) || sent.status === TOO_LARGE) return 'nothing';
  throw new Error(`Late ink answered ${sent.status}`);
}
