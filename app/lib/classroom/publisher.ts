/** Keeps what is sent in step with what is switched on. Several changes at once become one run after the other. */
import { CAMERA_ENCODINGS, SCREEN_ENCODINGS } from './layers.ts';
import type { LocalMedia } from './local-media.svelte.ts';
import type { MediaSession } from './media-session.ts';

export class Publisher {
  readonly #local: LocalMedia;
  readonly #media: MediaSession;
  readonly #report: (work: Promise<unknown>) => void;
  /** Only the smallest picture of the camera is sent. */
  small = false;
  #running = false;
  #again = false;

  constructor(local: LocalMedia, media: MediaSession, report: (work: Promise<unknown>) => void) {
    this.#local = local;
    this.#media = media;
    this.#report = report;
  }

  /** Something changed: a track, the mute, or the transports. */
  update(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#report(this.#run());
  }

  async #run(): Promise<void> {
    try {
      await this.#once();
    } finally {
      this.#running = false;
      if (this.#again) {
        this.#again = false;
        this.update();
      }
    }
  }

  async #once(): Promise<void> {
    if (!this.#media.hasTransports) return;
    const { camera, microphone, screen, screenSound, muted } = this.#local;
    if (microphone === null) await this.#media.stop('microphone');
    else if (!muted || this.#media.sends('microphone')) {
      await this.#media.send('microphone', microphone);
      await this.#media.pause('microphone', muted);
    }
    if (camera === null) await this.#media.stop('camera');
    else {
      await this.#media.send('camera', camera, { encodings: CAMERA_ENCODINGS });
      await this.#media.limit('camera', this.small ? 0 : CAMERA_ENCODINGS.length - 1);
    }
    if (screen === null) await this.#media.stop('screen');
    else await this.#media.send('screen', screen, { encodings: SCREEN_ENCODINGS });
    if (screenSound === null) await this.#media.stop('screen-sound');
    else await this.#media.send('screen-sound', screenSound);
  }
}
