/** Where to go after sign-in: a path of our own and nothing else, because the address may come from a stranger's link. */
export function safeNext(value: string | null, otherwise = '/home'): string {
  if (value === null || !/^\/(?![/\\])[^\s\\]*$/.test(value)) return otherwise;
  const base = 'http://own.invalid';
  const url = URL.parse(value, base);
  if (!url || url.origin !== base || url.pathname.startsWith('//')) return otherwise;
  // Coming back to a sign-in page would ask a second time.
  if (/^\/(sign-in|sign-up|forgot-password|reset-password)(\/|$)/.test(url.pathname)) return otherwise;
  return url.pathname + url.search + url.hash;
}
