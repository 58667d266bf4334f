/** After something was done: what follows from it takes a moment, and nobody should have to reload for it. */
import { invalidateAll } from '$app/navigation';

/** So long after it, ms. */
const LOOKS_MS = [1_200, 4_000];

export function followUp(): void {
  for (const ms of LOOKS_MS) setTimeout(() => void invalidateAll(), ms);
}
