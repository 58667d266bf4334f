/**
 * Work that may wait for everybody's strokes: a piece at a time, and of each few milliseconds only a part, so that many who
 * come in at once, or a document that is written down whole, hold nobody's pen up. The first pieces after a pause are done
 * at once.
 */

import type { Log } from '../log.ts';

/** One piece, well below a millisecond. True when it was the last one. */
export type Step = () => boolean;

/** In so many ms, so many of them may be spent. */
const EVERY_MS = 8;
const MOST_MS = 2;

export class Leisure {
  private readonly steps: Step[] = [];
  /** When the present few milliseconds began, and what of them is spent. */
  private from = -Infinity;
  private spent = 0;
  private busy = false;
  private timer: NodeJS.Timeout | null = null;
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  /** A step that throws is over, and costs the others nothing. */
  do(step: Step): void {
    this.steps.push(step);
    if (!this.timer && !this.busy) this.turn();
  }

  private turn(): void {
    this.timer = null;
    const start = performance.now();
    if (start - this.from >= EVERY_MS) [this.from, this.spent] = [start, 0];
    let now = start;
    this.busy = true;
    while (this.steps.length > 0 && this.spent + now - start < MOST_MS) {
      // In turns, so that nothing small waits for something large.
      const step = this.steps.shift();
      if (step && !this.isDone(step)) this.steps.push(step);
      now = performance.now();
    }
    this.busy = false;
    this.spent += now - start;
    if (this.steps.length > 0) this.timer = setTimeout(() => this.turn(), Math.max(0, this.from + EVERY_MS - now));
  }

  private isDone(step: Step): boolean {
    try {
      return step();
    } catch (error) {
      this.log.error({ err: error }, 'work that could wait failed');
      return true;
    }
  }
}
