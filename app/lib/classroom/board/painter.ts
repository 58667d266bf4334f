/**
 * Two canvases: below, what is finished, painted only where it changed; above, what is being drawn, painted anew each
 * frame. Nothing is painted outside an animation frame, and once a frame at most.
 */
import RBush from 'rbush';
import { byOrder, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { Matrix } from '#sync/documents/changes.ts';
import { isWriting } from '#sync/documents/items.ts';
import type { Paper } from '#sync/documents/pages.ts';
import { drawGround, setCamera } from '#sync/draw/board.ts';
import { around, boxOfScreen, toScreen, type Box, type Camera, type Size } from '#sync/draw/camera.ts';
import { NO_PICTURES, type Pictures } from '#sync/draw/image.ts';
import { boxOfItem, drawItem, touches, traceItem, type Palette } from '#sync/draw/item.ts';
import type { Lettering } from '#sync/draw/words.ts';

interface Placed {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
  readonly key: string;
  /** Null for words and images; made when it is first to be seen. */
  path: Path2D | null | undefined;
}

/** From so many changed items on the whole page is placed anew: quicker than one by one. */
const MANY = 400;

/** A repaint slower than this while one moves about is put off; the old picture is shifted meanwhile. */
const SLOW_MS = 10;
const SETTLE_MS = 140;

const context = (canvas: HTMLCanvasElement): CanvasRenderingContext2D => {
  const found = canvas.getContext('2d');
  if (!found) throw new Error('This browser has no canvas');
  return found;
};

export class Painter {
  /** What the own pen draws now; the document's copy of it is left out. */
  own: Item | null = null;
  private lift: { readonly items: readonly Item[]; readonly keys: ReadonlySet<string>; by: Matrix } | null = null;
  private hidden: string | null = null;
  private page = FIRST_PAGE;
  private paper: Paper = 'dots';
  private letters: Lettering;
  private pictures: Pictures = NO_PICTURES;
  private readonly reader: BoardReader;
  private readonly base: HTMLCanvasElement;
  private readonly below: CanvasRenderingContext2D;
  private readonly above: CanvasRenderingContext2D;
  private readonly tree = new RBush<Placed>();
  private readonly placed = new Map<string, Placed>();
  private readonly live = new Set<string>();
  private palette: Palette;
  private screen: Size = { width: 0, height: 0 };
  private scale = 1;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  /** The camera of the picture below. */
  private painted: Camera | null = null;
  /** What must be painted again: everything, a part, or what came on top. */
  private dirty: 'all' | Box | null = 'all';
  private fresh: Placed[] = [];
  private frame = 0;
  private settle: ReturnType<typeof setTimeout> | undefined;
  private cost = 0;
  private top = '';
  /** What was made of an item, as long as that is the same object: a replay shows it again and again. */
  private made = new WeakMap<Item, Placed>();
  private stopListening: () => void;

  constructor(
    base: HTMLCanvasElement,
    top: HTMLCanvasElement,
    reader: BoardReader,
    palette: Palette,
    letters: Lettering,
  ) {
    this.base = base;
    this.below = context(base);
    this.above = context(top);
    this.reader = reader;
    this.palette = palette;
    this.letters = letters;
    this.placeAll();
    this.stopListening = reader.onChange((keys) => this.update(keys));
  }

  resize(screen: Size, scale: number): void {
    this.screen = screen;
    this.scale = scale;
    for (const { canvas } of [this.below, this.above]) {
      canvas.width = Math.round(screen.width * scale);
      canvas.height = Math.round(screen.height * scale);
    }
    this.everything();
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.everything();
  }

  /** Letters measure otherwise now: a font or a formula came. */
  setLetters(letters: Lettering): void {
    this.letters = letters;
    this.made = new WeakMap();
    this.placeAll();
  }

  /** Where images come from; without it they are boxes. */
  setPictures(pictures: Pictures): void {
    this.pictures = pictures;
    this.everything();
  }

  /** The picture of a file is here now. */
  pictureCame(file: string): void {
    for (const placed of this.placed.values()) if (this.reader.get(placed.key)?.file === file) this.spoil(placed);
    this.request();
  }

  /** Shows another page. */
  turnTo(page: string): void {
    if (page === this.page) return;
    this.page = page;
    this.placeAll();
  }

  setPaper(paper: Paper): void {
    if (paper === this.paper) return;
    this.paper = paper;
    this.everything();
  }

  /** Items in the hand: painted above, moved by `by`, until they are put down with null. */
  setLift(items: readonly Item[] | null, by: Matrix | null): void {
    const before = this.lift?.items;
    this.lift = items && by ? { items, keys: new Set(items.map(({ key }) => key)), by } : null;
    if (before !== this.lift?.items) this.everything();
    else this.request();
  }

  /** Leaves an item out, because it is shown by something else. */
  hide(key: string | null): void {
    this.hidden = key;
    this.everything();
  }

  look(camera: Camera): void {
    this.camera = camera;
    if (this.cost > SLOW_MS && this.painted) {
      // Move the old picture with the hand; paint it properly when the hand rests.
      const { painted } = this;
      const ratio = camera.zoom / painted.zoom;
      const x = (painted.x - camera.x) * camera.zoom;
      const y = (painted.y - camera.y) * camera.zoom;
      this.base.style.transform = `translate(${x}px, ${y}px) scale(${ratio})`;
      clearTimeout(this.settle);
      this.settle = setTimeout(() => this.everything(), SETTLE_MS);
      this.request();
    } else this.everything();
  }

  /** Something above changed. */
  request(): void {
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  /** The finished and the live items that the segment touches, highest first; `reach` in logical pixels. */
  hit(a: { x: number; y: number }, b: { x: number; y: number }, reach: number): Item[] {
    const near = this.tree.search({
      minX: Math.min(a.x, b.x) - reach,
      minY: Math.min(a.y, b.y) - reach,
      maxX: Math.max(a.x, b.x) + reach,
      maxY: Math.max(a.y, b.y) + reach,
    });
    return [...near.map(({ key }) => key), ...this.live]
      .flatMap((key) => this.reader.get(key) ?? [])
      .filter((item) => !item.erased && touches(item, a, b, reach, this.letters))
      .sort((one, other) => byOrder(other, one));
  }

  /** The items that lie whole within a box. */
  within({ left, top, right, bottom }: Box): Item[] {
    return this.tree
      .search({ minX: left, minY: top, maxX: right, maxY: bottom })
      .filter(({ minX, minY, maxX, maxY }) => minX >= left && minY >= top && maxX <= right && maxY <= bottom)
      .flatMap(({ key }) => this.reader.get(key) ?? []);
  }

  /** The box around all that is to be seen, or null when that is nothing. */
  extent(): Box | null {
    let whole: Box | null = null;
    for (const { minX: left, minY: top, maxX: right, maxY: bottom } of this.placed.values()) {
      const box = { left, top, right, bottom };
      whole = whole ? around(whole, box) : box;
    }
    return whole;
  }

  destroy(): void {
    this.stopListening();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  private everything(): void {
    this.dirty = 'all';
    this.request();
  }

  private placeAll(): void {
    this.tree.clear();
    this.placed.clear();
    this.live.clear();
    this.top = '';
    for (const item of this.reader.visible(this.page)) {
      const placed = item.sealed ? this.boxed(item) : null;
      if (!item.sealed) this.live.add(item.key);
      if (!placed) continue;
      this.placed.set(item.key, placed);
      this.top = item.key;
    }
    this.tree.load([...this.placed.values()]);
    this.everything();
  }

  private update(keys: ReadonlySet<string>): void {
    if (keys.size > MANY) return this.placeAll();
    for (const key of keys) {
      const old = this.placed.get(key);
      const item = this.reader.get(key);
      if (old) {
        this.tree.remove(old);
        this.placed.delete(key);
        this.spoil(old);
      }
      this.live.delete(key);
      if (item && !item.erased && item.page === this.page) this.place(item);
    }
    this.request();
  }

  private place(item: Item): void {
    if (!item.sealed) {
      this.live.add(item.key);
      return;
    }
    const placed = this.boxed(item);
    if (!placed) return;
    this.tree.insert(placed);
    this.placed.set(item.key, placed);
    const highest = this.reader.get(this.top);
    if (!highest || highest.page !== this.page || byOrder(highest, item) <= 0) {
      this.top = item.key;
      this.fresh.push(placed);
    } else this.spoil(placed);
  }

  private boxed(item: Item): Placed | null {
    const known = this.made.get(item);
    if (known) return known;
    const box = boxOfItem(item, this.letters);
    if (!box) return null;
    const { left: minX, top: minY, right: maxX, bottom: maxY } = box;
    const placed: Placed = { minX, minY, maxX, maxY, key: item.key, path: undefined };
    this.made.set(item, placed);
    return placed;
  }

  private spoil({ minX: left, minY: top, maxX: right, maxY: bottom }: Placed): void {
    if (this.dirty === 'all') return;
    const box = { left, top, right, bottom };
    this.dirty = this.dirty ? around(this.dirty, box) : box;
  }

  private paint(): void {
    this.frame = 0;
    if (this.screen.width === 0) return;
    if (this.dirty === 'all') this.paintAll();
    else {
      if (this.dirty) this.paintPart(this.dirty);
      if (this.fresh.length > 0) this.paintFresh();
    }
    this.dirty = null;
    this.fresh = [];
    this.paintLive();
  }

  private paintAll(): void {
    const started = performance.now();
    clearTimeout(this.settle);
    this.base.style.transform = '';
    this.painted = this.camera;
    this.ground();
    this.fill(this.tree.search(edges(boxOfScreen(this.camera, this.screen))));
    this.cost = performance.now() - started;
  }

  private paintPart(box: Box): void {
    const { below, painted, scale } = this;
    if (!painted) return this.paintAll();
    const from = toScreen(painted, box.left, box.top);
    const to = toScreen(painted, box.right, box.bottom);
    below.save();
    below.setTransform(1, 0, 0, 1, 0, 0);
    below.beginPath();
    // Whole device pixels: half-covered ones at the edge would leave a seam.
    const [left, top] = [Math.floor(from.x * scale) - 1, Math.floor(from.y * scale) - 1];
    below.rect(left, top, Math.ceil(to.x * scale) + 1 - left, Math.ceil(to.y * scale) + 1 - top);
    below.clip();
    this.ground();
    this.fill(this.tree.search(edges(box)));
    below.restore();
  }

  private paintFresh(): void {
    if (!this.painted) return;
    this.fill(this.fresh.filter(({ key }) => this.placed.has(key)));
  }

  private ground(): void {
    const { below, screen, scale, palette, paper } = this;
    drawGround(below, { camera: this.painted ?? this.camera, screen, scale, palette, paper });
  }

  private fill(found: readonly Placed[]): void {
    const { below, reader, scale, lift, hidden, own } = this;
    setCamera(below, this.painted ?? this.camera, scale);
    const shown = found.flatMap((placed) => {
      const { key } = placed;
      const item = key === hidden || key === own?.key || lift?.keys.has(key) ? undefined : reader.get(key);
      return item ? [{ item, path: pathOf(placed, item) }] : [];
    });
    shown.sort((a, b) => byOrder(a.item, b.item));
    for (const { item, path } of shown) this.draw(below, item, path);
  }

  private draw(context: CanvasRenderingContext2D, item: Item, path: Path2D | null): void {
    const traced = path ? { fill: () => context.fill(path), stroke: () => context.stroke(path) } : undefined;
    drawItem(context, item, this.palette, this.letters, traced, this.pictures);
  }

  private paintLive(): void {
    const { above, camera, scale, screen, own, lift } = this;
    above.setTransform(scale, 0, 0, scale, 0, 0);
    above.clearRect(0, 0, screen.width, screen.height);
    setCamera(above, camera, scale);
    for (const key of this.live) {
      const item = key === own?.key ? undefined : this.reader.get(key);
      if (item) this.draw(above, item, null);
    }
    if (own) this.draw(above, own, null);
    if (!lift) return;
    above.transform(...lift.by);
    for (const item of lift.items) this.draw(above, item, null);
  }
}

function pathOf(placed: Placed, item: Item): Path2D | null {
  if (placed.path !== undefined) return placed.path;
  placed.path = isWriting(item.kind) || item.kind === 'image' ? null : new Path2D();
  if (placed.path) traceItem(placed.path, item);
  return placed.path;
}

const edges = ({ left, top, right, bottom }: Box) => ({ minX: left, minY: top, maxX: right, maxY: bottom });
