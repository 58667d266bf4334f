import { describe, expect, it } from 'vitest';
import { Turns } from './turns.ts';

function setUp(costMs: number) {
  const taken: number[] = [];
  const turns: (() => void)[] = [];
  let time = 0;
  const queue = new Turns<number>(
    (thing) => {
      taken.push(thing);
      time += costMs;
      if (thing === 13) throw new Error('cannot be read');
    },
    () => time,
    (then) => void turns.push(then),
  );
  return { queue, taken, turn: () => turns.shift()?.(), left: () => turns.length };
}

describe('messages of a socket', () => {
  it('are taken in their order, sixteen milliseconds at a time', () => {
    const { queue, taken, turn, left } = setUp(6);
    for (let n = 0; n < 7; n += 1) queue.add(n);
    expect(taken).toEqual([]);
    turn();
    expect(taken).toEqual([0, 1, 2]);
    turn();
    expect(taken).toEqual([0, 1, 2, 3, 4, 5]);
    turn();
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(left()).toBe(0);
    queue.add(7);
    turn();
    expect(taken.at(-1)).toBe(7);
  });

  it('that cannot be read keep no other from being taken', () => {
    const { queue, taken, turn } = setUp(1);
    queue.add(13);
    queue.add(14);
    expect(turn).toThrow();
    turn();
    expect(taken).toEqual([13, 14]);
  });

  it('of a connection that is gone are forgotten', () => {
    const { queue, taken, turn } = setUp(10);
    for (let n = 0; n < 4; n += 1) queue.add(n);
    turn();
    queue.clear();
    turn();
    expect(taken).toEqual([0, 1]);
  });
});
