/** How good a connection is, in three words. Pure. */
import { isWeak, type Link, type Stats } from '#sfu/signalling/protocol.ts';

/** `connected`: whether the transports are; null for what was not measured yet. */
export function linkOf(stats: Stats | null, connected: boolean): Link {
  if (!connected) return 'lost';
  return stats !== null && isWeak(stats) ? 'weak' : 'good';
}
