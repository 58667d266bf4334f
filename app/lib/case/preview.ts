import type { ActionResult } from '@sveltejs/kit';
import type { ResolutionPreview } from '#app/server/services.ts';

const FIGURES = ['gross', 'refund', 'reversal', 'tutorGets', 'commission'] as const;

/** The preview in an action's answer; null when it is none. */
export function previewIn(result: ActionResult | null): ResolutionPreview | null {
  const found: unknown = result?.type === 'success' ? result.data?.['preview'] : null;
  return isPreview(found) ? found : null;
}

function isPreview(value: unknown): value is ResolutionPreview {
  if (typeof value !== 'object' || value === null || !('needsSecond' in value)) return false;
  const figures: Readonly<Record<string, unknown>> = { ...value };
  return FIGURES.every((name) => typeof figures[name] === 'number');
}
