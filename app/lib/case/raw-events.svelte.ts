/** Whole events of a case, fetched when somebody opens them and kept for as long as the page is. */
import { untrack as untracked } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { TimelineRow } from '#projections/queries.ts';

type Raw = TimelineRow | 'loading' | 'failed';

export class RawEvents {
  private readonly base: string;
  private readonly known = new SvelteMap<string, Raw>();

  /** @param base path of the case's events, without a slash at the end. */
  constructor(base: string) {
    this.base = base;
  }

  of(eventId: string): Raw | undefined {
    return this.known.get(eventId);
  }

  /** Asks once; `again` after a failure too. */
  fetch(eventId: string, again = false): void {
    const known = untracked(() => this.known.get(eventId));
    if (known !== undefined && !(again && known === 'failed')) return;
    this.known.set(eventId, 'loading');
    void this.ask(eventId).then((raw) => this.known.set(eventId, raw));
  }

  private async ask(eventId: string): Promise<Raw> {
    try {
      const answer = await fetch(`${this.base}?event=${encodeURIComponent(eventId)}`);
      // Written by the route of the same name, from a row of the timeline.
      return answer.ok ? ((await answer.json()) as TimelineRow) : 'failed';
    } catch (error) {
      if (error instanceof TypeError || error instanceof SyntaxError) return 'failed';
      throw error;
    }
  }
}
