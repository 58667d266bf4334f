/** What was drawn without a connection and could not be sent before the lesson ended: it goes into its history. */
import * as Y from 'yjs';
import type { ConnectedDocument } from './sync.ts';

/** The part of an address that says whose own a document is; null: the lesson's. */
export const ofStudent = (owner: string | null): string => (owner === null ? '' : `?of=${encodeURIComponent(owner)}`);

/** Sends what the server lacks of a board; whether it took any of it. @throws when it cannot be sent now. */
export async function sendLate(
  code: string,
  document: Pick<ConnectedDocument, 'doc' | 'unsaved'>,
  owner: string | null,
): Promise<boolean> {
  if (document.unsaved === 0) return false;
  const lesson = `/api/v1/lessons/${encodeURIComponent(code)}`;
  // The document is destroyed behind this: what is in it is taken now.
  const whole = Y.encodeStateAsUpdate(document.doc);
  const copy = await fetch(`${lesson}/documents/board${ofStudent(owner)}`);
  if (!copy.ok) throw new Error(`The copy of the board answered ${copy.status}`);
  const known = copy.status === 204 ? null : new Uint8Array(await copy.arrayBuffer());
  const body = known ? Y.diffUpdate(whole, Y.encodeStateVectorFromUpdate(known)) : whole;
  const sent = await fetch(`${lesson}/history/board${ofStudent(owner)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: body.slice(),
  });
  if (!sent.ok) throw new Error(`Late ink answered ${sent.status}`);
  const { status }: { status?: unknown } = await sent.json();
  return status === 'kept';
}
