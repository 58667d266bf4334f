/** What a signed paper says, as the page that checks it shows it. */
import { canonicalJson } from '#events/store/canonical.ts';
import type { SignedDocument } from '#events/store/audit/document.ts';
import { hex } from '#events/store/audit/format.ts';
import { sha256 } from '#events/store/audit/merkle.ts';
import { exactInstant } from '../case/readable.ts';
import type { Messages } from '../messages/index.ts';
import { isLessonPaper, isWhole, lessonFacts } from '../papers/lesson-receipt.ts';

export type DocumentFact = readonly [label: string, value: string, mono?: 'mono'];

/** The fields as they stand in the file, for a kind or a writing that this page does not know. */
const plain = (paper: Readonly<Record<string, unknown>>): DocumentFact[] =>
  Object.entries(paper).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : canonicalJson(value),
    'mono',
  ]);

/** Of the evidence of a case what tells which it is; all of it is in the file. Null for a writing that this page does not know. */
function evidenceFacts(
  paper: Readonly<Record<string, unknown>>,
  messages: Messages,
  zone: string,
): DocumentFact[] | null {
  const { bookingId, hash, evidence, events, kept } = paper;
  const { asOf, events: built }: Readonly<Record<string, unknown>> = { ...(evidence as object | null) };
  if (typeof bookingId !== 'string' || typeof hash !== 'string' || !isWhole(asOf)) return null;
  if (!isWhole(built) || !Array.isArray(events)) return null;
  const { step, at }: Readonly<Record<string, unknown>> = { ...(kept as object | null) };
  const m = messages.verify.document.case;
  return [
    [m.booking, bookingId, 'mono'],
    [m.asOf, exactInstant(asOf, zone)],
    ...(isWhole(at)
      ? [[m.kept, (step === 'approval' ? m.approval : m.proposal)(exactInstant(at, zone))] as const]
      : []),
    [m.builtFrom, m.events(built, events.length)],
    [m.evidencePrint, hash, 'mono'],
  ];
}

/** @param zone IANA, of its times */
export function documentFacts(
  { kind, paper }: SignedDocument,
  messages: Messages,
  zone: string,
): readonly DocumentFact[] {
  const known =
    kind === 'evidence'
      ? (evidenceFacts(paper, messages, zone) ?? plain(paper))
      : isLessonPaper(paper)
        ? lessonFacts(paper, messages, zone)
        : plain(paper);
  const fingerprint = hex(sha256(new TextEncoder().encode(canonicalJson(paper))));
  return [...known, [messages.verify.document.fingerprint, fingerprint, 'mono']];
}
