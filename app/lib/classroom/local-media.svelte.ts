/**
 * The person's own camera, microphone and screen: asked for in the preview, kept through the lesson, let go at its end.
 * A camera that is off is stopped, so that its light goes out; a muted microphone is kept, so that unmuting is instant.
 */
import { loadChoices, saveChoices } from './choices.ts';

/** Why a device is not there, in a closed list; null while nothing is wrong. */
export type DeviceProblem = 'refused' | 'none' | 'busy' | 'lost' | 'insecure';

export interface DeviceOption {
  readonly id: string;
  readonly label: string;
}

type Kind = 'camera' | 'microphone';

const AUDIO: MediaTrackConstraints = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const VIDEO: MediaTrackConstraints = {
  width: { ideal: 1_280 },
  height: { ideal: 720 },
  frameRate: { ideal: 24, max: 30 },
};

export class LocalMedia {
  camera: MediaStreamTrack | null = $state.raw(null);
  microphone: MediaStreamTrack | null = $state.raw(null);
  screen: MediaStreamTrack | null = $state.raw(null);
  muted: boolean = $state(false);
  /** The browser's question is open, or a device is starting; from the first moment, so that nothing flickers. */
  asking: boolean = $state(true);
  problems: Record<Kind, DeviceProblem | null> = $state({ camera: null, microphone: null });
  cameras: readonly DeviceOption[] = $state.raw([]);
  microphones: readonly DeviceOption[] = $state.raw([]);
  /** How loud the microphone is, 0 to 1; moves only while `measure` runs. */
  level: number = $state(0);
  /** Whether single keys are shortcuts here. */
  keys: boolean = $state(true);
  #wanted: Record<Kind, string | null> = { camera: null, microphone: null };
  #wantsCamera = true;
  #changed: () => void = () => undefined;
  #stopped = false;

  get cameraId(): string {
    return this.camera?.getSettings().deviceId ?? this.#wanted.camera ?? '';
  }

  get microphoneId(): string {
    return this.microphone?.getSettings().deviceId ?? this.#wanted.microphone ?? '';
  }

  get canShareScreen(): boolean {
    return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function';
  }

  /** Called after each change of a track or of `muted`. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Asks for both devices as they were last chosen. Never throws: what is missing is in `problems`. */
  async start(): Promise<void> {
    const choices = loadChoices();
    this.#stopped = false;
    this.#wanted = { camera: choices.cameraId, microphone: choices.microphoneId };
    this.#wantsCamera = choices.camera;
    this.muted = !choices.microphone;
    this.keys = choices.keys;
    if (typeof navigator.mediaDevices?.getUserMedia !== 'function') {
      this.problems = { camera: 'insecure', microphone: 'insecure' };
      this.asking = false;
      return;
    }
    navigator.mediaDevices.addEventListener('devicechange', this.#onDevices);
    this.asking = true;
    try {
      // One question for both; where one is missing, the other is asked for alone.
      const both = this.#wantsCamera ? await this.#capture(['camera', 'microphone']) : 'none';
      if (both !== null) {
        if (this.#wantsCamera) this.problems.camera = await this.#capture(['camera']);
        this.problems.microphone = await this.#capture(['microphone']);
      }
    } finally {
      this.asking = false;
    }
    await this.#listDevices();
  }

  async setCamera(on: boolean): Promise<void> {
    this.#wantsCamera = on;
    if (on) this.problems.camera = await this.#capture(['camera']);
    else this.#let('camera');
    this.#remember();
    await this.#listDevices();
  }

  async setMuted(muted: boolean): Promise<void> {
    if (!muted && this.microphone === null) this.problems.microphone = await this.#capture(['microphone']);
    this.muted = muted;
    this.#remember();
    this.#changed();
  }

  setKeys(on: boolean): void {
    this.keys = on;
    this.#remember();
  }

  async choose(kind: Kind, deviceId: string): Promise<void> {
    this.#wanted[kind] = deviceId;
    this.problems[kind] = await this.#capture([kind]);
    this.#remember();
  }

  /** False when the person closed the browser's own question, which is no error. */
  async shareScreen(): Promise<boolean> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: false });
    } catch (error) {
      if (error instanceof DOMException) return false;
      throw error;
    }
    const [track] = stream.getVideoTracks();
    if (track === undefined) return false;
    track.contentHint = 'detail';
    // The browser's own "Stop sharing" ends the track behind our back.
    track.addEventListener('ended', () => {
      if (this.screen === track) this.stopScreen();
    });
    this.screen?.stop();
    this.screen = track;
    this.#changed();
    return true;
  }

  stopScreen(): void {
    this.screen?.stop();
    this.screen = null;
    this.#changed();
  }

  /** Measures the microphone into `level` until the returned function is called. */
  measure(): () => void {
    const track = this.microphone;
    if (track === null || typeof AudioContext === 'undefined') return () => undefined;
    const context = new AudioContext();
    // Before the first touch of the page browsers keep it asleep.
    const wake = (): void => void context.resume();
    globalThis.addEventListener('pointerdown', wake);
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    const source = context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      const decibels = 10 * Math.log10(sum / samples.length + 1e-9);
      // Speech lies between −55 and −15 dB; falling slowly reads better than flicker.
      const heard = Math.min(1, Math.max(0, (decibels + 55) / 40));
      this.level = Math.max(heard, this.level * 0.8);
    }, 66);
    return () => {
      clearInterval(timer);
      globalThis.removeEventListener('pointerdown', wake);
      source.disconnect();
      void context.close();
      this.level = 0;
    };
  }

  /** Lets go of everything. */
  stop(): void {
    this.#stopped = true;
    globalThis.navigator?.mediaDevices?.removeEventListener('devicechange', this.#onDevices);
    for (const track of [this.camera, this.microphone, this.screen]) track?.stop();
    this.camera = null;
    this.microphone = null;
    this.screen = null;
  }

  readonly #onDevices = (): void => void this.#listDevices();

  async #capture(kinds: readonly Kind[]): Promise<DeviceProblem | null> {
    const exact = (kind: Kind): MediaTrackConstraints => {
      const id = this.#wanted[kind];
      return { ...(kind === 'camera' ? VIDEO : AUDIO), ...(id === null ? {} : { deviceId: { ideal: id } }) };
    };
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: kinds.includes('camera') ? exact('camera') : false,
        audio: kinds.includes('microphone') ? exact('microphone') : false,
      });
    } catch (error) {
      return problemOf(error);
    }
    // The page may have been left while the browser asked.
    if (this.#stopped) {
      for (const track of stream.getTracks()) track.stop();
      return null;
    }
    for (const kind of kinds) {
      const [track] = kind === 'camera' ? stream.getVideoTracks() : stream.getAudioTracks();
      if (track !== undefined) this.#take(kind, track);
    }
    return null;
  }

  #take(kind: Kind, track: MediaStreamTrack): void {
    this[kind]?.stop();
    this[kind] = track;
    this.problems[kind] = null;
    track.addEventListener('ended', () => {
      if (this[kind] !== track) return;
      // Unplugged, or taken by a phone call: the system ended it, not we.
      this[kind] = null;
      this.problems[kind] = 'lost';
      this.#changed();
    });
    this.#changed();
  }

  #let(kind: Kind): void {
    this[kind]?.stop();
    this[kind] = null;
    this.#changed();
  }

  #remember(): void {
    saveChoices({
      camera: this.#wantsCamera,
      microphone: !this.muted,
      cameraId: this.#wanted.camera,
      microphoneId: this.#wanted.microphone,
      keys: this.keys,
    });
  }

  async #listDevices(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const of = (kind: MediaDeviceKind): readonly DeviceOption[] =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .map(({ deviceId: id, label }) => ({ id, label }));
    this.cameras = of('videoinput');
    this.microphones = of('audioinput');
  }
}

function problemOf(error: unknown): DeviceProblem {
  if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
  switch (error.name) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'busy';
  }
}
