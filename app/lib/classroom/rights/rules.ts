/** What a board asks of the rights of its lesson. */
import type { RightsChange, RightsReason } from '#sync/documents/rights.ts';
import type { RightsView } from './rights.svelte.ts';

export interface BoardRules {
  /** As the students call them. */
  readonly tutorName: string;
  /** Why this person may not write on a page, or null. Reactive. */
  whyNot(page: string): RightsReason | null;
  /** What the host says to everybody, on the class's board; null on a student's own. */
  readonly common: RightsView | null;
  /** As the host. */
  say(...changes: readonly RightsChange[]): void;
}
