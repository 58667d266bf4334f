import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PointerInput, type Gestures } from './input.ts';

/** A pointer event as the browser sends it, without a browser. */
class FakePointer extends Event {
  readonly pointerId: number;
  readonly pointerType: string;
  readonly clientX: number;
  readonly clientY: number;
  readonly button: number;
  readonly buttons: number;
  readonly pressure = 0.5;
  readonly shiftKey = false;
  readonly when: number;

  constructor(type: string, init: Partial<FakePointer> & { when: number }) {
    super(type);
    this.pointerId = init.pointerId ?? 1;
    this.pointerType = init.pointerType ?? 'touch';
    this.clientX = init.clientX ?? 0;
    this.clientY = init.clientY ?? 0;
    this.button = init.button ?? 0;
    this.buttons = init.buttons ?? 1;
    this.when = init.when;
  }

  override get timeStamp(): number {
    return this.when;
  }

  getCoalescedEvents(): FakePointer[] {
    return [];
  }
}

class Glass extends EventTarget {
  readonly captured: number[] = [];
  getBoundingClientRect(): DOMRect {
    return { left: 0, top: 0, right: 800, bottom: 600, x: 0, y: 0, width: 800, height: 600, toJSON: () => ({}) };
  }
  setPointerCapture(id: number): void {
    this.captured.push(id);
  }
}

interface Finger {
  move(x: number, y: number, wait?: number): Finger;
  up(): Finger;
  taken(): Finger;
}

let now = 0;
beforeEach(() => {
  vi.useFakeTimers();
  now = 1_000;
});
afterEach(() => vi.useRealTimers());

const wait = (ms: number): void => {
  now += ms;
  vi.advanceTimersByTime(ms);
};

function setUp({ fingersDraw = true, mode = 'work' as 'work' | 'move' } = {}) {
  const glass = new Glass();
  /** What came of it, in words: strokes as `begin`, `move`, `end`. */
  const log: string[] = [];
  let draws = fingersDraw;
  const gestures: Gestures = {
    mode: (erases) => (erases ? 'work' : mode),
    fingersDraw: () => draws,
    begin: ({ x, y }, { pressure, erases }) =>
      void log.push(`begin ${x},${y}${pressure ? ' pressure' : ''}${erases ? ' erases' : ''}`),
    move: (points) => void log.push(`move ${points.map(({ x, y }) => `${x},${y}`).join(' ')}`),
    end: () => void log.push('end'),
    cancel: () => void log.push('cancel'),
    pan: (dx, dy) => void (dx !== 0 || dy !== 0 ? log.push(`pan ${dx},${dy}`) : 0),
    zoom: (factor) => void (factor !== 1 ? log.push(`zoom ${factor.toFixed(2)}`) : 0),
    twice: ({ x, y }) => void log.push(`twice ${x},${y}`),
    hover: () => undefined,
    stylus: () => void (draws = false),
  };
  const input = new PointerInput(glass, gestures);
  const put = (
    pointerType: string,
    pointerId: number,
    x: number,
    y: number,
    more: Partial<FakePointer> = {},
  ): Finger => {
    const send = (type: string, to: Partial<FakePointer> = {}): void => {
      glass.dispatchEvent(new FakePointer(type, { pointerId, pointerType, clientX: x, clientY: y, ...to, when: now }));
    };
    send('pointerdown', more);
    const finger: Finger = {
      move(toX, toY, ms = 16) {
        wait(ms);
        [x, y] = [toX, toY];
        send('pointermove', more);
        return finger;
      },
      up() {
        wait(16);
        send('pointerup', { buttons: 0 });
        return finger;
      },
      taken() {
        wait(16);
        send('pointercancel', { buttons: 0 });
        return finger;
      },
    };
    return finger;
  };
  const touch = (id: number, x: number, y: number): Finger => put('touch', id, x, y);
  const pen = (x: number, y: number, more: Partial<FakePointer> = {}): Finger => put('pen', 99, x, y, more);
  return { glass, log, input, put, touch, pen };
}

describe('a stylus', () => {
  it('draws with pressure, and a hand that comes after it is passed over', () => {
    const { log, touch, pen } = setUp();
    const stroke = pen(10, 10).move(20, 20);
    touch(1, 300, 300).move(340, 340);
    stroke.move(30, 30).up();
    expect(log).toEqual(['begin 10,10 pressure', 'move 20,20', 'move 30,30', 'end']);
  });

  it('draws though a hand lay on the glass before it, and what the hand drew goes', () => {
    const { log, touch, pen } = setUp();
    const palm = touch(1, 300, 300).move(320, 320).move(330, 330, 60);
    expect(log).toEqual(['begin 300,300', 'move 320,320 330,330']);
    log.length = 0;
    const stroke = pen(10, 10).move(20, 20);
    palm.move(360, 360);
    stroke.move(30, 30).up();
    palm.up();
    expect(log).toEqual(['cancel', 'begin 10,10 pressure', 'move 20,20', 'move 30,30', 'end']);
  });

  it('draws though a hand was about to, or moved the board, or two parts of it zoomed', () => {
    for (const palms of [1, 2])
      for (const fingersDraw of [true, false]) {
        const { log, touch, pen } = setUp({ fingersDraw });
        const hand = Array.from({ length: palms }, (_, i) => touch(i, 300 + 40 * i, 300));
        wait(16);
        const stroke = pen(10, 10).move(20, 20);
        for (const one of hand) one.move(390, 390);
        stroke.up();
        for (const one of hand) one.up();
        expect(log, `${palms} contacts`).toEqual(['begin 10,10 pressure', 'move 20,20', 'end']);
        // And the next finger is a finger again.
        touch(7, 100, 100).move(120, 100).move(150, 100).up();
        expect(log.at(-1)).toBe('pan 30,0');
      }
  });

  it('rubs out with its other end, also when the tool in the hand moves the board', () => {
    const { log, pen } = setUp({ mode: 'move' });
    pen(10, 10, { button: 5, buttons: 32 }).move(20, 20).up();
    expect(log).toEqual(['begin 10,10 pressure erases', 'move 20,20', 'end']);
  });

  it('keeps its stroke when the system takes it away', () => {
    const { log, pen } = setUp();
    pen(10, 10).move(20, 20).taken();
    expect(log.at(-1)).toBe('end');
  });
});

describe('a finger', () => {
  it('draws, a tap too', () => {
    const { log, touch } = setUp();
    touch(1, 10, 10).up();
    expect(log).toEqual(['begin 10,10', 'end']);
    touch(1, 100, 100).move(130, 100, 60).up();
    expect(log.slice(2)).toEqual(['begin 100,100', 'move 130,100', 'end']);
  });

  it('moves the board when it does not draw, but not while it only rests there', () => {
    const { log, touch } = setUp({ fingersDraw: false });
    const hand = touch(1, 10, 10).move(13, 12).move(9, 11);
    expect(log).toEqual([]);
    hand.move(30, 11).move(40, 15).up();
    expect(log).toEqual(['pan 10,4']);
  });

  it('that becomes two takes back what it had begun', () => {
    const { log, touch } = setUp();
    const first = touch(1, 100, 100).move(120, 100, 60);
    expect(log).toEqual(['begin 100,100', 'move 120,100']);
    const second = touch(2, 200, 100);
    expect(log.at(-1)).toBe('cancel');
    log.length = 0;
    second.move(210, 100).move(230, 100);
    expect(log).toEqual(['pan 10,0', 'zoom 1.22']);
    first.up();
    second.up();
    expect(log).toHaveLength(2);
  });

  it('goes on with a stroke that is well under way when the hand touches the glass', () => {
    const { log, touch } = setUp();
    const stroke = touch(1, 100, 100).move(120, 100, 60).move(140, 100, 600);
    const hand = touch(2, 300, 300);
    hand.move(350, 350);
    stroke.move(160, 100).up();
    hand.up();
    expect(log).toEqual(['begin 100,100', 'move 120,100', 'move 140,100', 'move 160,100', 'end']);
  });

  it('that the system finds to be a hand leaves nothing; a long stroke stays', () => {
    const { log, touch } = setUp();
    touch(1, 100, 100).move(120, 100, 60).taken();
    expect(log.at(-1)).toBe('cancel');
    touch(1, 100, 100).move(120, 100, 60).move(150, 100, 900).taken();
    expect(log.at(-1)).toBe('end');
    touch(1, 100, 100).taken();
    expect(log.at(-1)).toBe('end');
  });

  it('that taps twice in one place says so once, also when the browser says it, too', () => {
    const { log, touch, glass, pen } = setUp();
    touch(1, 100, 100).up();
    wait(100);
    touch(2, 104, 98).up();
    expect(log).toEqual(['begin 100,100', 'end', 'begin 104,98', 'end', 'twice 104,98']);
    log.length = 0;
    pen(100, 100).up();
    pen(100, 100).up();
    glass.dispatchEvent(new FakePointer('dblclick', { when: now + 2 }));
    expect(log.filter((one) => one.startsWith('twice'))).toHaveLength(1);
  });

  it('that taps far apart, slowly, or for long has not tapped twice', () => {
    const { log, touch } = setUp();
    touch(1, 100, 100).up();
    touch(1, 200, 100).up();
    wait(500);
    touch(1, 200, 100).up();
    wait(500);
    const long = touch(1, 200, 100);
    wait(400);
    long.up();
    touch(1, 200, 100).up();
    wait(500);
    touch(1, 200, 100).move(240, 100, 60).up();
    expect(log.filter((one) => one.startsWith('twice'))).toEqual([]);
  });
});
