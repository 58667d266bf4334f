/** The microphones of a room: which of them reach everybody, and who is heard just now. */
import type { MediaProducer } from '../media/types.ts';
import { mayIn } from '../signalling/permissions.ts';
import type { Peer } from './peer.ts';
import { settle } from './receiving.ts';
import { audible } from './voices.ts';

interface Microphone {
  readonly peer: Peer;
  readonly producer: MediaProducer;
  heard: number;
}

export class Hearing {
  readonly #peers: ReadonlyMap<string, Peer>;
  readonly #most: number;
  readonly #onError: (error: unknown, peer: Peer) => void;
  readonly #microphones = new Map<string, Microphone>();
  #audible: ReadonlySet<string> = new Set();
  #lastHeard = 0;

  /**
   * @param peers of the room, as they are now.
   * @param most so many voices reach everybody, beside those of hosts.
   */
  constructor(peers: ReadonlyMap<string, Peer>, most: number, onError: (error: unknown, peer: Peer) => void) {
    this.#peers = peers;
    this.#most = most;
    this.#onError = onError;
  }

  /** Whoever opens their microphone is heard at once: their first words must not wait until they were measured. */
  add(peer: Peer, producer: MediaProducer): void {
    this.#microphones.set(producer.id, { peer, producer, heard: (this.#lastHeard += 1) });
    producer.observer.on('resume', () => this.hear([producer.id]));
    producer.observer.on('pause', () => this.tune());
    producer.observer.once('close', () => {
      this.#microphones.delete(producer.id);
      this.tune();
    });
    this.tune();
  }

  isAudible(producerId: string): boolean {
    return this.#audible.has(producerId);
  }

  /** Whose microphone it is; null of one that is gone. */
  personOf(producerId: string): string | null {
    return this.#microphones.get(producerId)?.peer.personId ?? null;
  }

  /** @param producerIds loudest first. */
  hear(producerIds: readonly string[]): void {
    // The loudest comes last, so that of those who speak at once it is kept longest.
    for (const id of producerIds.toReversed()) {
      const microphone = this.#microphones.get(id);
      if (microphone !== undefined) microphone.heard = this.#lastHeard += 1;
    }
    this.tune();
  }

  /** Lets those be heard who should, and nobody else. */
  tune(): void {
    const voices = [...this.#microphones].map(([id, { peer, producer, heard }]) => {
      return [id, { always: mayIn(peer.role, 'admit'), open: !producer.paused, heard }] as const;
    });
    const before = this.#audible;
    this.#audible = audible(new Map(voices), this.#most);
    const changed = before.symmetricDifference(this.#audible);
    if (changed.size === 0) return;
    for (const peer of this.#peers.values())
      for (const consumed of peer.media.consumed.values()) {
        const { producerId } = consumed.consumer;
        if (!changed.has(producerId)) continue;
        consumed.audible = this.#audible.has(producerId);
        settle(consumed).catch((error: unknown) => this.#onError(error, peer));
      }
  }
}
