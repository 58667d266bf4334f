/** What this browser knows of letters: their widths on a canvas, and formulas once what sets them is here. */
import { ROUGHLY, type Formula, type Lettering } from '#sync/draw/words.ts';

/** Set at this size and scaled, so that each string is measured once. */
const BASE = 100;
const MOST = 5_000;
const MOST_FORMULAS = 1_000;

export class Letters implements Lettering {
  readonly family: string;
  private readonly context: CanvasRenderingContext2D | null;
  private readonly widths = new Map<string, number>();
  private readonly formulas = new Map<string, Formula | null>();
  private set: ((tex: string) => Formula | null) | null = null;
  private loading: Promise<void> | null = null;
  private readonly onNew: () => void;

  /** @param onNew letters measure otherwise now: a font or a formula came. */
  constructor(root: HTMLElement, onNew: () => void) {
    this.family = getComputedStyle(root).fontFamily;
    this.onNew = onNew;
    this.context = document.createElement('canvas').getContext('2d');
    void document.fonts.ready.then(() => {
      this.widths.clear();
      onNew();
    });
  }

  measure(text: string, size: number): number {
    const { context, widths } = this;
    if (!context) return ROUGHLY.measure(text, size);
    let width = widths.get(text);
    if (width === undefined) {
      if (widths.size > MOST) widths.clear();
      context.font = `${BASE}px ${this.family}`;
      widths.set(text, (width = context.measureText(text).width / BASE));
    }
    return width * size;
  }

  formula(tex: string): Formula | null {
    if (!this.set) {
      void this.load().then(this.onNew);
      return null;
    }
    let formula = this.formulas.get(tex);
    if (formula === undefined) {
      if (this.formulas.size > MOST_FORMULAS) this.formulas.clear();
      this.formulas.set(tex, (formula = this.set(tex)));
    }
    return formula;
  }

  /** True when it is known that this cannot be set. */
  refuses(tex: string): boolean {
    return this.set !== null && tex.trim() !== '' && this.formula(tex) === null;
  }

  /** Fetches what sets formulas: large, and only for boards that have any. Without it the LaTeX itself is shown. */
  load(): Promise<void> {
    this.loading ??= import('#sync/draw/tex.ts').then(
      ({ formulaOf }) => void (this.set = formulaOf),
      (error: unknown) => {
        console.error('Formulas cannot be shown:', error);
        this.loading = null;
      },
    );
    return this.loading;
  }
}
