/** Who is here and where they point: fleeting, latest wins, never stored. */
import { ownState, type PresenceState } from '../wire/awareness.ts';

/** Peers forget a state that was not renewed for 30 s; so do we, a little later. */
const FORGET_MS = 40_000;

interface Entry {
  clock: number;
  json: string;
  /** The socket that last spoke for this client; null for another process's. */
  by: object | null;
  /** Wall ms. */
  at: number;
}

export class Presence {
  private readonly entries = new Map<number, Entry>();
  private readonly dirty = new Map<number, PresenceState>();
  /** What was said here and the other processes do not know yet. */
  private readonly fresh = new Map<number, PresenceState>();

  /** A client's word about itself. States of clients that are not the person's own are passed over. */
  hear(
    by: object,
    states: readonly PresenceState[],
    person: { personId: string; name: string },
    ownerOf: (client: number) => string | undefined,
    now: number,
  ): void {
    for (const state of states) {
      if (ownerOf(state.client) !== person.personId) continue;
      const known = this.entries.get(state.client);
      // An echo of what the server sent, or a message that was overtaken.
      if (known && state.clock < known.clock) continue;
      if (known && state.clock === known.clock && state.json !== 'null') {
        known.by = by;
        known.at = now;
        continue;
      }
      const json = ownState(state.json, person);
      if (json !== null) this.set({ ...state, json }, by, now, true);
    }
  }

  /** Another process's word, checked there. */
  hearRemote(states: readonly PresenceState[], now: number): void {
    for (const state of states) {
      const known = this.entries.get(state.client);
      if (known && (state.clock < known.clock || (state.clock === known.clock && state.json !== 'null'))) continue;
      this.set(state, null, now, false);
    }
  }

  /** The socket is gone, and what it spoke for with it. */
  leave(by: object, now: number): void {
    for (const [client, entry] of this.entries)
      if (entry.by === by) this.set({ client, clock: entry.clock, json: 'null' }, null, now, true);
  }

  forgetOld(now: number): void {
    for (const [client, entry] of this.entries) if (now - entry.at > FORGET_MS) this.entries.delete(client);
  }

  has(client: number): boolean {
    return this.entries.has(client);
  }

  /** Everyone who is here. */
  all(): PresenceState[] {
    return [...this.entries].map(([client, { clock, json }]) => ({ client, clock, json }));
  }

  /** Everyone who is here through this process. */
  local(): PresenceState[] {
    return [...this.entries]
      .filter(([, { by }]) => by !== null)
      .map(([client, { clock, json }]) => ({ client, clock, json }));
  }

  /** What changed since the last time, the latest of each client. */
  take(): { states: PresenceState[]; fresh: PresenceState[] } {
    const states = [...this.dirty.values()];
    const fresh = [...this.fresh.values()];
    this.dirty.clear();
    this.fresh.clear();
    return { states, fresh };
  }

  get changed(): boolean {
    return this.dirty.size > 0;
  }

  private set(state: PresenceState, by: object | null, now: number, fresh: boolean): void {
    if (state.json === 'null') this.entries.delete(state.client);
    else this.entries.set(state.client, { clock: state.clock, json: state.json, by, at: now });
    this.dirty.set(state.client, state);
    if (fresh) this.fresh.set(state.client, state);
  }
}
