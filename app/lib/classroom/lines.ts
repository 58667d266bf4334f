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

/** Each is a connection of its own: as many as a slot has seats. */
export const MOST_LINES = 50;

/** Lines that are to be opened beside those of `open`, the ids of their students. */
export const linesBeside = (names: readonly string[], open: readonly string[]): ReturnType<typeof linesIn> =>
  linesIn(names)
    .filter(({ studentId }) => !open.includes(studentId))
    .slice(0, Math.max(0, MOST_LINES - open.length));

/** @param held has the line's document: another one after a start over. */
export const lineOf = (studentId: string, held: { readonly current: ConnectedDocument }, me: string): PrivateLine => ({
  studentId,
  get document() {
    return held.current;
  },
  get reading() {
    return readingOf(held.current, me);
  },
});
