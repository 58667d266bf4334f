/** Things that are taken in turn with everything else that a page does. */

/** How long things may be taken in one go, wall ms: a frame, since each go of a large document costs a frame to show. */
const TURN_MS = 16;

/** Gives way to what waits, and no longer: a timer would be slow in a page that is not looked at. */
function afterOthers(then: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    then();
  };
  port2.postMessage(null);
}

/** Takes things in their order, for so long at a time. */
export class Turns<T> {
  private readonly take: (thing: T) => void;
  private readonly now: () => number;
  private readonly later: (then: () => void) => void;
  private waiting: T[] = [];
  private scheduled = false;

  constructor(take: (thing: T) => void, now = (): number => performance.now(), later = afterOthers) {
    this.take = take;
    this.now = now;
    this.later = later;
  }

  add(thing: T): void {
    this.waiting.push(thing);
    this.schedule();
  }

  /** What was not taken is not wanted any more. */
  clear(): void {
    this.waiting = [];
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.later(() => {
      this.scheduled = false;
      this.go();
    });
  }

  private go(): void {
    const began = this.now();
    do {
      const [thing] = this.waiting.splice(0, 1);
      if (thing === undefined) return;
      // What one of them cannot be read for must not keep the others.
      if (this.waiting.length > 0) this.schedule();
      this.take(thing);
    } while (this.now() - began < TURN_MS);
  }
}
