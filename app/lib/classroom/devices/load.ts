/** Whether a device carries the noise filter, from what the filter says of its own work. Pure. */

/** Of about a second of sound. */
export interface Load {
  /** Time spent on it, of the time that it lasts: 1 is all there is. */
  readonly share: number;
  /** Sound went in, and nothing at all came out. */
  readonly dumb: boolean;
}

/** Beside the filter the same thread carries all other sound of the page, and the machine a lesson. */
const MAY_BEGIN = 0.3;
const MAY_LAST = 0.5;
/** In a row: one busy second is no reason. */
const TOO_MANY = 3;
/** Of seconds before it is heard by anybody. */
const TRIAL = 2;

export type Verdict = 'trying' | 'carries' | 'too-slow' | 'dumb';

/** Takes each report, and says how it stands. Once given up it stays so. */
export class Judge {
  #reports = 0;
  #busy = 0;
  #dumb = 0;
  #verdict: Verdict = 'trying';

  take({ share, dumb }: Load): Verdict {
    if (this.#verdict === 'too-slow' || this.#verdict === 'dumb') return this.#verdict;
    this.#reports += 1;
    this.#dumb = dumb ? this.#dumb + 1 : 0;
    if (this.#dumb >= TOO_MANY) return (this.#verdict = 'dumb');
    const limit = this.#verdict === 'trying' ? MAY_BEGIN : MAY_LAST;
    this.#busy = share > limit ? this.#busy + 1 : 0;
    if (this.#verdict === 'trying') {
      if (this.#busy >= TRIAL) this.#verdict = 'too-slow';
      else if (this.#reports >= TRIAL && this.#busy === 0 && this.#dumb === 0) this.#verdict = 'carries';
    } else if (this.#busy >= TOO_MANY) this.#verdict = 'too-slow';
    return this.#verdict;
  }
}
