/** Who is writing right now, by awareness: said when one begins, taken back after a pause. */
import type { Awareness } from 'y-protocols/awareness';

/** After a pause of so long one is not writing any more, ms. */
const PAUSE_MS = 4_000;

/** Says that this person writes. */
export class TypingSender {
  private readonly awareness: Awareness;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private saying = false;

  constructor(awareness: Awareness, user: { personId: string; name: string }) {
    this.awareness = awareness;
    if (awareness.getLocalState() === null) awareness.setLocalState({ user });
    else awareness.setLocalStateField('user', user);
  }

  /** A letter was written. */
  type(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.stop(), PAUSE_MS);
    if (this.saying) return;
    this.saying = true;
    this.awareness.setLocalStateField('typing', true);
  }

  /** It was sent, or given up. */
  stop(): void {
    clearTimeout(this.timer);
    if (!this.saying) return;
    this.saying = false;
    this.awareness.setLocalStateField('typing', false);
  }
}

/** Names of the others who are writing, each once. */
export function readTyping(awareness: Pick<Awareness, 'getStates'>, personId: string): string[] {
  const names = new Map<string, string>();
  for (const state of awareness.getStates().values()) {
    if (state.typing !== true) continue;
    const user: unknown = state.user;
    if (typeof user !== 'object' || user === null || !('personId' in user) || !('name' in user)) continue;
    if (typeof user.personId !== 'string' || typeof user.name !== 'string' || user.personId === personId) continue;
    names.set(user.personId, user.name);
  }
  return [...names.values()].sort();
}
