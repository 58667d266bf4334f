/**
 * The lower canvas: what is finished, painted only where it changed. A picture that takes long is painted over several
 * frames, beside the one that is shown, so that pens and hands never wait for it.
 */
import { byOrder, type Item } from '#sync/documents/board-reader.ts';
import type { Paper } from '#sync/documents/pages.ts';
import { drawGround, setCamera } from '#sync/draw/board.ts';
import { boxOfScreen, overlaps, type Box, type Camera, type Size } from '#sync/draw/camera.ts';
import type { Palette } from '#sync/draw/item.ts';
import { clipTo, joined, pixelsOf } from './places.ts';

/** A finished item: its box, and its path once it was seen. */
export interface Placed {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly key: string;
  /** Null for words and images; made when it is first to be seen. */
  path: Path2D | null | undefined;
}

export interface BackdropPorts {
  /** What is placed within a box of the board. */
  readonly search: (box: Box) => Placed[];
  /** The item as it is to be shown here; null for what is gone or shown by something else. */
  readonly shown: (placed: Placed) => Item | null;
  readonly draw: (context: CanvasRenderingContext2D, item: Item, placed: Placed) => void;
  readonly request: () => void;
}

/** What painting may take of one frame, wall ms. */
const BUDGET_MS = 7;
/** Items drawn between two looks at the time. */
const AT_ONCE = 8;
/** From so many places on the whole picture is painted anew. */
const MANY_PLACES = 80;
/** From so many items on a picture is made beside the one that is shown. */
const MANY_ITEMS = 100;
/** A repaint slower than this while one moves about is put off; the old picture is shifted meanwhile. */
const SLOW_MS = 10;
const SETTLE_MS = 140;

export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const found = canvas.getContext('2d');
  if (!found) throw new Error('This browser has no canvas');
  return found;
}

export const boxOfPlaced = ({ minX: left, minY: top, maxX: right, maxY: bottom }: Placed): Box => ({
  left,
  top,
  right,
  bottom,
});

/** A picture on its way. */
interface Job {
  readonly context: CanvasRenderingContext2D;
  readonly camera: Camera;
  readonly left: readonly Placed[];
  at: number;
  spent: number;
}

export class Backdrop {
  palette: Palette;
  paper: Paper = 'dots';
  private readonly canvas: HTMLCanvasElement;
  private readonly context: CanvasRenderingContext2D;
  private readonly ports: BackdropPorts;
  private beside: CanvasRenderingContext2D | null = null;
  private screen: Size = { width: 0, height: 0 };
  private scale = 1;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  /** The camera of the picture that is shown. */
  private painted: Camera | null = null;
  /** What must be painted again: everything, or some places. */
  private dirty: 'all' | Box[] = 'all';
  /** What came and lies under nothing. */
  private fresh: Placed[] = [];
  private job: Job | null = null;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private cost = 0;

  constructor(canvas: HTMLCanvasElement, palette: Palette, ports: BackdropPorts) {
    this.canvas = canvas;
    this.context = contextOf(canvas);
    this.palette = palette;
    this.ports = ports;
  }

  resize(screen: Size, scale: number): void {
    this.screen = screen;
    this.scale = scale;
    this.canvas.width = Math.round(screen.width * scale);
    this.canvas.height = Math.round(screen.height * scale);
    this.beside = null;
    this.painted = null;
    this.job = null;
    this.everything();
  }

  look(camera: Camera): void {
    this.camera = camera;
    if (this.cost <= SLOW_MS || !this.painted) return this.everything();
    // Move the old picture with the hand; paint it properly when the hand rests.
    const { painted } = this;
    const x = (painted.x - camera.x) * camera.zoom;
    const y = (painted.y - camera.y) * camera.zoom;
    this.canvas.style.transform = `translate(${x}px, ${y}px) scale(${camera.zoom / painted.zoom})`;
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.everything(), SETTLE_MS);
  }

  everything(): void {
    this.dirty = 'all';
    this.ports.request();
  }

  /** Something is there no more, or looks otherwise, or came under something else. */
  spoil(box: Box): void {
    if (this.dirty === 'all') return;
    this.dirty.push(box);
    if (this.dirty.length > MANY_PLACES) this.dirty = 'all';
  }

  /** Something came that lies under nothing. */
  add(placed: Placed): void {
    this.fresh.push(placed);
  }

  /** A whole picture is due or on its way. */
  get working(): boolean {
    return this.job !== null || this.dirty === 'all';
  }

  /** All that came is on the canvas. */
  get done(): boolean {
    return !this.job && this.dirty !== 'all' && this.dirty.length === 0 && this.fresh.length === 0;
  }

  destroy(): void {
    clearTimeout(this.settle);
  }

  /** In an animation frame. */
  paint(): void {
    if (this.screen.width === 0) return;
    // A picture that was begun is finished first: otherwise one that is spoilt again and again would never be seen.
    if (this.dirty === 'all' && !this.job) this.begin();
    if (this.job) this.goOn(this.job);
    // What came meanwhile is added to the whole picture, not to half of it.
    if (this.job || this.dirty === 'all') this.ports.request();
    else this.paintPlaces();
  }

  /** A new picture, of all that is in sight now. */
  private begin(): void {
    clearTimeout(this.settle);
    this.dirty = [];
    this.fresh = [];
    const left = this.ports.search(boxOfScreen(this.camera, this.screen));
    const context = left.length > MANY_ITEMS && this.painted ? this.aside() : this.context;
    if (context === this.context) this.show(this.camera);
    this.job = { context, camera: this.camera, left: this.sorted(left), at: 0, spent: 0 };
    drawGround(context, this.ground(this.camera));
    setCamera(context, this.camera, this.scale);
  }

  private goOn(job: Job): void {
    const began = performance.now();
    let spent = 0;
    while (job.at < job.left.length && spent < BUDGET_MS) {
      this.drawAll(job.context, job.left.slice(job.at, job.at + AT_ONCE));
      job.at += AT_ONCE;
      spent = performance.now() - began;
    }
    job.spent += spent;
    if (job.at < job.left.length) return;
    this.job = null;
    this.cost = job.spent;
    if (job.context === this.context) return;
    this.show(job.camera);
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.drawImage(job.context.canvas, 0, 0);
    // The hand moved on while this was painted.
    if (job.camera !== this.camera) this.look(this.camera);
  }

  private show(camera: Camera): void {
    this.canvas.style.transform = '';
    this.painted = camera;
  }

  private aside(): CanvasRenderingContext2D {
    if (this.beside) return this.beside;
    const canvas = document.createElement('canvas');
    canvas.width = this.canvas.width;
    canvas.height = this.canvas.height;
    return (this.beside = contextOf(canvas));
  }

  private paintPlaces(): void {
    const { context, painted, scale } = this;
    if (!painted || this.dirty === 'all') return;
    const places = this.dirty;
    // What came to a place that is painted anew is painted with it, once.
    let fresh = this.fresh;
    for (let before = -1; before !== fresh.length;) {
      before = fresh.length;
      fresh = fresh.filter((placed) => {
        const box = boxOfPlaced(placed);
        if (!places.some((place) => overlaps(place, box))) return true;
        places.push(box);
        return false;
      });
    }
    this.dirty = [];
    this.fresh = [];
    if (places.length > MANY_PLACES) return this.everything();
    for (const place of joined(places)) this.paintPart(place, painted);
    if (fresh.length === 0) return;
    setCamera(context, painted, scale);
    this.drawAll(context, this.sorted(fresh));
  }

  private paintPart(box: Box, painted: Camera): void {
    const { context, scale, screen } = this;
    const pixels = pixelsOf(box, painted, screen, scale);
    if (!pixels) return;
    context.save();
    clipTo(context, pixels);
    const { left, top, right, bottom } = pixels;
    const part = { left: left / scale - 1, top: top / scale - 1, right: right / scale + 1, bottom: bottom / scale + 1 };
    drawGround(context, this.ground(painted), part);
    setCamera(context, painted, scale);
    this.drawAll(context, this.sorted(this.ports.search(box)));
    context.restore();
  }

  private ground(camera: Camera) {
    const { screen, scale, palette, paper } = this;
    return { camera, screen, scale, palette, paper };
  }

  private sorted(found: readonly Placed[]): Placed[] {
    return found
      .flatMap((placed) => {
        const item = this.ports.shown(placed);
        return item ? [{ placed, item }] : [];
      })
      .sort((a, b) => byOrder(a.item, b.item))
      .map(({ placed }) => placed);
  }

  private drawAll(context: CanvasRenderingContext2D, found: readonly Placed[]): void {
    for (const placed of found) {
      const item = this.ports.shown(placed);
      if (item) this.ports.draw(context, item, placed);
    }
  }
}
