/** What one takes of the others: how large each picture, how loud each voice, and how much of it a weak connection carries. */
import { SvelteMap } from 'svelte/reactivity';
import type { Saving } from './layers.ts';
import { after, choose, PLENTY, read, type SavingReading, type SavingState } from './saving.ts';
import { Watching, type Tile } from './watching.ts';

export class Reception {
  readonly watching: Watching;
  /** By person, 0 to 1; whoever is missing is as loud as they are. */
  readonly volumes = new SvelteMap<string, number>();
  /** Told when the connection, and not the person, changed how much is taken. */
  onNotice: (saving: Saving, less: boolean) => void = () => undefined;
  #state: SavingState = $state.raw(PLENTY);
  readonly #apply: (saving: Saving) => void;

  /**
   * @param tell carries what is watched to the server.
   * @param counts people whose picture comes first when not all can come.
   * @param apply is given each new measure of saving.
   */
  constructor(
    tell: (tiles: readonly Tile[]) => void,
    counts: (personId: string) => boolean,
    apply: (saving: Saving) => void,
  ) {
    this.watching = new Watching(tell, counts);
    this.#apply = apply;
  }

  get saving(): Saving {
    return this.#state.saving;
  }

  choose(saving: Saving): void {
    this.#take(choose(this.#state, saving));
  }

  /** One tap: small pictures; one more: none; and back. */
  next(): void {
    this.choose(after(this.saving));
  }

  read(reading: SavingReading): void {
    const { saving } = this;
    const next = read(this.#state, reading);
    this.#take(next);
    if (next.saving !== saving) this.onNotice(next.saving, after(saving) === next.saving);
  }

  volumeOf(personId: string): number {
    return this.volumes.get(personId) ?? 1;
  }

  #take(state: SavingState): void {
    const { saving } = this;
    this.#state = state;
    if (state.saving === saving) return;
    this.watching.saving = state.saving;
    this.#apply(state.saving);
  }
}
