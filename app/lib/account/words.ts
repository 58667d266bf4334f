import type { Messages } from '../messages/index.ts';
import type { Answer } from './post.ts';

export interface Problem {
  readonly message: string;
  /** For support; left out where the words say it all. */
  readonly code?: string;
}

/** What went wrong, in plain words; null when nothing did. */
export function problemOf(answer: Answer, m: Messages['account']['errors']): Problem | null {
  switch (answer.kind) {
    case 'ok':
      return null;
    case 'unreachable':
      return { message: m.unreachable };
    case 'refused': {
      const known = m.codes[answer.code];
      return known === undefined ? { message: m.unknown, code: answer.code } : { message: known };
    }
  }
}
