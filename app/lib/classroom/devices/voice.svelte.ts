/** A microphone and what is sent of it: its own sound, or what the stronger noise filter leaves of it. */
import { unlike, type Processing } from './constraints.ts';
import { canFilter, filterNoise, type FilterState } from './noise-filter.ts';

export class Voice {
  /** As the browser gives it. */
  raw: MediaStreamTrack | null = $state.raw(null);
  filter: FilterState['kind'] = $state('off');
  /** Why the filter gave up in this page; `too-slow` holds for as long as the page does. */
  gaveUp: 'too-slow' | 'failed' | null = $state(null);
  strong = false;
  /** Rises when the raw track does something else with its sound. */
  #looks: number = $state(0);
  #filtered: MediaStreamTrack | null = $state.raw(null);
  #stop: () => void = () => undefined;
  readonly #changed: () => void;
  readonly #onOff: (why: 'too-slow' | 'failed') => void;

  /** @param onOff the filter gave up by itself. */
  constructor(changed: () => void, onOff: (why: 'too-slow' | 'failed') => void) {
    this.#changed = changed;
    this.#onOff = onOff;
  }

  /** What is sent. */
  get track(): MediaStreamTrack | null {
    return this.#filtered ?? this.raw;
  }

  get canFilter(): boolean {
    return canFilter() && this.gaveUp !== 'too-slow';
  }

  /** What the browser does otherwise than wanted. Reactive. */
  unlike(wanted: Processing): readonly (keyof Processing)[] {
    return this.#looks < 0 || this.raw === null ? [] : unlike(this.raw.getSettings(), wanted);
  }

  look(): void {
    this.#looks += 1;
  }

  /** Another microphone, or none. At once it is heard as it is; filtered a moment later. */
  take(raw: MediaStreamTrack | null): void {
    this.#end();
    if (this.raw !== raw) this.raw?.stop();
    this.raw = raw;
    this.#begin();
  }

  setStrong(strong: boolean): void {
    this.strong = strong;
    if (this.gaveUp === 'failed') this.gaveUp = null;
    this.#end();
    this.#begin();
    this.#changed();
  }

  #begin(): void {
    const { raw } = this;
    if (raw === null || !this.strong || !this.canFilter) return;
    this.#stop = filterNoise(raw, (state) => {
      this.filter = state.kind;
      const filtered = state.kind === 'on' ? state.track : null;
      if (state.kind === 'off') {
        this.gaveUp = state.why;
        this.#onOff(state.why);
      }
      if (filtered === this.#filtered) return;
      this.#filtered = filtered;
      this.#changed();
    });
  }

  #end(): void {
    this.#stop();
    this.#stop = () => undefined;
    this.#filtered = null;
    this.filter = 'off';
  }
}
