/**
 * Pointers as gestures. A stylus or a mouse draws; one finger draws, or moves the board; two fingers move and zoom. A hand that rests on the glass is passed over, whether it came before the stylus or
 * after it: what a finger had begun by then is not wanted.
 */
export interface ScreenPoint {
  /** CSS pixels from the board's corner. */
  readonly x: number;
  readonly y: number;
  /** 0–1. */
  readonly pressure: number;
}

/** How something is pressed onto the board. */
export interface Press {
  /** It tells how hard. */
  readonly pressure: boolean;
  /** With the end of a stylus that rubs out. */
  readonly erases: boolean;
}

export interface Gestures {
  /** What a plain press does now. */
  readonly mode: (erases: boolean) => 'work' | 'move';
  /** Whether one finger draws. */
  readonly fingersDraw: () => boolean;
  readonly begin: (at: ScreenPoint, press: Press) => void;
  readonly move: (points: readonly ScreenPoint[]) => void;
  readonly end: () => void;
  /** What was begun was not meant. */
  readonly cancel: () => void;
  readonly pan: (dx: number, dy: number) => void;
  /** Multiplies the zoom around a point. */
  readonly zoom: (factor: number, x: number, y: number) => void;
  /** Pressed twice in the same place. */
  readonly twice: (at: ScreenPoint) => void;
  /** Where the pointer is; null when it left. */
  readonly hover: (at: ScreenPoint | null) => void;
  /** A stylus is used. */
  readonly stylus: () => void;
}

/** What of an element is used, so that a test needs no page. */
export type Surface = Pick<HTMLElement, 'addEventListener' | 'getBoundingClientRect' | 'setPointerCapture'>;

/** A finger has this long to become two, wall ms, and may stray this far, CSS pixels. */
const SECOND_FINGER_MS = 90;
const STRAY = 6;
/** What is younger, wall ms, goes when a second finger comes; what is older is meant, and goes on. */
const UNMEANT_MS = 500;
/** Two presses are one double press within so long, wall ms, and so far, CSS pixels; each of them a short one. */
const TWICE_MS = 400;
const TWICE_APART = 24;
const TAP_MS = 300;

/** Of `PointerEvent.buttons`: a stylus's other end. */
const ERASER = 32;

interface Down {
  readonly kind: string;
  readonly since: number;
  readonly from: ScreenPoint;
  x: number;
  y: number;
  /** It has gone further than a hand at rest does. */
  strayed: boolean;
}

type Doing = 'nothing' | 'waiting' | 'working' | 'panning' | 'pinching';

export class PointerInput {
  /** Held space turns a press into a move. */
  space = false;
  /** Whether Shift was held at the last pointer event. */
  shift = false;
  private readonly target: Surface;
  private readonly gestures: Gestures;
  private readonly down = new Map<number, Down>();
  private doing: Doing = 'nothing';
  private worker = -1;
  private early: ScreenPoint[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private tap: { readonly at: ScreenPoint; readonly when: number } | null = null;
  private lastTwice = -Infinity;
  private readonly stop = new AbortController();

  constructor(target: Surface, gestures: Gestures) {
    this.target = target;
    this.gestures = gestures;
    const options = { signal: this.stop.signal };
    target.addEventListener('pointerdown', (event) => this.onDown(event), options);
    target.addEventListener('pointermove', (event) => this.onMove(event), options);
    target.addEventListener('pointerup', (event) => this.onUp(event), options);
    target.addEventListener('pointercancel', (event) => this.onUp(event), options);
    target.addEventListener('pointerleave', () => this.gestures.hover(null), options);
    target.addEventListener('dblclick', (event) => this.onDoubleClick(event), options);
    target.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    target.addEventListener('wheel', (event) => this.onWheel(event), { ...options, passive: false });
    // A long press must not select text or open a magnifier. It also keeps the browser from telling of double taps.
    target.addEventListener('touchstart', (event) => event.preventDefault(), { ...options, passive: false });
  }

  destroy(): void {
    clearTimeout(this.timer);
    this.stop.abort();
  }

  private at(event: PointerEvent): ScreenPoint {
    this.shift = event.shiftKey;
    return { ...this.place(event), pressure: event.pressure };
  }

  private place(event: MouseEvent): ScreenPoint {
    const box = this.target.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top, pressure: 0 };
  }

  private onDown(event: PointerEvent): void {
    const { pointerType, pointerId, button } = event;
    if (pointerType === 'mouse' && button > 1) return;
    const at = this.at(event);
    if (pointerType === 'pen') {
      this.forgetFingers();
      this.gestures.stylus();
    } else if (pointerType === 'touch' && !this.takesFinger(event)) return;
    this.target.setPointerCapture(pointerId);
    const since = event.timeStamp;
    this.down.set(pointerId, { kind: pointerType, since, from: at, x: at.x, y: at.y, strayed: false });
    if (this.fingers().length === 2) return this.startPinch();
    if (this.doing !== 'nothing') return;
    const erases = pointerType === 'pen' && (event.buttons & ERASER) !== 0;
    const moves =
      this.space ||
      button === 1 ||
      this.gestures.mode(erases) === 'move' ||
      (pointerType === 'touch' && !this.gestures.fingersDraw());
    this.worker = pointerId;
    if (moves) {
      this.doing = 'panning';
    } else if (pointerType === 'touch') {
      this.doing = 'waiting';
      this.early = [at];
      this.timer = setTimeout(() => this.startWork({ pressure: false, erases }), SECOND_FINGER_MS);
    } else {
      this.early = [at];
      this.startWork({ pressure: pointerType === 'pen', erases });
    }
  }

  /** A hand beside a stylus, or beside a stroke that is well under way, is no finger. */
  private takesFinger({ timeStamp }: PointerEvent): boolean {
    if ([...this.down.values()].some(({ kind }) => kind === 'pen')) return false;
    const working = this.doing === 'working' ? this.down.get(this.worker) : undefined;
    return working === undefined || timeStamp - working.since < UNMEANT_MS;
  }

  /** A stylus came: whatever fingers were about was the hand that holds it. */
  private forgetFingers(): void {
    const touching = this.fingers().length > 0;
    for (const [id, { kind }] of this.down) if (kind === 'touch') this.down.delete(id);
    if (!touching || this.down.has(this.worker)) return;
    clearTimeout(this.timer);
    this.early = [];
    if (this.doing === 'working') this.gestures.cancel();
    this.doing = 'nothing';
  }

  private startWork(press: Press): void {
    clearTimeout(this.timer);
    const [first, ...rest] = this.early;
    this.early = [];
    if (!first) return;
    this.doing = 'working';
    this.gestures.begin(first, press);
    if (rest.length > 0) this.gestures.move(rest);
  }

  private startPinch(): void {
    clearTimeout(this.timer);
    this.early = [];
    this.tap = null;
    if (this.doing === 'working') this.gestures.cancel();
    this.doing = 'pinching';
  }

  private onMove(event: PointerEvent): void {
    const at = this.at(event);
    const down = this.down.get(event.pointerId);
    if (!down) {
      if (event.pointerType !== 'touch') this.gestures.hover(at);
      return;
    }
    if (!down.strayed && Math.hypot(at.x - down.from.x, at.y - down.from.y) > STRAY) {
      down.strayed = true;
      // A hand at rest does not move the board, and the first finger that does begins without a leap.
      if (down.kind === 'touch' && (this.doing === 'panning' || this.doing === 'pinching'))
        [down.x, down.y] = [at.x, at.y];
    }
    if (this.doing === 'pinching') return this.pinch(event.pointerId, at);
    if (event.pointerId !== this.worker) return;
    this.gestures.hover(at);
    if (this.doing === 'panning') {
      if (down.kind === 'touch' && !down.strayed) return;
      this.gestures.pan(at.x - down.x, at.y - down.y);
    }
    if (this.doing === 'working') this.gestures.move(this.all(event));
    if (this.doing === 'waiting') {
      this.early.push(...this.all(event));
      if (down.strayed && event.timeStamp - down.since > SECOND_FINGER_MS / 2)
        this.startWork({ pressure: false, erases: false });
    }
    down.x = at.x;
    down.y = at.y;
  }

  /** Every sample since the last frame: fast strokes stay round. */
  private all(event: PointerEvent): ScreenPoint[] {
    const events = event.getCoalescedEvents();
    return (events.length > 0 ? events : [event]).map((one) => this.at(one));
  }

  private pinch(pointer: number, at: ScreenPoint): void {
    const moved = this.down.get(pointer);
    const other = [...this.down].find(([id, { kind }]) => id !== pointer && kind === 'touch')?.[1];
    if (!moved?.strayed) return;
    if (other) {
      const before = Math.hypot(moved.x - other.x, moved.y - other.y);
      const after = Math.hypot(at.x - other.x, at.y - other.y);
      this.gestures.pan((at.x - moved.x) / 2, (at.y - moved.y) / 2);
      if (before > 0 && after > 0) this.gestures.zoom(after / before, (at.x + other.x) / 2, (at.y + other.y) / 2);
    } else this.gestures.pan(at.x - moved.x, at.y - moved.y);
    moved.x = at.x;
    moved.y = at.y;
  }

  private onUp(event: PointerEvent): void {
    const down = this.down.get(event.pointerId);
    if (!down) return;
    this.down.delete(event.pointerId);
    if (event.pointerType !== 'mouse') this.gestures.hover(null);
    const meant = event.type === 'pointerup';
    if (event.pointerId === this.worker) {
      // A tap is a dot.
      if (this.doing === 'waiting' && meant) this.startWork({ pressure: false, erases: false });
      if (this.doing === 'working') {
        // The system takes fingers away that it finds to be a hand; a stroke that is well under way stays.
        if (!meant && down.kind === 'touch' && event.timeStamp - down.since < UNMEANT_MS) this.gestures.cancel();
        else this.gestures.end();
      }
      if (this.doing !== 'pinching') {
        this.doing = 'nothing';
        if (meant && down.kind !== 'mouse') this.tapped(down, event.timeStamp);
      }
    }
    clearTimeout(this.timer);
    if (this.down.size === 0) this.doing = 'nothing';
  }

  /** Double taps, of which the browser does not tell. */
  private tapped({ from, since, strayed }: Down, now: number): void {
    const before = this.tap;
    this.tap = strayed || now - since > TAP_MS ? null : { at: from, when: now };
    if (!this.tap || !before) return;
    if (now - before.when > TWICE_MS || Math.hypot(from.x - before.at.x, from.y - before.at.y) > TWICE_APART) return;
    this.tap = null;
    this.lastTwice = now;
    this.gestures.twice(from);
  }

  /** Of a stylus some browsers tell, too: once is enough. */
  private onDoubleClick(event: MouseEvent): void {
    if (event.timeStamp - this.lastTwice > TWICE_MS) this.gestures.twice(this.place(event));
  }

  private fingers(): Down[] {
    return [...this.down.values()].filter(({ kind }) => kind === 'touch');
  }

  private onWheel(event: WheelEvent): void {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const box = this.target.getBoundingClientRect();
    // A trackpad's pinch arrives as a wheel with Ctrl held.
    if (event.ctrlKey || event.metaKey)
      this.gestures.zoom(Math.exp((-event.deltaY * lines) / 240), event.clientX - box.left, event.clientY - box.top);
    else if (event.shiftKey && event.deltaX === 0) this.gestures.pan(-event.deltaY * lines, 0);
    else this.gestures.pan(-event.deltaX * lines, -event.deltaY * lines);
  }
}
