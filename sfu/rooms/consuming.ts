/** What each person of a room receives of what the others send; what could not be brought to them is tried again. */
import type { Log } from '../log.ts';
import type { Spread } from '../media/spread.server.ts';
import type { MediaConsumer } from '../media/types.ts';
import { wireParameters } from '../media/wire.ts';
import type { ConsumerInfo } from '../signalling/protocol.ts';
import type { Consumed, Peer, PeerMedia, Published } from './peer.ts';

export interface ConsumingParts {
  readonly lessonId: string;
  readonly media: Spread;
  readonly isAudible: (producerId: string) => boolean;
  readonly log: Log;
}

const FIRST_RETRY_MS = 500;
/** A pause is twice as long as the one before, up to this. */
const LAST_RETRY_MS = 8_000;

/** Who is to receive something of whom, on the transports that they have now. */
interface Wanted {
  readonly to: Peer;
  readonly media: PeerMedia;
  readonly from: Peer;
  readonly item: Published;
}

const ended = ({ media, item }: Wanted): boolean => item.producer.closed || media.receive.closed;

export class Consuming {
  readonly #parts: ConsumingParts;
  readonly #retries = new Set<NodeJS.Timeout>();

  constructor(parts: ConsumingParts) {
    this.#parts = parts;
  }

  /** Null when there is nothing to tell them: it is made already, cannot be played, has ended, or comes later by itself. */
  async consume(to: Peer, from: Peer, item: Published): Promise<ConsumerInfo | null> {
    const { media } = to;
    const { producer, source, part } = item;
    const wanted: Wanted = { to, media, from, item };
    if (media.consuming.has(producer.id) || ended(wanted)) return null;
    if (!part.router.canConsume({ producerId: producer.id, rtpCapabilities: media.rtpCapabilities })) {
      const { log, lessonId } = this.#parts;
      log.warn({ lesson: lessonId, person: to.personId, source }, 'A client cannot play this media');
      return null;
    }
    media.consuming.add(producer.id);
    return this.#make(wanted, FIRST_RETRY_MS);
  }

  /** Nothing is tried again any more. */
  close(): void {
    for (const timer of this.#retries) clearTimeout(timer);
    this.#retries.clear();
  }

  /** @param retryMs until the next try, when this one fails, wall ms. */
  async #make(wanted: Wanted, retryMs: number): Promise<ConsumerInfo | null> {
    const { to, media, from, item } = wanted;
    const { producer, source, part } = item;
    let consumer: MediaConsumer;
    let release: () => void = () => undefined;
    try {
      release = await this.#parts.media.bring(producer, part, media.part);
      consumer = await media.receive.consume({
        producerId: producer.id,
        rtpCapabilities: media.rtpCapabilities,
        paused: true,
      });
    } catch (error) {
      release();
      this.#failed(wanted, retryMs, error);
      return null;
    }
    // As with producers: made by the worker, and gone with its transport before the answer came.
    if (media.receive.closed || consumer.closed) {
      release();
      media.consuming.delete(producer.id);
      return null;
    }
    const consumed: Consumed = {
      consumer,
      personId: from.personId,
      source,
      ready: false,
      watched: true,
      audible: source !== 'microphone' || this.#parts.isAudible(producer.id),
      settling: null,
    };
    media.consumed.set(consumer.id, consumed);
    consumer.observer.once('close', () => {
      media.consumed.delete(consumer.id);
      media.consuming.delete(producer.id);
      release();
      // All of a transport at once: its owner is gone, or hears of the next transport.
      if (!media.receive.closed) to.send('consumer-closed', { consumerId: consumer.id });
    });
    return consumerInfo(consumed);
  }

  #failed(wanted: Wanted, retryMs: number, error: unknown): void {
    const { to, media, item } = wanted;
    const { log, lessonId } = this.#parts;
    // Either end may have closed while the worker was asked; only a failure with both ends open is one.
    if (ended(wanted)) {
      media.consuming.delete(item.producer.id);
      return;
    }
    // One line, however often it is tried.
    if (retryMs === FIRST_RETRY_MS)
      log.error({ err: error, lesson: lessonId, person: to.personId }, 'A consumer could not be made; trying again');
    const timer = setTimeout(() => {
      this.#retries.delete(timer);
      void this.#again(wanted, Math.min(2 * retryMs, LAST_RETRY_MS));
    }, retryMs);
    this.#retries.add(timer);
  }

  async #again(wanted: Wanted, retryMs: number): Promise<void> {
    const { to, media, item } = wanted;
    if (ended(wanted)) {
      media.consuming.delete(item.producer.id);
      return;
    }
    const info = await this.#make(wanted, retryMs);
    // Who has no word yet of the transport that it comes over gets it with that word.
    if (info !== null && media.known !== 'no') to.send('consumer-added', info);
  }
}

export function consumerInfo({ consumer, personId, source }: Consumed): ConsumerInfo {
  return {
    consumerId: consumer.id,
    producerId: consumer.producerId,
    personId,
    source,
    kind: consumer.kind,
    rtpParameters: wireParameters(consumer.rtpParameters),
  };
}
