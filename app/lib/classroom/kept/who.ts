/**
 * Who is signed in in this browser, between its tabs. A page is one person's: when they sign out, or somebody else signs in,
 * in another tab, it stops.
 */
const CHANNEL = 'nexused-who';

type Word = { readonly kind: 'out' } | { readonly kind: 'in'; readonly personId: string };

function wordOf(data: unknown): Word | null {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return null;
  if (data.kind === 'out') return { kind: 'out' };
  return data.kind === 'in' && 'personId' in data && typeof data.personId === 'string'
    ? { kind: 'in', personId: data.personId }
    : null;
}

/** Said by the page itself, which does not hear it. */
let own: BroadcastChannel | null = null;
const channel = (): BroadcastChannel => (own ??= new BroadcastChannel(CHANNEL));

export const tellSignedIn = (personId: string): void => channel().postMessage({ kind: 'in', personId } satisfies Word);
export const tellSignedOut = (): void => channel().postMessage({ kind: 'out' } satisfies Word);

/**
 * Listens to the other tabs: they signed out, or somebody signed in. Gives what ends the listening.
 */
export function onOthers(out: () => void, signedIn: (personId: string) => void): () => void {
  const listening = channel();
  listening.onmessage = ({ data }: MessageEvent<unknown>) => {
    const word = wordOf(data);
    if (word?.kind === 'out') out();
    if (word?.kind === 'in') signedIn(word.personId);
  };
  return () => (listening.onmessage = null);
}
