import { Broken } from './lines.ts';

/** Longer than any line that we write. */
const MAX_LINE = 1024 * 1024;
const LINE_FEED = 10;

/** Cuts what comes in pieces into lines, each given on with its line feed. */
export class LineReader {
  /** The beginning of a line, as it came. */
  #pieces: Uint8Array[] = [];
  #length = 0;
  readonly #take: (line: Uint8Array) => Promise<void> | null;

  /** @param take what it returns, if anything, is awaited before the next line */
  constructor(take: (line: Uint8Array) => Promise<void> | null) {
    this.#take = take;
  }

  /** @throws Broken */
  async push(chunk: Uint8Array): Promise<void> {
    let from = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
      // Most lines need no waiting, and a promise for each would cost more than their hashes.
      const waiting = this.#take(this.#joined(chunk.subarray(from, end + 1)));
      if (waiting !== null) await waiting;
      from = end + 1;
    }
    if (from < chunk.length) {
      this.#pieces.push(chunk.slice(from));
      this.#length += chunk.length - from;
    }
    if (this.#length > MAX_LINE)
      throw new Broken({ code: 'form', reason: 'the line is longer than any that was exported' });
  }

  /** @throws Broken when the last line has no end */
  end(): void {
    if (this.#length > 0) throw new Broken({ code: 'cut-off', reason: 'the file ends in the middle of a line' });
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#length === 0) return last;
    const joined = new Uint8Array(this.#length + last.length);
    let at = 0;
    for (const piece of [...this.#pieces, last]) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#length = 0;
    return joined;
  }
}
