/** Time as the viewer of a replay moves it. */
import { clampTo, goOn, leftOf, type Span } from './span.ts';

export const SPEEDS = [1, 2, 4, 8, 16] as const;

export interface PlayerPorts {
  /** Shows this moment, business ms. Called once a frame at most while it plays. */
  readonly show: (at: number) => void;
  /** It played to its end. */
  readonly onEnd?: () => void;
}

/** A hidden page gets no frames; it does not leap when it is seen again. */
const MOST_FRAME_MS = 250;

export class Player {
  /** Business time, ms. */
  at = $state(0);
  playing = $state(false);
  speed: number = $state(1);
  skipIdle = $state(true);
  span: Span = $state.raw({ from: 0, to: 0 });
  idle: readonly Span[] = $state.raw([]);
  private readonly ports: PlayerPorts;
  private frame = 0;
  private last = 0;

  constructor(ports: PlayerPorts) {
    this.ports = ports;
  }

  /** Of these stretches nothing is to be seen. The moment stays. */
  setSpan(span: Span, idle: readonly Span[]): void {
    this.span = span;
    this.idle = idle;
  }

  /** @param at business ms; brought into the span. */
  seek(at: number): void {
    this.at = clampTo(at, this.span);
    this.ports.show(this.at);
  }

  step(by: number): void {
    this.seek(this.at + by);
  }

  /** From the start when it stands at the end. */
  play(): void {
    if (this.playing || this.span.to <= this.span.from) return;
    if (this.at >= this.span.to) this.seek(this.span.from);
    this.playing = true;
    this.last = performance.now();
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.frame);
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  /** The next slower or faster speed. */
  shift(by: -1 | 1): void {
    const at = SPEEDS.findIndex((speed) => speed === this.speed);
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, at + by))] ?? 1;
  }

  /** Wall ms until the end at this speed. */
  get left(): number {
    return leftOf(this.at, this.speed, this.skipIdle ? this.idle : [], this.span);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
  }

  private tick(now: number): void {
    if (!this.playing) return;
    const ms = Math.min(MOST_FRAME_MS, Math.max(0, now - this.last));
    this.last = now;
    this.seek(goOn(this.at, ms, this.speed, this.skipIdle ? this.idle : [], this.span));
    if (this.at >= this.span.to) {
      this.pause();
      this.ports.onEnd?.();
    } else this.frame = requestAnimationFrame((next) => this.tick(next));
  }
}
