/** Formulas as a chat shows them: set once each, and none that is built to be too much. Pure. */
import type { Formula } from '#sync/draw/words.ts';

export type Setter = (tex: string) => Formula | null;

const MOST = 500;
/** Wider or higher than this, in ems, is no formula of a chat. */
const MOST_WIDE = 120;
const MOST_HIGH = 40;
export class Formulas {
  private readonly known = new Map<string, Formula | null>();

  /** Null for what is not to be drawn: then its source is shown. */
  of(tex: string, display: boolean, set: Setter): Formula | null {
    const source = display ? tex : `\\textstyle ${tex}`;
    const found = this.known.get(source);
    if (found !== undefined) return found;
    if (this.known.size >= MOST) this.known.clear();
    const formula = set(source);
    const fits = formula !== null && formula.width <= MOST_WIDE && formula.ascent + formula.descent <= MOST_HIGH;
    this.known.set(source, fits ? formula : null);
    return fits ? formula : null;
  }
}

/** A formula as the path of an SVG, in thousandths of an em. */
export function pathOf({ steps }: Formula): string {
  const whole = (value: number): number => Math.round(value * 1_000);
  return steps
    .map((step) => {
      const [letter, ...points] = step;
      return letter + points.map(whole).join(' ');
    })
    .join('');
}
