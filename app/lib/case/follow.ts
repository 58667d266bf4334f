/** After something was done: what follows from it takes a moment, and nobody should have to reload for it. */
import { refresh } from '../live.svelte.ts';

/** So long after it, ms. */
const LOOKS_MS = [1_200, 4_000];

export function followUp(): void {
  for (const ms of LOOKS_MS) setTimeout(() => refresh(), ms);
}
