/** By which way a page's media goes: what its peer connections say of the pair of candidates that they use. */
import type { Page } from 'playwright-core';

declare global {
  interface Window {
    peerConnections?: RTCPeerConnection[];
  }
}

export interface Way {
  /** `relay` goes over a TURN server; everything else straight to the media server. */
  readonly relayed: boolean;
  /** What leaves the browser. */
  readonly protocol: string;
  /** The TURN server's address; empty without one. */
  readonly relay: string;
}

/** Before the page is opened: keeps its peer connections where `waysOf` finds them. */
export const watchWays = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    window.peerConnections = made;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    };
  });

/** One for each connection that is up. */
export const waysOf = (page: Page): Promise<readonly Way[]> =>
  page.evaluate(async () => {
    const ways: Way[] = [];
    for (const connection of window.peerConnections ?? []) {
      if (connection.connectionState !== 'connected') continue;
      const stats = await connection.getStats();
      for (const transport of stats.values()) {
        if (transport.type !== 'transport') continue;
        const pair = stats.get(transport.selectedCandidatePairId);
        const local = pair === undefined ? undefined : stats.get(pair.localCandidateId);
        if (local === undefined) continue;
        const relayed = local.candidateType === 'relay';
        ways.push({ relayed, protocol: relayed ? local.relayProtocol : local.protocol, relay: local.url ?? '' });
      }
    }
    return ways;
  });

/** The names under which the page would open relays now, of each connection that is not closed. */
export const relayNames = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    (window.peerConnections ?? [])
      .filter(({ signalingState }) => signalingState !== 'closed')
      .flatMap((connection) => connection.getConfiguration().iceServers ?? [])
      .map(({ username }) => username ?? ''),
  );
