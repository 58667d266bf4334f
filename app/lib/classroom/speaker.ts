/** Who is shown large where one face is. Pure. */
import type { RemotePeer } from './peers.ts';

/**
 * Who is on the stage. They stay until they have stopped and somebody else speaks, so that it does not flicker between two
 * who laugh.
 *
 * @param before who it was until now.
 * @param speaking loudest first.
 */
export function whoIsOn(
  pinned: string | null,
  before: string | null,
  speaking: readonly string[],
  peers: readonly RemotePeer[],
): RemotePeer | null {
  const find = (personId: string | null): RemotePeer | undefined => peers.find((peer) => peer.personId === personId);
  const held = find(pinned);
  if (held !== undefined) return held;
  const here = speaking.filter((personId) => find(personId) !== undefined);
  const word = here.includes(before ?? '') ? before : (here[0] ?? before);
  // Who leads stands first among the peers.
  return find(word) ?? peers[0] ?? null;
}
