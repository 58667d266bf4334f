/** The own pen: ink on this screen in the same frame, and to the others in small batches. */
import type * as Y from 'yjs';
import type { Item } from '#sync/documents/board-reader.ts';
import { beginStroke, eraseStrokes, type OpenStroke } from '#sync/documents/board-writer.ts';
import { FIRST_PAGE, type StrokeHead } from '#sync/documents/board.ts';
import type { InkPoint } from '#sync/documents/ink.ts';
import type { Author } from '#sync/documents/people.ts';

/** Ink that has waited so long goes with the next samples, wall ms: with one sample a frame, two frames are a batch. */
const BATCH_MS = 12;
/** Ink goes after so long without any more, wall ms. */
const PAUSE_MS = 25;
/** A longer stroke is sealed and begun anew where it stands. */
const MOST_POINTS = 6_000;

export interface PenPorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  /** Everybody follows this pen: its ink waits for no second sample. */
  readonly leads: boolean;
  readonly head: () => Omit<StrokeHead, 'pressure'>;
  /** What is to be seen of the stroke now; null when it is sealed. */
  readonly onInk: (own: Item | null) => void;
  readonly onSealed: (key: string) => void;
}

export class Pen {
  private readonly ports: PenPorts;
  private open: OpenStroke | null = null;
  private own: Item | null = null;
  private points: number[] = [];
  private waiting: InkPoint[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last: InkPoint | null = null;
  private waitingSince = 0;

  constructor(ports: PenPorts) {
    this.ports = ports;
  }

  get down(): boolean {
    return this.open !== null;
  }

  begin(point: InkPoint, pressure: boolean): void {
    const head = { ...this.ports.head(), pressure };
    this.open = beginStroke(this.ports.doc, this.ports.author, head);
    this.points = [];
    const { highlighter, page = FIRST_PAGE, ...rest } = head;
    this.own = {
      ...rest,
      page,
      kind: highlighter ? 'highlighter' : 'ink',
      key: this.open.key,
      points: this.points,
      text: '',
      place: null,
      group: '',
      locked: false,
      cuts: [],
      file: '',
      back: false,
      dash: 0,
      fill: 0,
      sealed: false,
      erased: false,
    };
    this.last = null;
    this.move([point]);
    this.send();
  }

  move(points: readonly InkPoint[]): void {
    if (!this.own) return;
    const now = performance.now();
    for (const point of points) {
      if (this.last && this.last.x === point.x && this.last.y === point.y) continue;
      this.last = point;
      if (this.waiting.length === 0) this.waitingSince = now;
      this.points.push(point.x, point.y, point.pressure);
      this.waiting.push(point);
    }
    this.ports.onInk(this.own);
    if (this.waiting.length > 0 && now - this.waitingSince >= (this.ports.leads ? 0 : BATCH_MS)) this.send();
    else this.timer ??= setTimeout(() => this.send(), PAUSE_MS);
    if (this.points.length > MOST_POINTS * 3 && this.last) {
      const { last, own } = this;
      this.end();
      this.begin(last, own.pressure);
    }
  }

  end(): void {
    const { open } = this;
    if (!open) return;
    this.send();
    open.seal();
    this.open = null;
    this.own = null;
    this.ports.onInk(null);
    this.ports.onSealed(open.key);
  }

  /** It was no pen but a hand: nothing of it stays. */
  cancel(): void {
    const { open } = this;
    if (!open) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
    open.seal();
    eraseStrokes(this.ports.doc, this.ports.author, [open.key]);
    this.open = null;
    this.own = null;
    this.ports.onInk(null);
  }

  /** The page goes away: what was drawn stays drawn. */
  destroy(): void {
    this.end();
    clearTimeout(this.timer);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.length === 0) return;
    this.open?.append(this.waiting);
    this.waiting = [];
  }
}
