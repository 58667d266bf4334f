import type { Messages } from '../messages/index.ts';
import type { StepId } from './steps.ts';

export interface FindingWords {
  readonly title: string;
  readonly todo?: string;
}

/** A finding that a newer page told of has no words here: it stands for itself. */
export function wordsOf(m: Messages['check'], id: StepId, finding: string): FindingWords {
  const found: [string, FindingWords] | undefined = Object.entries<FindingWords>(m.steps[id].findings).find(
    ([known]) => known === finding,
  );
  return found?.[1] ?? { title: finding };
}
