/**
 * The person's own camera, microphone and screen: asked for in the preview, kept through the lesson, let go at its end.
 * A camera that is off is stopped, so that its light goes out; a muted microphone is kept, so that unmuting is instant.
 */
import { loadChoices, NEVER_CHOSEN, saveChoices, type Choices } from './choices.ts';
import { blurOf, setBlur, type Blur } from './devices/blur.ts';
import { labelOf, listOf, NO_DEVICES, pluggedIn, type DeviceList, type DeviceOption } from './devices/changes.ts';
import { constraintsOf, exactlyOf, problemOf, SCREEN, soundOf, unlike } from './devices/constraints.ts';
import type { DeviceProblem, Kind, Processing } from './devices/constraints.ts';
import { measureLevel } from './devices/level.ts';
import type { DeviceNews } from './devices/news.ts';
import { Speakers } from './devices/speakers.svelte.ts';
import { Voice } from './devices/voice.svelte.ts';

export type { DeviceOption, DeviceProblem };

export class LocalMedia {
  camera: MediaStreamTrack | null = $state.raw(null);
  screen: MediaStreamTrack | null = $state.raw(null);
  /** What the shared tab sounds like; null where it is silent, or sound was not shared. */
  screenSound: MediaStreamTrack | null = $state.raw(null);
  muted: boolean = $state(false);
  /** The browser's question is open, or a device is starting; from the first moment, so that nothing flickers. */
  asking: boolean = $state(true);
  problems: Record<Kind, DeviceProblem | null> = $state({ camera: null, microphone: null });
  devices: DeviceList = $state.raw(NO_DEVICES);
  /** How loud the microphone is, 0 to 1; moves only while `measure` runs. */
  level: number = $state(0);
  /** Blurring the background: what the camera can do, and does. */
  blur: Blur = $state('never');
  /** What the person chose, on this device. */
  choices: Choices = $state.raw(NEVER_CHOSEN);
  readonly speakers = new Speakers();
  /** The microphone, with what is done to its sound. */
  readonly voice: Voice;
  /** Tells what becomes of devices by itself. */
  onNews: (news: DeviceNews) => void = () => undefined;
  #changed: () => void = () => undefined;
  #stopped = false;
  /** A key is held for speaking. */
  #talks = false;
  #lost: () => void = () => undefined;

  constructor() {
    this.voice = new Voice(
      () => this.#changed(),
      (why) => this.onNews({ kind: 'filter-off', why }),
    );
  }

  /** What is sent: filtered, where the person wants that. */
  get microphone(): MediaStreamTrack | null {
    return this.voice.track;
  }

  /** Whether single keys are shortcuts here. */
  get keys(): boolean {
    return this.choices.keys;
  }

  get cameraId(): string {
    return this.camera?.getSettings().deviceId ?? this.choices.cameraId ?? '';
  }

  get microphoneId(): string {
    return this.voice.raw?.getSettings().deviceId ?? this.choices.microphoneId ?? '';
  }

  get canShareScreen(): boolean {
    return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function';
  }

  /** Called after each change of a track or of `muted`. */
  onChange(changed: () => void): void {
    this.#changed = changed;
  }

  /** Called when the system takes a device away, until the returned function is called. One listener at a time. */
  onLost(lost: () => void): () => void {
    this.#lost = lost;
    return () => (this.#lost = () => undefined);
  }

  /** Takes back what the system took away. False: it does not give it yet, or wants a tap of the person first. */
  async recover(kind: Kind): Promise<boolean> {
    if (this.problems[kind] !== 'lost' || this.#stopped) return true;
    const before = kind === 'camera' ? this.choices.cameraId : this.choices.microphoneId;
    if ((await this.#capture([kind])) !== null) return false;
    const id = kind === 'camera' ? this.cameraId : this.microphoneId;
    const label = (kind === 'camera' ? this.camera : this.voice.raw)?.label ?? '';
    if (before !== null && id !== before && label !== '') this.onNews({ kind: 'instead', device: kind, label });
    return true;
  }

  /** Asks for both devices as they were last chosen. Never throws: what is missing is in `problems`. */
  async start(): Promise<void> {
    this.choices = loadChoices();
    this.#stopped = false;
    this.muted = !this.choices.microphone;
    this.speakers.choose(this.choices.speakerId ?? '');
    this.voice.strong = this.choices.strong;
    if (typeof navigator.mediaDevices?.getUserMedia !== 'function') {
      this.problems = { camera: 'insecure', microphone: 'insecure' };
      this.asking = false;
      return;
    }
    navigator.mediaDevices.addEventListener('devicechange', this.#onDevices);
    this.asking = true;
    try {
      // One question for both; where one is missing, the other is asked for alone.
      const { camera } = this.choices;
      const both = camera ? await this.#capture(['camera', 'microphone']) : 'none';
      if (both !== null) {
        if (camera) this.problems.camera = await this.#capture(['camera']);
        this.problems.microphone = await this.#capture(['microphone']);
      }
    } finally {
      this.asking = false;
    }
    await this.#listDevices();
  }

  async setCamera(on: boolean): Promise<void> {
    if (on) this.problems.camera = await this.#capture(['camera']);
    else this.#letCamera();
    this.#remember({ camera: on });
    await this.#listDevices();
  }

  async setMuted(muted: boolean): Promise<void> {
    if (!muted && this.microphone === null) this.problems.microphone = await this.#capture(['microphone']);
    this.muted = muted;
    this.#remember({ microphone: !muted });
    this.#changed();
  }

  /** Switched off by a host: what the person chose for themselves is remembered as it was. */
  hush(source: Kind | 'screen'): void {
    if (source === 'screen') return this.stopScreen();
    if (source === 'camera') return this.#letCamera();
    this.muted = true;
    this.#changed();
  }

  /** Heard for as long as a key is held; the mute is what the person chose. */
  async talk(on: boolean): Promise<void> {
    this.#talks = on;
    if (on && this.microphone === null) this.problems.microphone = await this.#capture(['microphone']);
    // The key may have come up while the microphone started.
    this.muted = !this.#talks;
    this.#changed();
  }

  setKeys(on: boolean): void {
    this.#remember({ keys: on });
  }

  async choose(kind: Kind, deviceId: string): Promise<void> {
    this.#remember(kind === 'camera' ? { cameraId: deviceId } : { microphoneId: deviceId });
    this.problems[kind] = await this.#capture([kind]);
  }

  chooseSpeaker(deviceId: string): void {
    this.speakers.choose(deviceId);
    this.#remember({ speakerId: deviceId === '' ? null : deviceId });
  }

  /**
   * Switches what the browser does with the sound, while one is heard: on the track that is there, or with a new one where
   * the browser changes nothing on a running one.
   */
  async setProcessing(change: Partial<Processing>): Promise<void> {
    const processing = { ...this.choices.processing, ...change };
    this.#remember({ processing });
    const { raw } = this.voice;
    if (raw === null) return;
    try {
      await raw.applyConstraints(soundOf(processing));
    } catch (error) {
      // Refused on a running track; a new one is asked for below.
      if (!(error instanceof DOMException)) throw error;
    }
    if (raw !== this.voice.raw) return;
    if (unlike(raw.getSettings(), processing).length > 0) await this.#captureLike(processing);
    this.voice.look();
  }

  /** The stronger noise filter. It begins when it has shown that the device carries it. */
  setStrong(strong: boolean): void {
    this.#remember({ strong });
    this.voice.setStrong(strong);
  }

  async setBlur(blur: boolean): Promise<void> {
    this.#remember({ blur });
    await this.#blurCamera();
  }

  /** False when the person closed the browser's own question, which is no error. */
  async shareScreen(): Promise<boolean> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia(SCREEN);
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
    this.screenSound?.stop();
    this.screen = track;
    this.screenSound = stream.getAudioTracks()[0] ?? null;
    this.#changed();
    return true;
  }

  stopScreen(): void {
    this.screen?.stop();
    this.screenSound?.stop();
    this.screen = null;
    this.screenSound = null;
    this.#changed();
  }

  /** Measures what is sent of the microphone into `level` until the returned function is called. */
  measure(): () => void {
    const track = this.microphone;
    return track === null ? () => undefined : measureLevel(track, (level) => (this.level = level));
  }

  /** Lets go of everything. */
  stop(): void {
    this.#stopped = true;
    globalThis.navigator?.mediaDevices?.removeEventListener('devicechange', this.#onDevices);
    for (const track of [this.camera, this.screen, this.screenSound]) track?.stop();
    this.voice.take(null);
    this.camera = null;
    this.screen = null;
    this.screenSound = null;
  }

  readonly #onDevices = (): void => void this.#listDevices();

  /** A microphone that does exactly this; beside one that is open, wishes alone bring the same again. */
  async #captureLike(processing: Processing): Promise<void> {
    const exactly = await this.#capture(['microphone'], exactlyOf(processing));
    // Where there is none, what is heard now goes on.
    if (exactly !== null && exactly !== 'none') this.problems.microphone = exactly;
  }

  async #capture(kinds: readonly Kind[], sound: MediaTrackConstraints = {}): Promise<DeviceProblem | null> {
    const { cameraId, microphoneId, processing } = this.choices;
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        video: kinds.includes('camera') ? constraintsOf('camera', cameraId, processing) : false,
        audio: kinds.includes('microphone')
          ? { ...constraintsOf('microphone', microphoneId, processing), ...sound }
          : false,
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
    this.problems[kind] = null;
    // Unplugged, or taken by a phone call: the system ended it, not we.
    track.addEventListener('ended', () => {
      if (track !== (kind === 'camera' ? this.camera : this.voice.raw)) return;
      if (kind === 'camera') this.camera = null;
      else this.voice.take(null);
      this.problems[kind] = 'lost';
      this.#changed();
      this.#lost();
    });
    if (kind === 'camera') {
      this.camera?.stop();
      this.camera = track;
      // Some systems switch it in their own menu.
      track.addEventListener('configurationchange', () => (this.blur = blurOf(this.camera)));
      void this.#blurCamera();
    } else this.voice.take(track);
    this.#changed();
  }

  async #blurCamera(): Promise<void> {
    const { camera, choices } = this;
    this.blur = camera === null ? 'never' : await setBlur(camera, choices.blur);
  }

  #letCamera(): void {
    this.camera?.stop();
    this.camera = null;
    this.#changed();
  }

  #remember(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    saveChoices(this.choices);
  }

  async #listDevices(): Promise<void> {
    const before = this.devices;
    const now = listOf(await navigator.mediaDevices.enumerateDevices());
    if (this.#stopped) return;
    this.devices = now;
    const gone = this.speakers.take(now.speaker);
    if (gone !== null) this.onNews({ kind: 'speaker-gone', label: gone });
    for (const { kind, device } of pluggedIn(before, now))
      if (!this.#uses(kind, device.id))
        this.onNews({ kind: 'plugged', device: kind, id: device.id, label: labelOf(now[kind], device.id) });
  }

  #uses(kind: keyof DeviceList, id: string): boolean {
    if (kind === 'speaker') return this.speakers.id === id;
    return id === (kind === 'camera' ? this.cameraId : this.microphoneId);
  }
}
