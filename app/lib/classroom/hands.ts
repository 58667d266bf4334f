/** Raised hands, in the order of raising. Pure. */
interface Raising {
  readonly personId: string;
  readonly name: string;
  readonly hand: number | null;
}

export interface RaisedHand {
  readonly personId: string;
  readonly name: string;
  /** From 1. */
  readonly place: number;
}

export function handsOf(you: Raising | null, peers: readonly Raising[]): readonly RaisedHand[] {
  return [...(you === null ? [] : [you]), ...peers]
    .flatMap(({ personId, name, hand }) => (hand === null ? [] : [{ personId, name, hand }]))
    .toSorted((a, b) => a.hand - b.hand)
    .map(({ personId, name }, index) => ({ personId, name, place: index + 1 }));
}
