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
import { setCamera } from '#sync/draw/board.ts';
import { around, boxOfScreen, overlaps, type Box, type Camera, type Size } from '#sync/draw/camera.ts';
import { NO_PICTURES, type Pictures } from '#sync/draw/image.ts';
import { boxOfItem, drawItem, touches, traceItem, type Palette } from '#sync/draw/item.ts';
import type { Lettering } from '#sync/draw/words.ts';
import { Backdrop, boxOfPlaced, contextOf, type Placed } from './backdrop.ts';

/** From so many changed items on the whole page is placed anew: quicker than one by one. */
const MANY = 400;

/** What paths of others' pens may take of one frame, wall ms; with more of them, some are shown a frame later. */
const LIVE_MS = 4;

export class Painter {
  /** What the own pen draws now; the document's copy of it is left out. */
  own: Item | null = null;
  private lift: { readonly items: readonly Item[]; readonly keys: ReadonlySet<string>; by: Matrix } | null = null;
  private hidden: string | null = null;
  private faint: ReadonlySet<string> = new Set();
  private page = FIRST_PAGE;
  private letters: Lettering;
  private pictures: Pictures = NO_PICTURES;
  private readonly reader: BoardReader;
  private readonly below: Backdrop;
  private readonly above: CanvasRenderingContext2D;
  private readonly tree = new RBush<Placed>();
  private readonly placed = new Map<string, Placed>();
  /** What others draw now; whose path was made longest ago stands first. */
  private readonly live = new Set<string>();
  /** The latest paths of those. */
  private readonly drawn = new Map<string, Placed>();
  private palette: Palette;
  private screen: Size = { width: 0, height: 0 };
  private scale = 1;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  private frame = 0;
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
    this.below = new Backdrop(base, palette, {
      search: (box) => this.tree.search(edges(box)),
      shown: (placed) => this.shown(placed),
      draw: (context, item, placed) => this.draw(context, item, pathOf(placed, item)),
      request: () => this.request(),
    });
    this.above = contextOf(top);
    this.reader = reader;
    this.palette = palette;
    this.letters = letters;
    this.placeAll();
    this.stopListening = reader.onChange((keys) => this.update(keys));
  }

  resize(screen: Size, scale: number): void {
    this.screen = screen;
    this.scale = scale;
    const { canvas } = this.above;
    canvas.width = Math.round(screen.width * scale);
    canvas.height = Math.round(screen.height * scale);
    this.below.resize(screen, scale);
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.below.palette = palette;
    this.below.everything();
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
    this.below.everything();
  }

  /** The picture of a file is here now. */
  pictureCame(file: string): void {
    for (const placed of this.placed.values())
      if (this.reader.get(placed.key)?.file === file) this.below.spoil(boxOfPlaced(placed));
    this.request();
  }

  /** Shows another page. */
  turnTo(page: string): void {
    if (page === this.page) return;
    this.page = page;
    this.placeAll();
  }

  setPaper(paper: Paper): void {
    if (paper === this.below.paper) return;
    this.below.paper = paper;
    this.below.everything();
  }

  /** Items in the hand: painted above, moved by `by`, until they are put down with null. */
  setLift(items: readonly Item[] | null, by: Matrix | null): void {
    const before = this.lift?.items;
    this.lift = items && by ? { items, keys: new Set(items.map(({ key }) => key)), by } : null;
    if (before !== this.lift?.items) this.below.everything();
    else this.request();
  }

  /** Items that are not known to be kept: fainter until they are. Only where they stand is painted anew. */
  setFaint(keys: ReadonlySet<string>): void {
    const before = this.faint;
    this.faint = keys;
    for (const key of new Set([...before, ...keys])) {
      const placed = before.has(key) === keys.has(key) ? undefined : this.placed.get(key);
      if (placed) this.below.spoil(boxOfPlaced(placed));
    }
    this.request();
  }

  /** Leaves an item out, because it is shown by something else. */
  hide(key: string | null): void {
    this.hidden = key;
    this.below.everything();
  }

  look(camera: Camera): void {
    this.camera = camera;
    this.below.look(camera);
    this.request();
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
    for (const placed of this.placed.values()) {
      const box = boxOfPlaced(placed);
      whole = whole ? around(whole, box) : box;
    }
    return whole;
  }

  destroy(): void {
    this.stopListening();
    cancelAnimationFrame(this.frame);
    this.below.destroy();
  }

  private placeAll(): void {
    this.tree.clear();
    this.placed.clear();
    this.live.clear();
    this.drawn.clear();
    for (const item of this.reader.visible(this.page)) {
      const placed = item.sealed ? this.boxed(item) : null;
      if (!item.sealed) this.live.add(item.key);
      if (!placed) continue;
      this.placed.set(item.key, placed);
    }
    this.tree.load([...this.placed.values()]);
    this.below.everything();
  }

  private update(keys: ReadonlySet<string>): void {
    if (keys.size > MANY) return this.placeAll();
    for (const key of keys) {
      const old = this.placed.get(key);
      const item = this.reader.get(key);
      if (old) {
        this.tree.remove(old);
        this.placed.delete(key);
        this.below.spoil(boxOfPlaced(old));
      }
      const here = item && !item.erased && item.page === this.page;
      if (!here || item.sealed) {
        this.live.delete(key);
        this.drawn.delete(key);
      }
      if (here) this.place(item);
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
    const covered = this.tree.search(placed).some(({ key }) => {
      const other = this.reader.get(key);
      return other && byOrder(other, item) > 0;
    });
    this.tree.insert(placed);
    this.placed.set(item.key, placed);
    if (covered) this.below.spoil(boxOfPlaced(placed));
    else this.below.add(placed);
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

  private paint(): void {
    this.frame = 0;
    if (this.screen.width === 0) return;
    this.below.paint();
    this.paintLive();
  }

  private shown(placed: Placed): Item | null {
    const { key } = placed;
    if (key === this.hidden || key === this.own?.key || this.lift?.keys.has(key)) return null;
    return this.placed.get(key) === placed ? (this.reader.get(key) ?? null) : null;
  }

  private draw(context: CanvasRenderingContext2D, item: Item, path: Path2D | null): void {
    const traced = path ? { fill: () => context.fill(path), stroke: () => context.stroke(path) } : undefined;
    drawItem(context, item, this.palette, this.letters, traced, this.pictures, this.faint.has(item.key));
  }

  private paintLive(): void {
    const { above, camera, scale, screen, own, lift } = this;
    above.setTransform(scale, 0, 0, scale, 0, 0);
    above.clearRect(0, 0, screen.width, screen.height);
    setCamera(above, camera, scale);
    this.paintPens(boxOfScreen(camera, screen));
    if (own) this.draw(above, own, null);
    if (!lift) return;
    above.transform(...lift.by);
    for (const item of lift.items) this.draw(above, item, null);
  }

  /** Of two hundred pens only some have moved since the last frame; the others' paths are still good. */
  private paintPens(seen: Box): void {
    const end = performance.now() + LIVE_MS;
    for (const key of [...this.live]) {
      const item = key === this.own?.key ? undefined : this.reader.get(key);
      const placed = item && this.boxed(item);
      if (!placed || !overlaps(boxOfPlaced(placed), seen)) continue;
      const before = placed.path === undefined && performance.now() > end ? this.drawn.get(key) : undefined;
      if (before) {
        this.draw(this.above, item, before.path ?? null);
        this.request();
        continue;
      }
      if (placed.path === undefined) {
        this.live.delete(key);
        this.live.add(key);
        this.drawn.set(key, placed);
      }
      this.draw(this.above, item, pathOf(placed, item));
    }
  }
}

function pathOf(placed: Placed, item: Item): Path2D | null {
  if (placed.path !== undefined) return placed.path;
  placed.path = isWriting(item.kind) || item.kind === 'image' ? null : new Path2D();
  if (placed.path) traceItem(placed.path, item);
  return placed.path;
}

const edges = ({ left, top, right, bottom }: Box) => ({ minX: left, minY: top, maxX: right, maxY: bottom });
