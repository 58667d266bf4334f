/**
 * Three canvases, one above the other: what is finished, what others are drawing, and what is in the own hand; each is painted
 * only where it changed. Nothing is painted outside an animation frame, and once a frame at most.
 */
import RBush from 'rbush';
import { byOrder, type BoardReader, type Item } from '#sync/documents/board-reader.ts';
import { FIRST_PAGE } from '#sync/documents/board.ts';
import type { Matrix } from '#sync/documents/changes.ts';
import type { Paper } from '#sync/documents/pages.ts';
import { setCamera } from '#sync/draw/board.ts';
import { around, type Box, type Camera, type Size } from '#sync/draw/camera.ts';
import { NO_PICTURES, type Pictures } from '#sync/draw/image.ts';
import { boxOfItem, drawItem, hasPath, touches, traceItem, type Palette } from '#sync/draw/item.ts';
import type { Lettering } from '#sync/draw/words.ts';
import { Backdrop, boxOfPlaced, contextOf, type Placed } from './backdrop.ts';
import { Wet } from './wet.ts';

/** From so many changed items on the whole page is placed anew: quicker than one by one. */
const MANY = 400;

/** What paths of others' pens may take of one frame, wall ms; with more of them, some are shown a frame later. */
const OTHERS_MS = 4;
/**
 * What others did is painted again after so many times what it took, and after this long at the latest, wall ms: behind the
 * scripts' time stands a multiple of it in which the browser fills and composes. The own pen has every frame.
 */
const REST = 8;
const MOST_REST_MS = 48;

export interface Canvases {
  /** What is finished. */
  readonly base: HTMLCanvasElement;
  /** What others are drawing. */
  readonly wet: HTMLCanvasElement;
  /** What is in the own hand. */
  readonly top: HTMLCanvasElement;
}

export class Painter {
  /** The document is still coming, in parts and in no order. */
  private loading = false;
  /** What came meanwhile was painted over what lies above it. */
  private jumbled = false;
  private own: Item | null = null;
  private lift: { readonly items: readonly Item[]; readonly keys: ReadonlySet<string>; by: Matrix } | null = null;
  private hidden: string | null = null;
  private faint: ReadonlySet<string> = new Set();
  private page = FIRST_PAGE;
  private letters: Lettering;
  private pictures: Pictures = NO_PICTURES;
  private readonly reader: BoardReader;
  private readonly below: Backdrop;
  private readonly others: Wet;
  private readonly pen: Wet;
  private readonly above: CanvasRenderingContext2D;
  private readonly tree = new RBush<Placed>();
  private readonly placed = new Map<string, Placed>();
  /** What is being drawn, and whether it goes before all others. */
  private readonly live = new Map<string, boolean>();
  /** Finished and not on the lower canvas yet: until then it stays where it was drawn. */
  private readonly leaving = new Set<string>();
  private palette: Palette;
  private screen: Size = { width: 0, height: 0 };
  private scale = 1;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };
  private frame = 0;
  /** What was made of an item, as long as that is the same object: a replay shows it again and again. */
  private made = new WeakMap<Item, Placed>();
  /** What others did is painted again from then on, wall ms. */
  private rest = 0;
  private readonly goesFirst: (key: string) => boolean;
  private stopListening: () => void;

  /** @param goesFirst whose ink is shown at once, however many draw. */
  constructor(
    { base, wet, top }: Canvases,
    reader: BoardReader,
    palette: Palette,
    letters: Lettering,
    goesFirst: (key: string) => boolean = () => false,
  ) {
    this.goesFirst = goesFirst;
    this.below = new Backdrop(base, palette, {
      search: (box) => this.tree.search(edges(box)),
      shown: (placed) => this.shown(placed),
      draw: (context, item, placed) => this.draw(context, item, pathOf(placed, item)),
      request: () => this.soon(),
    });
    this.above = contextOf(top);
    const ports = {
      boxOf: (item: Item) => boxOfItem(item, this.letters),
      draw: (context: CanvasRenderingContext2D, item: Item, path: Path2D | null) => this.draw(context, item, path),
      request: () => this.soon(),
    };
    this.others = new Wet(contextOf(wet), { ...ports, item: (key) => this.wet(key) });
    this.pen = new Wet(this.above, { ...ports, item: (key) => this.inHand(key) });
    this.reader = reader;
    this.palette = palette;
    this.letters = letters;
    this.placeAll();
    this.stopListening = reader.onChange((keys, remote) => this.update(keys, remote));
  }

  /**
   * While a document comes in parts, what comes is painted on top of what is there; all of it is painted in its order once,
   * when everything has come. Otherwise each part would have most of the picture painted anew.
   */
  setLoading(loading: boolean): void {
    this.loading = loading;
    if (loading || !this.jumbled) return;
    this.jumbled = false;
    this.below.everything();
  }

  resize(screen: Size, scale: number): void {
    this.screen = screen;
    this.scale = scale;
    for (const layer of [this.below, this.others, this.pen]) layer.resize(screen, scale);
  }

  setPalette(palette: Palette): void {
    this.palette = palette;
    this.below.palette = palette;
    for (const layer of [this.below, this.others, this.pen]) layer.everything();
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

  /** What the own pen draws now, or null; the document's copy of it is left out. */
  setOwn(own: Item | null): void {
    const before = this.own;
    this.own = own;
    if (own) this.pen.change(own.key);
    this.soon();
    if (before?.key === own?.key) return;
    for (const one of [before, own]) {
      if (!one) continue;
      this.pen.change(one.key);
      this.others.change(one.key, true);
    }
    this.request();
  }

  /** Items in the hand: painted above, moved by `by`, until they are put down with null. */
  setLift(items: readonly Item[] | null, by: Matrix | null): void {
    const before = this.lift?.items;
    this.lift = items && by ? { items, keys: new Set(items.map(({ key }) => key)), by } : null;
    this.pen.everything();
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
    for (const layer of [this.below, this.others, this.pen]) layer.look(camera);
    this.request();
  }

  /** Something changed here, and is to be seen in the next frame. */
  private request(): void {
    this.rest = 0;
    this.soon();
  }

  private soon(): void {
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
    return [...near.map(({ key }) => key), ...this.live.keys()]
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
    this.jumbled = false;
    this.tree.clear();
    this.placed.clear();
    this.live.clear();
    for (const key of this.leaving) this.leave(key);
    for (const item of this.reader.visible(this.page)) {
      const placed = item.sealed ? this.boxed(item) : null;
      if (!item.sealed) this.live.set(item.key, this.goesFirst(item.key));
      if (!placed) continue;
      this.placed.set(item.key, placed);
    }
    this.tree.load([...this.placed.values()]);
    this.others.reset(this.live.keys());
    this.rest = 0;
    this.below.everything();
  }

  private update(keys: ReadonlySet<string>, remote = false): void {
    if (keys.size > MANY) return this.placeAll();
    for (const key of keys) {
      const old = this.placed.get(key);
      const item = this.reader.get(key);
      if (old) {
        this.tree.remove(old);
        this.placed.delete(key);
        this.below.spoil(boxOfPlaced(old));
      }
      // What one does oneself is seen at once; the own pen is painted in each frame anyway.
      if (!remote && (old || item?.sealed)) this.rest = 0;
      const here = item && !item.erased && item.page === this.page;
      if (!here || item.sealed) this.dry(key, here === true);
      if (here) this.place(item);
    }
    this.soon();
  }

  /** It is not being drawn any more: it is finished, or gone. */
  private dry(key: string, finished: boolean): void {
    const drawn = this.live.delete(key);
    if (!finished) this.leave(key);
    else if (drawn) this.leaving.add(key);
  }

  /** It is nowhere but on the lower canvas. */
  private leave(key: string): void {
    this.leaving.delete(key);
    this.others.change(key, true);
    this.pen.change(key);
  }

  private place(item: Item): void {
    if (!item.sealed) {
      const first = this.live.get(item.key) ?? this.goesFirst(item.key);
      this.live.set(item.key, first);
      this.others.change(item.key, first);
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
    if (covered && !this.loading) return this.below.spoil(boxOfPlaced(placed));
    this.jumbled ||= covered;
    this.below.add(placed);
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
    const now = performance.now();
    if (now >= this.rest || this.below.working) this.paintOthers(now);
    else {
      this.others.paint(0);
      this.soon();
    }
    this.paintHand();
  }

  private paintOthers(began: number): void {
    this.below.paint();
    if (this.below.done) {
      for (const key of this.leaving) this.leave(key);
    }
    this.others.paint(OTHERS_MS);
    const now = performance.now();
    // A large picture is painted in every frame, a part at a time.
    this.rest = this.below.working ? 0 : now + Math.min(MOST_REST_MS, (now - began) * REST);
  }

  private wet(key: string): Item | null {
    return this.live.has(key) && key !== this.own?.key ? (this.reader.get(key) ?? null) : null;
  }

  private inHand(key: string): Item | null {
    if (this.own?.key === key) return this.own;
    return this.leaving.has(key) ? (this.reader.get(key) ?? null) : null;
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

  private paintHand(): void {
    const { above, camera, scale, lift } = this;
    this.pen.paint(Infinity);
    if (!lift) return;
    setCamera(above, camera, scale);
    above.transform(...lift.by);
    for (const item of lift.items) this.draw(above, item, null);
  }
}

function pathOf(placed: Placed, item: Item): Path2D | null {
  if (placed.path !== undefined) return placed.path;
  placed.path = hasPath(item) ? new Path2D() : null;
  if (placed.path) traceItem(placed.path, item);
  return placed.path;
}

const edges = ({ left, top, right, bottom }: Box) => ({ minX: left, minY: top, maxX: right, maxY: bottom });
