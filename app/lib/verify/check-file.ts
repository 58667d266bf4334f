/** One exported file, checked where the page runs: read in pieces, never whole in memory, and sent nowhere. */
import type { SignedHead } from '#events/store/audit/format.ts';
import { DOCUMENT_BYTES, DOCUMENT_START, verifyDocument, type DocumentVerdict } from '#events/store/audit/document.ts';
import { keptHeads, type Flaw } from '#events/store/audit/lines.ts';
import { headFlaw } from '#events/store/audit/signatures.ts';
import { verifyExport, type Verdict } from '#events/store/audit/verify.ts';

export interface FileCheck {
  readonly file: Blob;
  /** Public keys, 64 characters of hex each. */
  readonly keys: readonly string[];
  /** Published heads that somebody kept, as JSON; empty for none. */
  readonly kept: string;
}

export type CheckResult =
  | { readonly kind: 'verdict'; readonly verdict: Verdict; readonly kept: readonly SignedHead[] }
  /** The file is no export but a paper that was signed by itself. */
  | DocumentVerdict
  /** What was given as a published head is none, or is not signed with the key. */
  | { readonly kind: 'bad-head'; readonly flaw: Flaw | null }
  | { readonly kind: 'cancelled' };

export interface Watching {
  /** Bytes read so far. */
  onRead?(bytes: number): void;
  cancelled?(): boolean;
}

class Cancelled extends Error {}

const REST_EVERY_MS = 50;

/** @throws CannotCheckSignatures, and a DOMException when the file cannot be read */
export async function checkFile({ file, keys, kept }: FileCheck, watching: Watching = {}): Promise<CheckResult> {
  if (file.size <= DOCUMENT_BYTES && (await file.slice(0, DOCUMENT_START.length).text()) === DOCUMENT_START)
    return verifyDocument(new Uint8Array(await file.arrayBuffer()), keys);
  const heads = kept.trim() === '' ? [] : keptHeads(kept);
  if (heads === null) return { kind: 'bad-head', flaw: null };
  for (const head of heads) {
    const flaw = await headFlaw(head, keys);
    if (flaw !== null) return { kind: 'bad-head', flaw };
  }
  try {
    const verdict = await verifyExport(pieces(file, watching), { keys, kept: heads.map(({ head }) => head) });
    return { kind: 'verdict', verdict, kept: heads };
  } catch (error) {
    if (error instanceof Cancelled) return { kind: 'cancelled' };
    throw error;
  }
}

/** A reader and not `for await`: Safari's streams cannot be iterated. */
async function* pieces(file: Blob, { onRead, cancelled }: Watching): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let read = 0;
  let rested = performance.now();
  try {
    for (;;) {
      // What is in memory comes without a break, and Cancel would wait for the end.
      if (performance.now() - rested > REST_EVERY_MS) {
        await new Promise((done) => setTimeout(done));
        rested = performance.now();
      }
      if (cancelled?.() === true) throw new Cancelled();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
      read += value.length;
      onRead?.(read);
    }
  } finally {
    await reader.cancel();
  }
}

/** Public keys out of a field: parted by spaces, commas or lines. Null when one of them is no key. */
export function keysIn(text: string): readonly string[] | null {
  const keys = text
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((part) => part !== '');
  return keys.length > 0 && keys.every((key) => /^[0-9a-f]{64}$/.test(key)) ? keys : null;
}
