/** Private lines of a lesson's chat: one between each student and the tutor, a document of its own. */
import { parseDocumentName } from '#sync/documents/names.ts';
import { readingOf, type Reading } from '../chat/reading.ts';
import type { ConnectedDocument } from './sync.ts';

export interface PrivateLine {
  /** The student whose line it is. */
  readonly studentId: string;
  readonly document: ConnectedDocument;
  readonly reading: Reading;
}

/** The students whose lines are among these names of documents, in their order. */
export const linesIn = (names: readonly string[]): { readonly name: string; readonly studentId: string }[] =>
  names.flatMap((name) => {
    const parsed = parseDocumentName(name);
    return parsed?.surface === 'chat' && parsed.personId !== null ? [{ name, studentId: parsed.personId }] : [];
  });

export const lineOf = (studentId: string, document: ConnectedDocument, me: string): PrivateLine => ({
  studentId,
  document,
  reading: readingOf(document, me),
});
