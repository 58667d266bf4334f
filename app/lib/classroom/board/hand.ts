/** The select tool under a pointer: press to select, drag to move, resize or turn, drag beside things to catch many. */
import type { Item } from '#sync/documents/board-reader.ts';
import { isWriting } from '#sync/documents/items.ts';
import type { Matrix } from '#sync/documents/changes.ts';
import type { Box } from '#sync/draw/camera.ts';
import { boxThrough, moved } from '#sync/draw/matrix.ts';
import type { Act } from './acts.ts';
import type { Selection } from './selection.svelte.ts';
import { straighten } from './figure-pen.ts';
import { endAt, handleAt, resized, straightened, turnedBy, type Handle } from './transform.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface HandPorts {
  readonly selection: Selection;
  /** What lies under a point, highest first. */
  readonly under: (at: Point) => readonly Item[];
  readonly within: (box: Box) => readonly Item[];
  readonly mayTouch: (item: Item) => boolean;
  /** A CSS pixel in logical ones. */
  readonly pixel: () => number;
  /** What is in the hand and where it goes; null when it is put down. */
  readonly onLift: (items: readonly Item[] | null, by: Matrix | null) => void;
  /** It was not meant: what was told the others is taken back. */
  readonly onPutBack: (act: Act) => void;
  readonly onCatch: (box: Box | null) => void;
  /** An end of a line or an arrow goes elsewhere. */
  readonly onEnd: (item: Item, end: 0 | 1, to: Point, act: Act) => void;
}

/** Between two words to the others about what is moved, wall ms. */
const SEND_MS = 90;
/** An end of a line goes with the hand as often, wall ms: the line is drawn from the document. */
const END_MS = 30;
/** A press may stray this far, CSS pixels. */
const STRAY = 4;
/** More than this is told only when it is put down. */
const MOST_LIVE = 60;

type Doing =
  | { readonly kind: 'moving'; readonly from: Point }
  | { readonly kind: 'end'; readonly item: Item; readonly end: 0 | 1; readonly other: Point }
  | { readonly kind: 'handle'; readonly handle: Handle; readonly from: Point; readonly box: Box }
  /** `idle`: nothing was selected, so a press that catches nothing may pick the background. */
  | { readonly kind: 'catching'; readonly from: Point; readonly before: readonly Item[]; idle: boolean };

const boxBetween = (a: Point, b: Point): Box => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
});

export class Hand {
  private readonly ports: HandPorts;
  private doing: Doing | null = null;
  private items: readonly Item[] = [];
  private box: Box | null = null;
  private by: Matrix | null = null;
  /** Takes the end of a line to where the hand is. */
  private drag: (() => void) | null = null;
  private act: Act = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: HandPorts) {
    this.ports = ports;
  }

  get down(): boolean {
    return this.doing !== null;
  }

  begin(at: Point, shift: boolean): void {
    const { selection } = this.ports;
    const { ends } = selection;
    const end = ends && endAt(ends, at, this.ports.pixel());
    const [item] = selection.free;
    if (ends && item && end !== null) {
      this.doing = { kind: 'end', item, end, other: ends[end === 0 ? 1 : 0] };
      this.act = [];
      return;
    }
    const handle =
      selection.box && !ends && selection.free.length > 0 ? handleAt(selection.box, at, this.ports.pixel()) : null;
    if (handle && selection.box) {
      this.doing = { kind: 'handle', handle, from: at, box: selection.box };
    } else {
      const hit = this.ports.under(at).find((item) => !item.back && this.ports.mayTouch(item));
      const inside = selection.box !== null && selection.keys.length > 0 && isInside(selection.box, at);
      if (hit && shift) return selection.toggle(hit);
      if (hit && !selection.keys.includes(hit.key)) selection.set([hit]);
      else if (!hit && !inside) {
        const idle = selection.keys.length === 0;
        if (!shift) selection.clear();
        this.doing = { kind: 'catching', from: at, before: selection.items, idle };
        return;
      }
      this.doing = { kind: 'moving', from: at };
    }
    this.items = selection.free;
    this.box = selection.box;
    this.act = [];
  }

  move(to: Point, shift: boolean): void {
    const { doing, ports } = this;
    if (!doing) return;
    if (doing.kind === 'catching') {
      const box = boxBetween(doing.from, to);
      doing.idle &&= Math.max(box.right - box.left, box.bottom - box.top) < STRAY * ports.pixel();
      ports.onCatch(box);
      ports.selection.set([
        ...doing.before,
        ...ports.within(box).filter((item) => !item.locked && !item.back && ports.mayTouch(item)),
      ]);
      return;
    }
    if (doing.kind === 'end') {
      const goal = shift ? straighten('line', doing.other, to) : to;
      this.drag = () => ports.onEnd(doing.item, doing.end, goal, this.act);
      this.timer ??= setTimeout(() => this.send(), END_MS);
      return;
    }
    if (this.items.length === 0) return;
    this.by = this.matrix(doing, to, shift);
    ports.onLift(this.items, this.by);
    if (this.box) ports.selection.box = boxThrough(this.by, this.box);
    if (this.items.length <= MOST_LIVE) this.timer ??= setTimeout(() => this.send(), SEND_MS);
  }

  end(): void {
    const { doing, ports } = this;
    this.doing = null;
    if (doing?.kind === 'catching') {
      const background = doing.idle
        ? ports.under(doing.from).find((item) => item.back && ports.mayTouch(item))
        : undefined;
      if (background && ports.selection.keys.length === 0) ports.selection.set([background]);
      return ports.onCatch(null);
    }
    if (this.by || this.drag) this.send();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.by = null;
    this.items = [];
    ports.onLift(null, null);
    ports.selection.refresh();
  }

  /** Whatever is in the hand is where it was. */
  cancel(): void {
    const { doing, ports } = this;
    if (!doing) return;
    this.doing = null;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.by = null;
    this.drag = null;
    this.items = [];
    if (doing.kind === 'catching') {
      ports.selection.set(doing.before);
      return ports.onCatch(null);
    }
    ports.onPutBack(this.act);
    ports.onLift(null, null);
    ports.selection.refresh();
  }

  private send(): void {
    this.timer = undefined;
    this.drag?.();
    this.drag = null;
    if (!this.by) return;
    const shown = this.ports.selection.box;
    this.ports.selection.transform(this.by, this.items, this.act);
    if (this.doing) this.ports.selection.box = shown;
  }

  private matrix(doing: Exclude<Doing, { kind: 'catching' | 'end' }>, to: Point, shift: boolean): Matrix {
    if (doing.kind === 'moving') {
      const [dx, dy] = [to.x - doing.from.x, to.y - doing.from.y];
      return moved(...(shift ? straightened(dx, dy) : ([dx, dy] as const)));
    }
    if (doing.handle === 'turn') return turnedBy(doing.box, doing.from, to, shift);
    // Letters and pictures are not squeezed, and what was turned would lean.
    const even = this.items.some(
      ({ kind, place }) => isWriting(kind) || kind === 'image' || (place !== null && place[1] !== 0),
    );
    return resized(doing.box, doing.handle, to, even !== shift);
  }
}

const isInside = (box: Box, { x, y }: Point): boolean =>
  x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
