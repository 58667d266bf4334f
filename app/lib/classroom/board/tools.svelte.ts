/** Which tool is in the hand and what it is set to; colour, width, dashes and fill are remembered for the next lesson. */
import { PENS, SIZES } from '#sync/documents/board.ts';
import { DASHES, FILLS } from '#sync/documents/items.ts';
import { DRAWS, type Tool } from './tool-names.ts';

const KEY = 'board-pen';

function remembered(): Pick<Tools, 'pen' | 'size' | 'dash' | 'fill'> {
  const [pen = NaN, size = NaN, dash = NaN, fill = NaN] = (localStorage.getItem(KEY) ?? '').split(' ').map(Number);
  return {
    pen: pen in PENS ? pen : 0,
    size: size in SIZES ? size : 0,
    dash: dash in DASHES ? dash : 0,
    fill: fill in FILLS ? fill : 0,
  };
}

const FINGERS = 'board-fingers';
const asked = (stored: string | null): boolean | null => (stored === null ? null : stored === 'draw');

export class Tools {
  tool: Tool = $state('pen');
  /** Index into PENS. */
  pen = $state(0);
  /** Index into SIZES. */
  size = $state(0);
  /** Index into DASHES, for shapes. */
  dash = $state(0);
  /** Index into FILLS, for shapes. */
  fill = $state(0);
  /** Whether one finger draws, as this person wants it; null as long as they never said: until a stylus is seen. */
  fingers: boolean | null = $state(asked(localStorage.getItem(FINGERS)));
  private stylus = $state(false);

  constructor() {
    ({ pen: this.pen, size: this.size, dash: this.dash, fill: this.fill } = remembered());
  }

  /** Who chooses a colour or a width wants to draw, unless something is selected that takes it. */
  choosePen(pen: number): void {
    this.pen = pen;
    this.draw();
  }

  chooseSize(size: number): void {
    this.size = Math.min(SIZES.length - 1, Math.max(0, size));
    this.draw();
  }

  /** Of shapes; the tool in the hand stays. */
  chooseStyle(style: Partial<Tools['style']>): void {
    ({ dash: this.dash, fill: this.fill } = { ...this.style, ...style });
    this.keep();
  }

  get style(): { readonly dash: number; readonly fill: number } {
    return { dash: this.dash, fill: this.fill };
  }

  get fingersDraw(): boolean {
    return this.fingers ?? !this.stylus;
  }

  /** Gives whether fingers draw no more because of it, which whoever has fingers must be told. */
  sawStylus(): boolean {
    const news = !this.stylus && this.fingers === null && matchMedia('(any-pointer: coarse)').matches;
    this.stylus = true;
    return news;
  }

  letFingersDraw(draw: boolean): void {
    this.fingers = draw;
    localStorage.setItem(FINGERS, draw ? 'draw' : 'move');
  }

  /** Logical pixels. */
  get width(): number {
    return SIZES[this.size] ?? SIZES[0];
  }

  private draw(): void {
    if (this.tool !== 'select' && !DRAWS.has(this.tool)) this.tool = 'pen';
    this.keep();
  }

  private keep(): void {
    localStorage.setItem(KEY, `${this.pen} ${this.size} ${this.dash} ${this.fill}`);
  }
}
