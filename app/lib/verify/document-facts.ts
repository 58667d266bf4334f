/** What a signed paper says, as the page that checks it shows it. */
import { canonicalJson } from '#events/store/canonical.ts';
import type { SignedDocument } from '#events/store/audit/document.ts';
import { hex } from '#events/store/audit/format.ts';
import { sha256 } from '#events/store/audit/merkle.ts';
import type { Messages } from '../messages/index.ts';
import { isLessonPaper, lessonFacts } from '../papers/lesson-receipt.ts';

export type DocumentFact = readonly [label: string, value: string, mono?: 'mono'];

/** The fields as they stand in the file, for a kind or a writing that this page does not know. */
const plain = (paper: Readonly<Record<string, unknown>>): DocumentFact[] =>
  Object.entries(paper).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : canonicalJson(value),
    'mono',
  ]);

/** @param zone IANA, of its times */
export function documentFacts(
  { kind, paper }: SignedDocument,
  messages: Messages,
  zone: string,
): readonly DocumentFact[] {
  const known = kind === 'lesson-receipt' && isLessonPaper(paper) ? lessonFacts(paper, messages, zone) : plain(paper);
  const fingerprint = hex(sha256(new TextEncoder().encode(canonicalJson(paper))));
  return [...known, [messages.verify.document.fingerprint, fingerprint, 'mono']];
}
