/** Business time of the running product, moved as the sandbox page moves it. */
import { businessNow } from './api.ts';

/** Moves the clock on by `ms`. */
export async function moveClock(base: string, ms: number): Promise<void> {
  const answer = await fetch(`${base}/sandbox?/clock`, {
    method: 'POST',
    headers: { origin: base, 'x-sveltekit-action': 'true', 'content-type': 'application/x-www-form-urlencoded' },
    body: `ms=${ms}`,
  });
  if (!answer.ok || !(await answer.text()).includes('"success"'))
    throw new Error(`The clock did not move: ${answer.status}`);
}

/** Moves the clock to the instant `at`, unless that is past. */
export async function moveClockTo(base: string, at: number): Promise<void> {
  const ms = at - (await businessNow(base));
  if (ms > 0) await moveClock(base, ms);
}
