/** What a press, a drag and a release do, by the tool that is in the hand. */
import { isShape, isWriting, type Writing } from '#sync/documents/items.ts';
import type { InkPoint } from '#sync/documents/ink.ts';
import { toBoard } from '#sync/draw/camera.ts';
import type { Eraser } from './eraser.ts';
import type { FigurePen } from './figure-pen.ts';
import type { Hand } from './hand.ts';
import { PointerInput, type Press, type ScreenPoint } from './input.ts';
import type { Pen } from './pen.ts';
import type { Tools } from './tools.svelte.ts';
import type { View } from './view.svelte.ts';
import type { Words } from './words.svelte.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GesturePorts {
  readonly tools: Tools;
  readonly view: View;
  readonly words: Words;
  readonly pen: Pen;
  readonly figures: FigurePen;
  readonly eraser: Eraser;
  readonly hand: Hand;
  /** Whether this viewer may change the board now. */
  readonly may: () => boolean;
  /** Where the laser points; null when it is off. */
  readonly onLaser: (at: Point | null) => void;
  readonly onHover: (at: Point | null) => void;
  /** Pressed twice with the select tool. */
  readonly onTwice: (at: Point) => void;
  readonly onDone: () => void;
  /** A stylus is used. */
  readonly onStylus: () => void;
}

/** CSS pixels around the eraser's point. */
const ERASER = 9;

export class Gestures {
  private readonly ports: GesturePorts;
  private readonly input: PointerInput;
  private lasing = false;
  /** Where a field is to be opened. */
  private writing: { kind: Writing; at: Point } | null = null;

  constructor(surface: HTMLElement, ports: GesturePorts) {
    this.ports = ports;
    const { view } = ports;
    const board = ({ x, y, pressure }: ScreenPoint): InkPoint => ({ ...toBoard(view.camera, x, y), pressure });
    this.input = new PointerInput(surface, {
      mode: (erases) => (!ports.may() || (ports.tools.tool === 'move' && !erases) ? 'move' : 'work'),
      fingersDraw: () => ports.tools.fingersDraw,
      begin: (at, press) => this.begin(board(at), press),
      move: (points) => this.move(points.map(board)),
      end: () => this.end(),
      cancel: () => this.cancel(),
      stylus: ports.onStylus,
      pan: (dx, dy) => view.pan(dx, dy),
      zoom: (factor, x, y) => view.zoom(factor, x, y),
      twice: (at) => this.twice(board(at)),
      hover: (at) => {
        const point = at && board(at);
        if (point) ports.figures.point(point);
        if (!this.lasing) ports.onHover(point);
      },
    });
  }

  /** Space is held: a press moves the board. */
  hold(held: boolean): void {
    this.input.space = held;
  }

  destroy(): void {
    this.input.destroy();
  }

  private get reach(): number {
    return ERASER / this.ports.view.camera.zoom;
  }

  private begin(at: InkPoint, { pressure, erases }: Press): void {
    const { tools, words, pen, figures, eraser, hand } = this.ports;
    const { tool } = tools;
    const writing = words.open !== null;
    words.close();
    if (erases || tool === 'eraser' || tool === 'rubber') eraser.begin(at, tool === 'rubber', this.reach);
    else if (tool === 'pen' || tool === 'highlighter') pen.begin(at, pressure);
    else if (tool === 'select') hand.begin(at, this.input.shift);
    else if (tool === 'laser') this.lase(at);
    else if (isShape(tool)) figures.begin(tool, at);
    else if (isWriting(tool)) {
      // A press beside an open field closes it, and no more.
      if (writing) tools.tool = 'select';
      else this.writing = { kind: tool, at };
    }
  }

  private move(points: readonly InkPoint[]): void {
    const { pen, figures, eraser, hand } = this.ports;
    const last = points.at(-1);
    if (!last) return;
    if (eraser.down) for (const point of points) eraser.move(point, this.reach);
    else if (pen.down) pen.move(points);
    else if (figures.open) figures.move(last, this.input.shift);
    else if (this.lasing) this.lase(last);
    else hand.move(last, this.input.shift);
  }

  private end(): void {
    const { pen, figures, eraser, hand, onDone } = this.ports;
    pen.end();
    eraser.end();
    figures.end();
    hand.end();
    if (this.lasing) this.lase(null);
    // When the press is over: a phone shows its keyboard only then, and nothing takes the focus away again.
    if (this.writing) this.ports.words.begin(this.writing.kind, this.writing.at);
    this.writing = null;
    onDone();
  }

  private cancel(): void {
    const { pen, figures, eraser, hand, onDone } = this.ports;
    pen.cancel();
    eraser.cancel();
    figures.takeBack();
    hand.cancel();
    if (this.lasing) this.lase(null);
    this.writing = null;
    onDone();
  }

  private twice(at: Point): void {
    const { tools, figures, onTwice } = this.ports;
    if (tools.tool === 'polygon') figures.close();
    else if (tools.tool === 'select') onTwice(at);
  }

  private lase(at: Point | null): void {
    this.lasing = at !== null;
    this.ports.onLaser(at);
  }
}
