/** Drawing shapes: by a drag from one corner to the other, a polygon by one press a corner. The others see them grow. */
import type * as Y from 'yjs';
import { drawnOf, type Item } from '#sync/documents/board-reader.ts';
import { eraseStrokes, putFigure, rewriteFigure } from '#sync/documents/board-writer.ts';
import type { ItemHead } from '#sync/documents/board.ts';
import type { FigureItem, Shape } from '#sync/documents/items.ts';
import type { Author } from '#sync/documents/people.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface FigurePorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  readonly head: () => ItemHead;
  /** How a new shape's line runs, and what is within it. */
  readonly style: () => Required<Pick<FigureItem, 'dash' | 'fill'>>;
  /** Logical pixels: shorter drags leave nothing, and a polygon is closed as near to its first corner. */
  readonly near: () => number;
  readonly onShow: (own: Item | null) => void;
  readonly onDrawn: (key: string) => void;
}

/** Between two words to the others, wall ms. */
const SEND_MS = 60;
const MOST_CORNERS = 200;

/** With Shift: lines in steps of 45°, squares and circles. */
export function straighten(shape: Shape, from: Point, to: Point): Point {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  if (shape === 'line' || shape === 'arrow') {
    const angle = Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) * (Math.PI / 4);
    const long = Math.hypot(dx, dy);
    return { x: from.x + long * Math.cos(angle), y: from.y + long * Math.sin(angle) };
  }
  const side = Math.max(Math.abs(dx), Math.abs(dy));
  return { x: from.x + side * (Math.sign(dx) || 1), y: from.y + side * (Math.sign(dy) || 1) };
}

/** A figure as the painter takes it, before or beside its copy in the document. */
export const asItem = (figure: FigureItem, key: string): Item => {
  return { ...drawnOf(figure), key, place: null, group: '', locked: false, cuts: [], erased: false };
};

export class FigurePen {
  private readonly ports: FigurePorts;
  private figure: FigureItem | null = null;
  private key: string | null = null;
  private hover: Point | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: FigurePorts) {
    this.ports = ports;
  }

  /** Something is begun and not finished. */
  get open(): boolean {
    return this.figure !== null;
  }

  begin(shape: Shape, at: Point): void {
    if (shape === 'polygon' && this.figure?.kind === 'polygon') return this.corner(at);
    this.cancel();
    const { head, style } = this.ports;
    this.figure = { ...head(), ...style(), kind: shape, at: [at.x, at.y, at.x, at.y], text: '' };
    if (shape === 'polygon') this.figure = { ...this.figure, at: [at.x, at.y] };
    this.show();
  }

  move(to: Point, straight: boolean): void {
    const { figure } = this;
    if (!figure) return;
    if (figure.kind === 'polygon') return this.point(to);
    const [x = 0, y = 0] = figure.at;
    const shape = figure.kind === 'text' || figure.kind === 'note' || figure.kind === 'maths' ? 'line' : figure.kind;
    const end = straight ? straighten(shape, { x, y }, to) : to;
    this.figure = { ...figure, at: [x, y, end.x, end.y] };
    this.show();
    if (this.key !== null || this.isLong()) this.timer ??= setTimeout(() => this.send(), SEND_MS);
  }

  /** The pointer is up: a shape is done, a polygon waits for its next corner. */
  end(): void {
    if (!this.figure || this.figure.kind === 'polygon') return;
    if (this.isLong()) this.finish();
    else this.cancel();
  }

  /** Where a polygon's next corner would be. */
  point(at: Point): void {
    if (this.figure?.kind !== 'polygon') return;
    this.hover = at;
    this.show();
  }

  /** Closes the polygon, if it is one by now. */
  close(): void {
    if (this.figure?.kind !== 'polygon') return;
    if (this.figure.at.length >= 6) this.finish();
    else this.cancel();
  }

  /** What was begun is not wanted. */
  cancel(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.key !== null) eraseStrokes(this.ports.doc, this.ports.author, [this.key]);
    this.forget();
  }

  /** The last press was not meant: a polygon loses the corner that it set, all else is gone. */
  takeBack(): void {
    const { figure } = this;
    if (figure?.kind !== 'polygon' || figure.at.length <= 2) return this.cancel();
    this.figure = { ...figure, at: figure.at.slice(0, -2) };
    this.hover = null;
    if (this.key !== null) this.send();
    this.show();
  }

  private corner(at: Point): void {
    const { figure } = this;
    if (!figure) return;
    const [x = 0, y = 0] = figure.at;
    const last = figure.at.slice(-2);
    if (figure.at.length >= 6 && Math.hypot(at.x - x, at.y - y) < this.ports.near() * 2) return this.finish();
    // The second press of a double click.
    if (Math.hypot(at.x - (last[0] ?? 0), at.y - (last[1] ?? 0)) < this.ports.near() / 2) return this.close();
    this.figure = { ...figure, at: [...figure.at, at.x, at.y] };
    this.hover = null;
    this.show();
    if (this.figure.at.length >= MOST_CORNERS * 2) return this.finish();
    if (this.figure.at.length >= 4) this.send();
  }

  private isLong(): boolean {
    const [x = 0, y = 0, toX = x, toY = y] = this.figure?.at ?? [];
    return Math.hypot(toX - x, toY - y) > this.ports.near() / 3;
  }

  private finish(): void {
    this.send();
    const { key } = this;
    this.forget();
    if (key !== null) this.ports.onDrawn(key);
  }

  private forget(): void {
    this.figure = null;
    this.key = null;
    this.hover = null;
    this.ports.onShow(null);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { figure, ports } = this;
    if (!figure) return;
    if (this.key === null) this.key = putFigure(ports.doc, ports.author, figure);
    else rewriteFigure(ports.doc, this.key, figure);
    this.show();
  }

  private show(): void {
    const { figure, hover } = this;
    if (!figure) return;
    const at = figure.kind === 'polygon' && hover ? [...figure.at, hover.x, hover.y] : figure.at;
    this.ports.onShow(asItem({ ...figure, at }, this.key ?? ''));
  }
}
