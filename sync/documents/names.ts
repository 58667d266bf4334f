/** Names of documents: `<surface>:<lessonId>`, and `<surface>:<lessonId>:<personId>` for those of one student and the host. */
export const SURFACES = ['board', 'chat'] as const;
export type Surface = (typeof SURFACES)[number];

export interface DocumentName {
  readonly surface: Surface;
  readonly lessonId: string;
  /** The student whose own it is; null for the lesson's, which everybody there shares. */
  readonly personId: string | null;
}

const NAME = /^(board|chat):([A-Za-z0-9_-]{1,64})(?::([A-Za-z0-9_-]{1,64}))?$/;

/** Null for anything that the server never gives out. */
export function parseDocumentName(name: string): DocumentName | null {
  const match = NAME.exec(name);
  const lessonId = match?.[2];
  if (lessonId === undefined) return null;
  return { surface: match?.[1] === 'chat' ? 'chat' : 'board', lessonId, personId: match?.[3] ?? null };
}

/** The one spelling of a document's name. */
export const documentName = ({ surface, lessonId, personId }: DocumentName): string =>
  personId === null ? `${surface}:${lessonId}` : `${surface}:${lessonId}:${personId}`;
