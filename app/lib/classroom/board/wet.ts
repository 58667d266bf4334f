/**
 * Ink that is being drawn, on a canvas of its own. It is painted anew only where it differs from what is there, and
 * looks as if all of it were: two hundred pens move a few pixels each, four thousand times a second.
 */
import { byOrder, type Item } from '#sync/documents/board-reader.ts';
import { setCamera } from '#sync/draw/board.ts';
import { around, boxOfScreen, overlaps, type Box, type Camera, type Size } from '#sync/draw/camera.ts';
import { hasPath, traceItem, widthOf } from '#sync/draw/item.ts';
import { clipTo, joined, pixelsOf } from './places.ts';
import { Trail } from './trail.ts';

/** From so many places on the whole canvas is painted anew. */
const MANY_PLACES = 300;

export interface WetPorts {
  /** The item as it is now; null when it is not drawn here any more. */
  readonly item: (key: string) => Item | null;
  readonly boxOf: (item: Item) => Box | null;
  readonly draw: (context: CanvasRenderingContext2D, item: Item, path: Path2D | null) => void;
  /** There is something left for the next frame. */
  readonly request: () => void;
}

/** A pen as it is on the canvas. */
interface Drawn {
  readonly item: Item;
  /** Undefined: it was out of sight, and nobody traced it. */
  readonly path: Path2D | null | undefined;
  readonly trail: Trail | null;
  /** All that it ever covered. */
  readonly box: Box | null;
}

export class Wet {
  private readonly context: CanvasRenderingContext2D;
  private readonly ports: WetPorts;
  private readonly drawn = new Map<string, Drawn>();
  /** What may look otherwise now; who waits longest stands first. */
  private readonly changed = new Set<string>();
  /** The same of those that wait for nobody. */
  private readonly urgent = new Set<string>();
  private whole = true;
  private screen: Size = { width: 0, height: 0 };
  private scale = 1;
  private camera: Camera = { x: 0, y: 0, zoom: 1 };

  constructor(context: CanvasRenderingContext2D, ports: WetPorts) {
    this.context = context;
    this.ports = ports;
  }

  resize(screen: Size, scale: number): void {
    this.screen = screen;
    this.scale = scale;
    this.context.canvas.width = Math.round(screen.width * scale);
    this.context.canvas.height = Math.round(screen.height * scale);
    this.whole = true;
  }

  look(camera: Camera): void {
    this.camera = camera;
    this.whole = true;
  }

  /** All of it looks otherwise, where it is. */
  everything(): void {
    this.whole = true;
  }

  /** An item was drawn further, or is not drawn here any more; `first`: it goes before all others. */
  change(key: string, first = false): void {
    (first ? this.urgent : this.changed).add(key);
  }

  /** Other items are drawn here now. */
  reset(keys: Iterable<string>): void {
    for (const { trail } of this.drawn.values()) trail?.release();
    this.drawn.clear();
    this.changed.clear();
    this.urgent.clear();
    for (const key of keys) this.changed.add(key);
    this.whole = true;
  }

  /**
   * In an animation frame. What goes before all others is painted whatever that takes.
   *
   * @param budget what the paths of the others may take, wall ms; those that are left come with a later frame.
   */
  paint(budget: number): void {
    if (this.screen.width === 0 || (!this.whole && this.changed.size === 0 && this.urgent.size === 0)) return;
    const seen = boxOfScreen(this.camera, this.screen);
    // What was out of sight may be in sight now.
    if (this.whole)
      for (const [key, { path, box }] of this.drawn)
        if (path === undefined && box && overlaps(box, seen)) this.changed.add(key);
    const places = [...this.follow(this.urgent, seen, Infinity), ...this.follow(this.changed, seen, budget)].filter(
      (place) => overlaps(place, seen),
    );
    if (this.whole || places.length > MANY_PLACES) this.paintAll(seen);
    else for (const place of joined(places)) this.paintPlace(place);
    if (this.changed.size > 0) this.ports.request();
  }

  /** Takes in what changed, as much as fits; gives the places where. */
  private follow(changed: Set<string>, seen: Box, budget: number): Box[] {
    const end = performance.now() + budget;
    const places: Box[] = [];
    if (budget <= 0) return places;
    for (const key of changed) {
      changed.delete(key);
      const place = this.followOne(key, seen);
      if (place) places.push(place);
      if (performance.now() > end) break;
    }
    return places;
  }

  private followOne(key: string, seen: Box): Box | null {
    const item = this.ports.item(key);
    const before = this.drawn.get(key);
    if (!item) {
      before?.trail?.release();
      this.drawn.delete(key);
      return before?.box ?? null;
    }
    const whole = this.ports.boxOf(item);
    if (!whole || !overlaps(whole, seen)) {
      before?.trail?.release();
      this.drawn.set(key, { item, path: undefined, trail: null, box: whole });
      return before?.box ?? null;
    }
    if (!hasPath(item)) {
      this.drawn.set(key, { item, path: null, trail: null, box: whole });
      return before?.box ? around(before.box, whole) : whole;
    }
    const path = new Path2D();
    const trail = new Trail(path);
    traceItem(trail, item);
    const place = before?.trail && isAlike(before.item, item) ? trail.differs(before.trail) : null;
    this.drawn.set(key, { item, path, trail, box: before?.box ? around(before.box, whole) : whole });
    if (before?.trail && isAlike(before.item, item)) {
      before.trail.release();
      return place && grown(place, lineOf(item));
    }
    before?.trail?.release();
    return before?.box ? around(before.box, whole) : whole;
  }

  private paintAll(seen: Box): void {
    const { context, camera, scale } = this;
    this.whole = false;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    setCamera(context, camera, scale);
    this.drawAll(seen);
  }

  private paintPlace(place: Box): void {
    const { context, camera, scale } = this;
    const pixels = pixelsOf(place, camera, this.screen, scale);
    if (!pixels) return;
    context.save();
    clipTo(context, pixels);
    context.clearRect(pixels.left, pixels.top, pixels.right - pixels.left, pixels.bottom - pixels.top);
    setCamera(context, camera, scale);
    // The pixels reach further than the place.
    const reach = 2 / (camera.zoom * scale);
    this.drawAll(grown(place, reach));
    context.restore();
  }

  private drawAll(within: Box): void {
    const found: { item: Item; path: Path2D | null }[] = [];
    for (const { item, path, box } of this.drawn.values())
      if (path !== undefined && box && overlaps(box, within)) found.push({ item, path });
    found.sort((a, b) => byOrder(a.item, b.item));
    for (const { item, path } of found) this.ports.draw(this.context, item, path);
  }
}

/** Whether two states of an item differ in their path alone. */
const isAlike = (a: Item, b: Item): boolean => a.kind === b.kind && a.pen === b.pen && widthOf(a) === widthOf(b);

/** How far its line reaches beyond its path; an outline is filled. */
const lineOf = (item: Item): number => (item.kind === 'ink' ? 0 : widthOf(item) / 2);

const grown = ({ left, top, right, bottom }: Box, by: number): Box => ({
  left: left - by,
  top: top - by,
  right: right + by,
  bottom: bottom + by,
});
