/**
 * What stood under each key after each step of a history. Going from one step to another costs what lies between them,
 * forwards and backwards alike: nothing is computed again.
 */
export class Versions<T> {
  private readonly keys: string[] = [];
  private readonly values: (T | null)[] = [];
  /** The entry of the same key before; -1 for none. */
  private readonly before: number[] = [];
  /** Step after which an entry holds; rising. */
  private readonly steps: number[] = [];
  private readonly last = new Map<string, number>();
  private readonly first = new Map<string, number>();
  /** Key → entry that holds at the step where one is. */
  private readonly current = new Map<string, number>();
  /** Entries up to here are in `current`. */
  private at = 0;

  /** Under this key stands this value after this step; null for nothing. Steps must not fall. */
  add(step: number, key: string, value: T | null): void {
    const entry = this.keys.length;
    this.keys.push(key);
    this.values.push(value);
    this.before.push(this.last.get(key) ?? -1);
    this.steps.push(step);
    this.last.set(key, entry);
    if (!this.first.has(key) && value !== null) this.first.set(key, step);
  }

  /** Goes to where so many steps are done; gives the keys under which something else stands now. */
  seek(step: number): Set<string> {
    const to = this.entriesUpTo(step);
    const changed = new Set<string>();
    for (; this.at < to; this.at += 1) {
      const key = this.keys[this.at] ?? '';
      this.current.set(key, this.at);
      changed.add(key);
    }
    while (this.at > to) {
      this.at -= 1;
      const key = this.keys[this.at] ?? '';
      const before = this.before[this.at] ?? -1;
      if (before < 0) this.current.delete(key);
      else this.current.set(key, before);
      changed.add(key);
    }
    return changed;
  }

  get(key: string): T | undefined {
    const entry = this.current.get(key);
    return entry === undefined ? undefined : (this.values[entry] ?? undefined);
  }

  /** All that stands where one is. */
  *now(): Generator<T> {
    for (const entry of this.current.values()) {
      const value = this.values[entry];
      if (value !== null && value !== undefined) yield value;
    }
  }

  /** Everything that ever had a value, with the step that brought it. */
  firsts(): ReadonlyMap<string, number> {
    return this.first;
  }

  /** The step after which something first stood there; null for never. */
  firstStep(key: string): number | null {
    return this.first.get(key) ?? null;
  }

  /** What stands under a key after the last step. */
  final(key: string): T | undefined {
    const entry = this.last.get(key);
    return entry === undefined ? undefined : (this.values[entry] ?? undefined);
  }

  private entriesUpTo(step: number): number {
    let [low, high] = [0, this.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[middle] ?? 0) <= step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** When each step of a history was done, business ms. Times that fall, as between two processes, are held up. */
export class Steps {
  readonly times: number[] = [];

  get count(): number {
    return this.times.length;
  }

  add(at: number): number {
    this.times.push(Math.max(at, this.times.at(-1) ?? at));
    return this.times.length;
  }

  /** How many steps are done at this time. */
  at(time: number): number {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** When the step with this number, from 1, was done. */
  timeOf(step: number): number {
    return this.times[step - 1] ?? 0;
  }
}
