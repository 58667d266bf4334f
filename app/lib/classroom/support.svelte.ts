/** What one gives to support: the code of this visit, and a picture of one's own connection when it fares badly. */
import type { Joined, SdpPicture } from '#sfu/signalling/protocol.ts';
import type { Ask, MediaSession } from './media-session.ts';
import { pictureOf } from './sdp.ts';

/** Unasked, pictures are so far apart, ms. */
const APART_MS = 60_000;

export class Support {
  /** Null until one is in. It stays when the connection is lost, which is when it is wanted. */
  code: string | null = $state(null);
  readonly #ask: Ask;
  readonly #media: MediaSession;
  readonly #background: (work: Promise<unknown>) => void;
  #at = -Infinity;

  constructor(ask: Ask, media: MediaSession, background: (work: Promise<unknown>) => void) {
    this.#ask = ask;
    this.#media = media;
    this.#background = background;
  }

  take({ supportCode }: Joined): void {
    this.code = supportCode;
  }

  /**
   * Sends how the connection looks from here now, and not before `after`, whose way it shares; the server takes so many a
   * visit.
   */
  picture(why: SdpPicture['why'], after: Promise<unknown> = Promise.resolve()): void {
    const now = performance.now();
    if (why !== 'asked' && now - this.#at < APART_MS) return;
    this.#at = now;
    this.#background(this.#send(why, after));
  }

  async #send(why: SdpPicture['why'], after: Promise<unknown>): Promise<void> {
    const picture = pictureOf(why, this.#media.connections());
    await Promise.allSettled([after]);
    await this.#ask('report-sdp', picture);
  }
}
