/** Where the sound of the others comes out: the chosen speaker, where the browser lets one choose. */
import { labelOf, type DeviceOption } from './changes.ts';

/** How trying it out stands. */
export type Trial = 'idle' | 'playing' | 'asked' | 'heard' | 'not-heard' | 'failed';

export class Speakers {
  list: readonly DeviceOption[] = $state.raw([]);
  trial: Trial = $state('idle');
  #chosen: string = $state('');
  #label = '';

  /** The one to use: the chosen one while it is there, and empty for the system's own. */
  readonly id: string = $derived(this.list.some(({ id }) => id === this.#chosen) ? this.#chosen : '');

  /** What was chosen, there or not. */
  get chosen(): string {
    return this.#chosen;
  }

  get canChoose(): boolean {
    return typeof HTMLMediaElement !== 'undefined' && 'setSinkId' in HTMLMediaElement.prototype;
  }

  choose(id: string): void {
    this.#chosen = id;
    this.trial = 'idle';
    if (labelOf(this.list, id) !== '') this.#label = labelOf(this.list, id);
  }

  /** @returns the name of the one that was in use and is gone; null otherwise. */
  take(list: readonly DeviceOption[]): string | null {
    const used = this.id;
    this.list = list;
    if (labelOf(list, this.#chosen) !== '') this.#label = labelOf(list, this.#chosen);
    if (used === '' || this.id !== '') return null;
    this.trial = 'idle';
    return this.#label;
  }

  /** Plays a sound there, and then wants to know whether it was heard. */
  async try(play: (speaker: string) => Promise<void>): Promise<void> {
    this.trial = 'playing';
    try {
      await play(this.id);
      this.trial = 'asked';
    } catch (error) {
      if (!(error instanceof DOMException)) throw error;
      this.trial = 'failed';
    }
  }

  answer(heard: boolean): void {
    this.trial = heard ? 'heard' : 'not-heard';
  }
}
