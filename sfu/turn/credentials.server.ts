/** What lets a browser use our TURN servers for a while: coturn's `use-auth-secret`, without a word to coturn. */
import { createHmac } from 'node:crypto';
import type { IceServer } from '../signalling/protocol.ts';

export interface TurnSettings {
  /** In the order of preference, such as `turn:turn1.example:3478?transport=udp`. */
  readonly urls: readonly string[];
  /** The servers' `static-auth-secret`. */
  readonly secret: string;
}

/** New relays may be opened with a credential for this long, wall ms; one that is open lives on. */
export const CREDENTIAL_MS = 15 * 60_000;

/**
 * One entry for all servers, good for one person in one lesson; none where no server is configured.
 * The servers take the time off the name and count the relays of what is left (`<lesson>:<person>`).
 *
 * @param wallNow ms; the servers compare with their own clock, so the business clock is of no use here.
 */
export function iceServersFor(
  turn: TurnSettings | null,
  { lessonId, personId }: { readonly lessonId: string; readonly personId: string },
  wallNow: number,
): readonly IceServer[] {
  if (turn === null) return [];
  const username = `${Math.floor((wallNow + CREDENTIAL_MS) / 1_000)}:${lessonId}:${personId}`;
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64');
  return [{ urls: [...turn.urls], username, credential }];
}
