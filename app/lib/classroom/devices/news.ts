/** What becomes of devices without the person's doing. */
import type { Listed } from './changes.ts';
import type { Kind } from './constraints.ts';

export type DeviceNews =
  /** The chosen one is away, and this one took its place. */
  | { readonly kind: 'instead'; readonly device: Kind; readonly label: string }
  | { readonly kind: 'speaker-gone'; readonly label: string }
  | { readonly kind: 'plugged'; readonly device: Listed; readonly id: string; readonly label: string }
  | { readonly kind: 'filter-off'; readonly why: 'too-slow' | 'failed' };
