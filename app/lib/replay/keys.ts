/** What a key does in a replay. */
export type ReplayKey =
  | { readonly kind: 'toggle' }
  /** By this much, ms. */
  | { readonly kind: 'step'; readonly by: number }
  /** To this part of the whole, 0–1. */
  | { readonly kind: 'to'; readonly part: number }
  | { readonly kind: 'slower' }
  | { readonly kind: 'faster' };

const STEP_MS = 5_000;
const LEAP_MS = 30_000;

export function replayKey({
  key,
  shiftKey,
  ctrlKey,
  metaKey,
  altKey,
}: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>): ReplayKey | null {
  if (ctrlKey || metaKey || altKey) return null;
  const far = shiftKey ? LEAP_MS : STEP_MS;
  switch (key) {
    case ' ':
    case 'k':
      return { kind: 'toggle' };
    case 'ArrowLeft':
    case 'ArrowDown':
      return { kind: 'step', by: -far };
    case 'ArrowRight':
    case 'ArrowUp':
      return { kind: 'step', by: far };
    case 'PageDown':
      return { kind: 'step', by: -LEAP_MS };
    case 'PageUp':
      return { kind: 'step', by: LEAP_MS };
    case 'Home':
      return { kind: 'to', part: 0 };
    case 'End':
      return { kind: 'to', part: 1 };
    case '<':
      return { kind: 'slower' };
    case '>':
      return { kind: 'faster' };
    default:
      return /^[0-9]$/.test(key) ? { kind: 'to', part: Number(key) / 10 } : null;
  }
}
