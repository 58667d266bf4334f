/** Tells each peer that asked whether it may write, and again whenever that changes. */
import type { Denial } from '../close-codes.ts';
import { frameOf } from '../wire/frame.ts';
import { standingMessage } from '../wire/messages.ts';
import type { Peer } from './peer.ts';

export class Standings {
  private readonly why: (peer: Peer) => Denial | null;
  private readonly told = new Map<Peer, Denial | null>();

  constructor(why: (peer: Peer) => Denial | null) {
    this.why = why;
  }

  greet(peer: Peer): void {
    if (peer.acks) this.tell(peer, this.why(peer));
  }

  leave(peer: Peer): void {
    this.told.delete(peer);
  }

  /** Something changed; tells those for whom it does. */
  renew(): void {
    for (const [peer, before] of this.told) {
      const now = this.why(peer);
      if (now !== before) this.tell(peer, now);
    }
  }

  private tell(peer: Peer, reason: Denial | null): void {
    this.told.set(peer, reason);
    peer.write(frameOf(standingMessage(reason)));
  }
}
