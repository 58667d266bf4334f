/** A message's text in pieces: plain words, and links that lead to the web and nowhere else. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string };

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;
/** What ends a sentence rather than an address. */
const TAIL = /[.,;:!?)\]}…]+$/;

export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const words = (to: number): void => {
    if (to > at) pieces.push({ kind: 'text', text: text.slice(at, to) });
    at = to;
  };
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimmed(match[0]);
    const url = URL.canParse(address) ? new URL(address) : null;
    if (!url || url.hostname === '') continue;
    words(match.index);
    pieces.push({ kind: 'link', text: address, href: url.href });
    at = match.index + address.length;
  }
  words(text.length);
  return pieces;
}

/** A closing bracket stays when the address opened it. */
function trimmed(address: string): string {
  const tail = TAIL.exec(address)?.[0] ?? '';
  const without = address.slice(0, address.length - tail.length);
  return tail.startsWith(')') && without.includes('(') ? `${without})` : without;
}
