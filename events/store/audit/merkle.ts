/**
 * Merkle tree over the chain values of the log (RFC 6962 §2.1): leaf = SHA-256(0x00 ‖ chain value of 32 bytes), node =
 * SHA-256(0x01 ‖ left ‖ right). One record is shown to be in a log of a million with twenty hashes, and these tell
 * nothing of the others. Pure: a browser can run it.
 */
import { digest } from 'lib0/hash/sha256';

export type Hash = Uint8Array;

/** A perfect subtree at the right edge of a growing tree. */
interface Peak {
  readonly height: number;
  readonly hash: Hash;
}

export const sha256 = (bytes: Uint8Array): Hash => digest(bytes);

/** SHA-256 of `first` (a hash) and `second`, one after the other. */
export function sha256Of(first: Hash, second: Uint8Array): Hash {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return digest(joined);
}

export function leafOf(chain: Hash): Hash {
  const bytes = new Uint8Array(33);
  bytes.set(chain, 1);
  return digest(bytes);
}

function nodeOf(left: Hash, right: Hash): Hash {
  const bytes = new Uint8Array(65);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 33);
  return digest(bytes);
}

/** The tree while it grows: only its perfect subtrees are kept, at most one a bit of its size. */
export class GrowingTree {
  #size = 0;
  #peaks: Peak[] = [];

  /** The tree that had these peaks, largest first, as `peaks` gave them. */
  static from(size: number, peaks: readonly Hash[]): GrowingTree {
    const tree = new GrowingTree();
    tree.#size = size;
    const heights: number[] = [];
    for (let height = 0, rest = size; rest > 0; height += 1, rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) heights.unshift(height);
    }
    if (heights.length !== peaks.length) throw new Error(`A tree of ${size} has ${heights.length} peaks`);
    tree.#peaks = heights.map((height, index) => ({ height, hash: peaks[index] ?? new Uint8Array(32) }));
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  get peaks(): readonly Hash[] {
    return this.#peaks.map((peak) => peak.hash);
  }

  add(chain: Hash): void {
    let peak: Peak = { height: 0, hash: leafOf(chain) };
    for (;;) {
      const left = this.#peaks.at(-1);
      if (left?.height !== peak.height) break;
      this.#peaks.pop();
      peak = { height: peak.height + 1, hash: nodeOf(left.hash, peak.hash) };
    }
    this.#peaks.push(peak);
    this.#size += 1;
  }

  root(): Hash {
    const [last, ...others] = this.#peaks.toReversed();
    if (last === undefined) return digest(new Uint8Array(0));
    return others.reduce((right, left) => nodeOf(left.hash, right), last.hash);
  }
}

/** A whole tree, 64 bytes a leaf: what inclusion proofs are taken from. `leaves`: hashes of 32 bytes, one after the other. */
export class WholeTree {
  readonly #levels: Uint8Array[];
  readonly size: number;

  constructor(leaves: Uint8Array) {
    this.size = leaves.length / 32;
    this.#levels = [leaves];
    for (let level = leaves; level.length > 32;) {
      const count = level.length / 32;
      const above = new Uint8Array(Math.ceil(count / 2) * 32);
      for (let index = 0; index < count; index += 2) {
        const left = level.subarray(index * 32, index * 32 + 32);
        // A last one without a neighbour is carried up as it is.
        const hash = index + 1 < count ? nodeOf(left, level.subarray(index * 32 + 32, index * 32 + 64)) : left;
        above.set(hash, index * 16);
      }
      this.#levels.push(above);
      level = above;
    }
  }

  root(): Hash {
    return this.size === 0 ? digest(new Uint8Array(0)) : (this.#levels.at(-1) ?? new Uint8Array(32));
  }

  /** The neighbours on the way from leaf `index` up to the root. */
  proof(index: number): Hash[] {
    const path: Hash[] = [];
    let at = index;
    for (const level of this.#levels) {
      const beside = at % 2 === 0 ? at + 1 : at - 1;
      if (beside * 32 < level.length) path.push(level.subarray(beside * 32, beside * 32 + 32));
      at = Math.floor(at / 2);
    }
    return path;
  }
}

/** The root that this proof leads to (RFC 9162 §2.1.3.2), or null for a proof that cannot belong to such a tree. */
export function rootFrom(leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | null {
  if (index < 0 || index >= size) return null;
  let at = index;
  let last = size - 1;
  let hash = leaf;
  for (const beside of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      hash = nodeOf(beside, hash);
      while (at % 2 === 0 && at !== 0) {
        at /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeOf(hash, beside);
    }
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? hash : null;
}
