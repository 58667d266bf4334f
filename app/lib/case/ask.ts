/** Asks an action of this page without leaving it. */
import { deserialize } from '$app/forms';
import type { ActionResult } from '@sveltejs/kit';

/** Null when the server could not be reached. */
export async function askAction(
  name: string,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ActionResult | null> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  try {
    const response = await fetch(`?/${name}`, {
      method: 'POST',
      body,
      headers: { 'x-sveltekit-action': 'true' },
      signal,
    });
    return deserialize(await response.text());
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}
