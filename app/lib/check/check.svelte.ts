/** One test of a person's devices and connection: two lanes side by side, and what they found. */
import type { Device } from 'mediasoup-client';
import type { CheckWay } from '#sfu/check/protocol.ts';
import type { StartedCheck } from '../../server/checks/checks.server.ts';
import { playSound } from '../classroom/devices/tone.ts';
import { listen, missingInBrowser, take } from './devices.ts';
import { EchoWay, Line, LineError, mediaDevice, noise } from './line.ts';
import {
  figuresOf,
  NO_FIGURES,
  pending,
  qualityOf,
  reportOf,
  verdictOf,
  waysTogether,
  type Figures,
  type Step,
  type StepId,
  type StepState,
} from './steps.ts';

const LISTEN_MS = 8_000;
/** A way that is blocked says nothing: so long is waited for it, ms. A relay is another round trip or three. */
const WAY_MS: Readonly<Record<CheckWay, number>> = { udp: 8_000, tcp: 8_000, relay: 15_000 };
/** The picture grows for a while before it is measured, ms. */
const SETTLE_MS = 2_000;
const MEASURE_MS = 5_000;
const FETCH_MS = 8_000;

export type Kept = 'no' | 'yes' | 'failed';
const NETWORK = ['signalling', 'udp', 'tcp', 'relay', 'quality'] as const satisfies readonly StepId[];
const WAYS = ['udp', 'tcp', 'relay'] as const satisfies readonly CheckWay[];

const fresh = (): Record<StepId, Step> => ({
  browser: pending('browser'),
  camera: pending('camera'),
  microphone: pending('microphone'),
  speaker: pending('speaker'),
  signalling: pending('signalling'),
  udp: pending('udp'),
  tcp: pending('tcp'),
  relay: pending('relay'),
  quality: pending('quality'),
});

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** fetch rejects with these when there is no connection, and after the time-out. */
const isUnreachable = (error: unknown): boolean => error instanceof TypeError || error instanceof DOMException;

export class Check {
  steps: Readonly<Record<StepId, Step>> = $state.raw(fresh());
  figures: Figures = $state.raw(NO_FIGURES);
  begun: boolean = $state(false);
  running: boolean = $state(false);
  /** For support; null until the server gave one. */
  code: string | null = $state(null);
  kept: Kept = $state('no');
  camera: MediaStreamTrack | null = $state.raw(null);
  /** How loud the microphone is, 0 to 1. */
  level: number = $state(0);
  readonly verdict = $derived(verdictOf(this.steps));
  #started: StartedCheck | null = null;
  #gone = false;

  /** Everything from the beginning, under a new code. */
  async run(): Promise<void> {
    if (this.running) return;
    this.stop();
    this.#gone = false;
    this.begun = true;
    this.steps = fresh();
    this.figures = NO_FIGURES;
    this.code = null;
    this.kept = 'no';
    this.#started = null;
    await this.#together([this.#devices(), this.#network()]);
  }

  /** One thing once more: a device alone, or the whole of the network. */
  async again(id: StepId): Promise<void> {
    if (this.running) return;
    if (id === 'camera') await this.#together([this.#tryCamera()]);
    else if (id === 'microphone') await this.#together([this.#tryMicrophone()]);
    else if (id === 'browser' || id === 'speaker') await this.run();
    else await this.#together([this.#network()]);
  }

  /** Plays the sound; the answer comes by `answer`. */
  async sound(): Promise<void> {
    this.#set('speaker', 'running', 'playing');
    await playSound();
    this.#set('speaker', 'ask', 'asked');
  }

  async answer(heard: boolean): Promise<void> {
    this.#set('speaker', heard ? 'ok' : 'fail', heard ? 'heard' : 'not-heard');
    await this.#keep();
  }

  /** Lets go of the devices. */
  stop(): void {
    this.#gone = true;
    this.camera?.stop();
    this.camera = null;
  }

  async #together(lanes: readonly Promise<void>[]): Promise<void> {
    this.running = true;
    try {
      await Promise.all(lanes);
    } finally {
      this.running = false;
    }
    await this.#keep();
  }

  #set(id: StepId, state: StepState, finding: string, ms = 0): void {
    this.steps = { ...this.steps, [id]: { id, state, finding, ms } };
  }

  async #devices(): Promise<void> {
    const missing = missingInBrowser();
    this.#set('browser', missing === null ? 'ok' : 'fail', missing ?? 'complete');
    // One after the other: two questions of the browser at once hide each other.
    await this.#tryCamera();
    await this.#tryMicrophone();
    this.#set('speaker', 'ask', 'ready');
  }

  async #tryCamera(): Promise<void> {
    this.#set('camera', 'running', 'asking');
    const began = performance.now();
    const taken = await take('camera');
    const ms = performance.now() - began;
    if (!taken.ok) return this.#set('camera', 'fail', taken.finding, ms);
    this.camera?.stop();
    if (this.#gone) taken.track.stop();
    else this.camera = taken.track;
    this.#set('camera', 'ok', 'works', ms);
  }

  async #tryMicrophone(): Promise<void> {
    this.#set('microphone', 'running', 'asking');
    const began = performance.now();
    const taken = await take('microphone');
    if (!taken.ok) return this.#set('microphone', 'fail', taken.finding, performance.now() - began);
    this.#set('microphone', 'running', 'speak');
    const heard = await listen(taken.track, LISTEN_MS, (level) => (this.level = level));
    taken.track.stop();
    this.#set('microphone', heard ? 'ok' : 'warn', heard ? 'heard' : 'silent', performance.now() - began);
  }

  async #network(): Promise<void> {
    for (const id of NETWORK) this.#set(id, 'pending', 'pending');
    this.figures = NO_FIGURES;
    this.#set('signalling', 'running', 'trying');
    const began = performance.now();
    const line = await this.#openLine();
    if (typeof line === 'string') {
      this.#set('signalling', 'fail', line, performance.now() - began);
      for (const id of NETWORK.slice(1)) this.#set(id, 'skipped', 'no-signalling');
      return;
    }
    try {
      const signallingMs = await line.roundTrip();
      this.figures = { ...this.figures, signallingMs };
      this.#set('signalling', 'ok', 'connected', performance.now() - began);
      const device = await mediaDevice(line.welcome);
      if (device === null) for (const id of NETWORK.slice(1)) this.#set(id, 'skipped', 'no-media');
      else await this.#media(line, device);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      for (const id of NETWORK) {
        const { state } = this.steps[id];
        if (state === 'running') this.#set(id, 'fail', 'interrupted');
        else if (state === 'pending') this.#set(id, 'skipped', 'no-signalling');
      }
    } finally {
      line.close();
    }
  }

  /** The line, or what is the matter. */
  async #openLine(): Promise<Line | string> {
    try {
      this.#started ??= await this.#begin();
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      return 'unreachable';
    }
    if (this.#started === null) return 'too-often';
    this.code = this.#started.code;
    const { signalling, ticket } = this.#started;
    try {
      return await Line.open(signalling.url, signalling.path, ticket);
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      const known = ['busy', 'media-unavailable', 'draining'].find((code) => code === error.message);
      if (error.message === 'used-up' || error.message === 'ticket-invalid') this.#started = null;
      return known ?? (this.#started === null ? 'used-up' : 'blocked');
    }
  }

  async #begin(): Promise<StartedCheck | null> {
    const response = await fetch('/api/v1/checks', {
      method: 'POST',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(FETCH_MS),
    });
    return response.ok ? await response.json() : null;
  }

  async #media(line: Line, device: Device): Promise<void> {
    const picture = noise();
    if (picture === null) {
      for (const id of NETWORK.slice(1)) this.#set(id, 'skipped', 'no-media');
      return;
    }
    try {
      let best: CheckWay | null = null;
      for (const way of WAYS) {
        if (way === 'relay' && !line.welcome.relays) {
          this.#set(way, 'skipped', 'not-set-up');
          continue;
        }
        if (await this.#tryWay(line, device, way, picture.track)) best ??= way;
      }
      this.steps = waysTogether(this.steps);
      if (best === null) this.#set('quality', 'skipped', 'no-way');
      else await this.#measure(line, device, best, picture.track);
    } finally {
      picture.stop();
    }
  }

  async #tryWay(line: Line, device: Device, way: CheckWay, track: MediaStreamTrack): Promise<boolean> {
    this.#set(way, 'running', 'trying');
    const began = performance.now();
    const echo = await EchoWay.open(line, device, way, track);
    try {
      const open = await echo.comesBack(WAY_MS[way]);
      this.#set(way, open ? 'ok' : 'warn', open ? 'open' : 'blocked', performance.now() - began);
      return open;
    } finally {
      echo.close();
    }
  }

  async #measure(line: Line, device: Device, way: CheckWay, track: MediaStreamTrack): Promise<void> {
    this.#set('quality', 'running', 'measuring');
    const began = performance.now();
    const echo = await EchoWay.open(line, device, way, track);
    try {
      if (!(await echo.comesBack(WAY_MS[way]))) return this.#set('quality', 'fail', 'nothing');
      await pause(SETTLE_MS);
      const before = await echo.read();
      await pause(MEASURE_MS);
      this.figures = { ...this.figures, ...figuresOf(before, await echo.read()) };
    } finally {
      echo.close();
    }
    const { state, finding } = qualityOf(this.figures);
    this.#set('quality', state, finding, performance.now() - began);
  }

  /** Sends what was found, so that support can read it under the code. */
  async #keep(): Promise<void> {
    const started = this.#started;
    if (started === null || this.running) return;
    const report = reportOf(this.steps, this.figures, navigator.userAgent);
    try {
      const response = await fetch(`/api/v1/checks/${started.code}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ticket: started.ticket, report }),
        signal: AbortSignal.timeout(FETCH_MS),
      });
      this.kept = response.ok ? 'yes' : 'failed';
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      this.kept = 'failed';
    }
  }
}
