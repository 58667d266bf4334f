import { deserialize } from '$app/forms';
import type { ActionResult } from '@sveltejs/kit';

/** Calls a form action of this page from a script. Null when the server could not be reached. */
export async function callAction(
  name: 'verify' | 'refresh' | 'quote' | 'cancel',
  fields: Readonly<Record<string, string>> = {},
): Promise<ActionResult | null> {
  const body = new FormData();
  for (const [key, value] of Object.entries(fields)) body.set(key, value);
  try {
    const response = await fetch(`?/${name}`, { method: 'POST', body, headers: { 'x-sveltekit-action': 'true' } });
    return deserialize(await response.text());
  } catch (error) {
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** The words of a refusal in an action's answer. */
export function refusalIn(result: ActionResult | null): { code: string; message: string } | null {
  if (result?.type !== 'failure') return null;
  const code: unknown = result.data?.['code'];
  const message: unknown = result.data?.['message'];
  return { code: typeof code === 'string' ? code : 'refused', message: typeof message === 'string' ? message : '' };
}
