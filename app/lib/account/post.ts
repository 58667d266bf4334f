/** Calls one of the sign-in endpoints from a page. */
export type Answer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unreachable' };

export async function post(path: string, body: Readonly<Record<string, unknown>>): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'unreachable' };
    throw error;
  }
  if (response.ok) return { kind: 'ok' };
  if (response.status === 429) return { kind: 'refused', code: 'too-many-tries', message: '' };
  const said: unknown = await response.json().catch(() => null);
  const field = (name: string): string => {
    const value: unknown = typeof said === 'object' && said !== null ? new Map(Object.entries(said)).get(name) : null;
    return typeof value === 'string' ? value : '';
  };
  return { kind: 'refused', code: field('code') || `http-${response.status}`, message: field('message') };
}
