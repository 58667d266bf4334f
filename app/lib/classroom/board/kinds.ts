import type { Item, Kind } from '#sync/documents/board-reader.ts';

/** How many of each kind there are, in the order in which they come. */
export function countKinds(items: readonly Pick<Item, 'kind'>[]): (readonly [Kind, number])[] {
  const kinds = new Map<Kind, number>();
  for (const { kind } of items) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return [...kinds];
}
