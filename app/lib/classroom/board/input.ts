/**
 * Pointers as gestures. A stylus or a mouse draws; one finger draws as long as no stylus was seen, else it moves the
 * board; two fingers move and zoom. A hand that rests beside a stylus is passed over.
 */
export interface ScreenPoint {
  /** CSS pixels from the board's corner. */
  readonly x: number;
  readonly y: number;
  /** 0–1. */
  readonly pressure: number;
}

export interface Gestures {
  /** What a plain press does now. */
  readonly mode: () => 'work' | 'move';
  readonly begin: (at: ScreenPoint, pressure: boolean) => void;
  readonly move: (points: readonly ScreenPoint[]) => void;
  readonly end: () => void;
  readonly pan: (dx: number, dy: number) => void;
  /** Multiplies the zoom around a point. */
  readonly zoom: (factor: number, x: number, y: number) => void;
  /** Pressed twice in the same place. */
  readonly twice: (at: ScreenPoint) => void;
  /** Where the pointer is; null when it left. */
  readonly hover: (at: ScreenPoint | null) => void;
}

/** A finger has this long to become two, wall ms, and may stray this far, CSS pixels. */
const SECOND_FINGER_MS = 90;
const STRAY = 6;

interface Down {
  readonly kind: string;
  readonly since: number;
  x: number;
  y: number;
}

type Doing = 'nothing' | 'waiting' | 'working' | 'panning' | 'pinching';

export class PointerInput {
  /** Held space turns a press into a move. */
  space = false;
  /** Whether Shift was held at the last pointer event. */
  shift = false;
  private readonly target: HTMLElement;
  private readonly gestures: Gestures;
  private readonly down = new Map<number, Down>();
  private doing: Doing = 'nothing';
  private worker = -1;
  private early: ScreenPoint[] = [];
  private stylus = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly stop = new AbortController();

  constructor(target: HTMLElement, gestures: Gestures) {
    this.target = target;
    this.gestures = gestures;
    const options = { signal: this.stop.signal };
    target.addEventListener('pointerdown', (event) => this.onDown(event), options);
    target.addEventListener('pointermove', (event) => this.onMove(event), options);
    target.addEventListener('pointerup', (event) => this.onUp(event), options);
    target.addEventListener('pointercancel', (event) => this.onUp(event), options);
    target.addEventListener('pointerleave', () => this.gestures.hover(null), options);
    target.addEventListener('dblclick', (event) => this.gestures.twice(this.place(event)), options);
    target.addEventListener('contextmenu', (event) => event.preventDefault(), options);
    target.addEventListener('wheel', (event) => this.onWheel(event), { ...options, passive: false });
    // A long press must not select text or open a magnifier.
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
    if (event.pointerType === 'mouse' && event.button > 1) return;
    const at = this.at(event);
    if (event.pointerType === 'pen') this.stylus = true;
    const penIsDown = [...this.down.values()].some(({ kind }) => kind === 'pen');
    if (event.pointerType === 'touch' && penIsDown) return;
    this.target.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, { kind: event.pointerType, since: event.timeStamp, x: at.x, y: at.y });
    if (this.fingers().length === 2) return this.startPinch();
    if (this.doing !== 'nothing') return;
    const moves =
      this.space ||
      event.button === 1 ||
      this.gestures.mode() === 'move' ||
      (event.pointerType === 'touch' && this.stylus);
    this.worker = event.pointerId;
    if (moves) {
      this.doing = 'panning';
    } else if (event.pointerType === 'touch') {
      this.doing = 'waiting';
      this.early = [at];
      this.timer = setTimeout(() => this.startWork(false), SECOND_FINGER_MS);
    } else {
      this.early = [at];
      this.startWork(event.pointerType === 'pen');
    }
  }

  private startWork(pressure: boolean): void {
    clearTimeout(this.timer);
    const [first, ...rest] = this.early;
    this.early = [];
    if (!first) return;
    this.doing = 'working';
    this.gestures.begin(first, pressure);
    if (rest.length > 0) this.gestures.move(rest);
  }

  private startPinch(): void {
    clearTimeout(this.timer);
    this.early = [];
    if (this.doing === 'working') this.gestures.end();
    this.doing = 'pinching';
  }

  private onMove(event: PointerEvent): void {
    const at = this.at(event);
    const down = this.down.get(event.pointerId);
    if (!down) {
      if (event.pointerType !== 'touch') this.gestures.hover(at);
      return;
    }
    if (this.doing === 'pinching') return this.pinch(event.pointerId, at);
    if (event.pointerId !== this.worker) return;
    this.gestures.hover(at);
    if (this.doing === 'panning') this.gestures.pan(at.x - down.x, at.y - down.y);
    if (this.doing === 'working') this.gestures.move(this.all(event));
    if (this.doing === 'waiting') {
      this.early.push(...this.all(event));
      const [first] = this.early;
      if (
        first &&
        Math.hypot(at.x - first.x, at.y - first.y) > STRAY &&
        event.timeStamp - down.since > SECOND_FINGER_MS / 2
      )
        this.startWork(false);
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
    if (!moved) return;
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
    if (!this.down.delete(event.pointerId)) return;
    if (event.pointerType !== 'mouse') this.gestures.hover(null);
    if (event.pointerId === this.worker) {
      // A tap is a dot.
      if (this.doing === 'waiting' && event.type === 'pointerup') this.startWork(false);
      if (this.doing === 'working') this.gestures.end();
      if (this.doing !== 'pinching') this.doing = 'nothing';
    }
    clearTimeout(this.timer);
    if (this.down.size === 0) this.doing = 'nothing';
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
