/** What somebody did with a case, in words. Pure. */
import type { LookRow } from '#projections/queries.ts';
import type { Messages } from '../messages/index.ts';

export const lookWords = (what: LookRow['what'], words: Messages['looks']): string =>
  what.kind === 'looked' ? words.surfaces[what.surface] : words.copies[what.copy];
