/** The others in the room, as the page knows them. Pure: messages in, a new list out, in a stable order. */
import type { ConsumerInfo, Joined, LessonRole, PeerInfo } from '#sfu/signalling/protocol.ts';

export interface RemotePeer extends PeerInfo {
  /** What of theirs arrives here, by consumer id. */
  readonly consumers: readonly ConsumerInfo[];
  /** Wall time since which their connection is gone, ms; null while they are here. */
  readonly awaySince: number | null;
}

const RANK: Readonly<Record<LessonRole, number>> = { host: 0, 'co-host': 1, participant: 2, observer: 3 };

/** Who teaches comes first, then by name; people never change places because they speak. */
const inOrder = (peers: readonly RemotePeer[]): readonly RemotePeer[] =>
  peers.toSorted(
    (a, b) => RANK[a.role] - RANK[b.role] || a.name.localeCompare(b.name) || (a.personId < b.personId ? -1 : 1),
  );

const away = (info: PeerInfo, before: number | null, wallNow: number): number | null =>
  info.connected ? null : (before ?? wallNow);

/** The whole picture of a join's answer. */
export function peersOf(joined: Joined, wallNow: number): readonly RemotePeer[] {
  return inOrder(
    joined.peers.map((info) => ({
      ...info,
      consumers: joined.consumers.filter(({ personId }) => personId === info.personId),
      awaySince: away(info, null, wallNow),
    })),
  );
}

/** `peer-joined` and `peer-changed` say the same: this is how they are now. */
export function withPeer(peers: readonly RemotePeer[], info: PeerInfo, wallNow: number): readonly RemotePeer[] {
  const before = peers.find(({ personId }) => personId === info.personId);
  const after: RemotePeer = {
    ...info,
    consumers: before?.consumers ?? [],
    awaySince: away(info, before?.awaySince ?? null, wallNow),
  };
  return inOrder([...peers.filter((peer) => peer !== before), after]);
}

export const withoutPeer = (peers: readonly RemotePeer[], personId: string): readonly RemotePeer[] =>
  peers.filter((peer) => peer.personId !== personId);

export function withConsumer(peers: readonly RemotePeer[], consumer: ConsumerInfo): readonly RemotePeer[] {
  return peers.map((peer) => {
    if (peer.personId !== consumer.personId) return peer;
    const others = peer.consumers.filter(({ consumerId }) => consumerId !== consumer.consumerId);
    return { ...peer, consumers: [...others, consumer] };
  });
}

export const withoutConsumer = (peers: readonly RemotePeer[], consumerId: string): readonly RemotePeer[] =>
  peers.map((peer) =>
    peer.consumers.some((consumer) => consumer.consumerId === consumerId)
      ? { ...peer, consumers: peer.consumers.filter((consumer) => consumer.consumerId !== consumerId) }
      : peer,
  );

/** Whether they can be heard: a microphone that is there and not paused. */
export const isMuted = (peer: RemotePeer): boolean =>
  !peer.producers.some(({ source, paused }) => source === 'microphone' && !paused);

export interface SharedScreen {
  readonly peer: RemotePeer;
  readonly consumer: ConsumerInfo;
}

/** Every screen that is shared, the one that began last at the end. */
export const screensOf = (peers: readonly RemotePeer[]): readonly SharedScreen[] =>
  peers.flatMap((peer) =>
    peer.consumers
      .filter(({ source, kind }) => source === 'screen' && kind === 'video')
      .map((consumer) => ({ peer, consumer })),
  );
