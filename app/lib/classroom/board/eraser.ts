/** The erasers: one takes whole items, the other rubs out the part of the ink that it touches. */
import type { BoardReader, Item } from '#sync/documents/board-reader.ts';
import { joinCuts } from '#sync/documents/changes.ts';
import { cutBy, isAllCut } from '#sync/draw/cuts.ts';
import { widthOf } from '#sync/draw/item.ts';
import type { Act, Acts } from './acts.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface EraserPorts {
  readonly acts: Acts;
  readonly reader: BoardReader;
  /** What the segment touches. */
  readonly hit: (a: Point, b: Point, reach: number) => readonly Item[];
  /** Whether this person may take this item away. */
  readonly mayTouch: (item: Item) => boolean;
  /** Shapes and words are not rubbed out in part, and nothing else was touched. */
  readonly onWhole: () => void;
}

export class Eraser {
  private readonly ports: EraserPorts;
  private act: Act = [];
  private last: Point | null = null;
  private parts = false;
  /** Something was to be rubbed out in part that has no parts. */
  private whole = false;

  constructor(ports: EraserPorts) {
    this.ports = ports;
  }

  get down(): boolean {
    return this.last !== null;
  }

  /** @param parts only what is touched, instead of whole items. */
  begin(at: Point, parts: boolean, reach: number): void {
    this.act = [];
    this.last = at;
    this.parts = parts;
    this.move(at, reach);
  }

  /** `reach` in logical pixels. */
  move(to: Point, reach: number): void {
    const from = this.last;
    if (!from) return;
    this.last = to;
    const touched = this.ports.hit(from, to, reach).filter((item) => !item.locked && this.ports.mayTouch(item));
    if (!this.parts)
      return void this.ports.acts.erase(
        touched.map(({ key }) => key),
        this.act,
      );
    for (const item of touched)
      if (item.kind === 'ink' || item.kind === 'highlighter') this.rub(item, from, to, reach);
      else this.whole = true;
  }

  end(): void {
    this.last = null;
    if (this.whole && this.act.length === 0) this.ports.onWhole();
    this.whole = false;
  }

  /** What was taken away comes back. */
  cancel(): void {
    if (this.last === null) return;
    this.last = null;
    this.whole = false;
    this.ports.acts.cancel(this.act);
  }

  private rub(item: Item, from: Point, to: Point, reach: number): void {
    if (!item.sealed) return;
    const { acts } = this.ports;
    const fresh = cutBy(item.points, item.place, from, to, reach + widthOf(item) / 2);
    const cuts = joinCuts(item.cuts, fresh);
    if (cuts.length === item.cuts.length && cuts.every((value, i) => value === item.cuts[i])) return;
    if (isAllCut(item.points, cuts)) acts.erase([item.key], this.act);
    // Under one's own name: what somebody else rubs out at the same time stays rubbed out.
    else acts.change([{ key: item.key, aspect: 'cuts', value: joinCuts(acts.cutsOf(item.key), fresh) }], this.act);
  }
}
