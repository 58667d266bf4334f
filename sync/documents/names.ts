/** Names of documents: `<surface>:<lessonId>`. */
export const SURFACES = ['board', 'chat'] as const;
export type Surface = (typeof SURFACES)[number];

export interface DocumentName {
  readonly surface: Surface;
  readonly lessonId: string;
}

const NAME = /^(board|chat):([A-Za-z0-9_-]{1,64})$/;

/** Null for anything that the server never gives out. */
export function parseDocumentName(name: string): DocumentName | null {
  const match = NAME.exec(name);
  const lessonId = match?.[2];
  if (lessonId === undefined) return null;
  return { surface: match?.[1] === 'chat' ? 'chat' : 'board', lessonId };
}
