/** What the database and its thread say to each other. */
import type { SqlErrorFacts } from './errors.ts';

export type Ask =
  | { readonly kind: 'query'; readonly sql: string; readonly params: readonly unknown[] }
  | { readonly kind: 'script'; readonly sql: string }
  | { readonly kind: 'copy-in'; readonly into: string; readonly text: string }
  | { readonly kind: 'listen'; readonly channel: string }
  | { readonly kind: 'unlisten'; readonly channel: string }
  /** The connection was given back. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'close' };

export type Request = Ask & { readonly id: number };

export type Reply =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly rows: readonly Record<string, unknown>[];
      readonly affected: number;
    }
  | { readonly kind: 'refused'; readonly id: number; readonly facts: SqlErrorFacts }
  /** A parameter or value of the wrong kind; or, with `fatal`, PGlite stopped and nothing can be asked any more. */
  | { readonly kind: 'failed'; readonly id: number; readonly message: string; readonly fatal: boolean }
  | { readonly kind: 'notify'; readonly channel: string };
