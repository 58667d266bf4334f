/** Addresses in a text: links that lead to the web and nowhere else. */
const ADDRESS = /https?:\/\/[^\s<>"'`]+/giy;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?)\]}…*_~]+$/;

/** A closing bracket stays when the address opened it. */
function trimmed(address: string): string {
  const tail = TAIL.exec(address)?.[0] ?? '';
  const without = address.slice(0, address.length - tail.length);
  return tail.startsWith(')') && without.includes('(') ? `${without})` : without;
}

/** The address of the web that a text is, as a browser would go there; null for anything else. */
export function webAddress(text: string): URL | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  // A name before the host makes a stranger's site look like a known one.
  return url.hostname !== '' && url.username === '' && url.password === '' ? url : null;
}

/** The address that begins at `at`, or null. `text` is how it is written there. */
export function addressAt(text: string, at: number): { readonly text: string; readonly href: string } | null {
  ADDRESS.lastIndex = at;
  const found = ADDRESS.exec(text)?.[0];
  if (found === undefined) return null;
  const address = trimmed(found);
  const url = webAddress(address);
  return url && { text: address, href: url.href };
}
