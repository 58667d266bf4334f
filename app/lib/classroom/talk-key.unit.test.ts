import { describe, expect, it } from 'vitest';
import { handsOf } from './hands.ts';
import { TalkKey } from './talk-key.ts';

describe('the key for speaking', () => {
  it('speaks while it is held, and is silent afterwards', () => {
    const key = new TalkKey();
    expect(key.down(true, 0, false)).toBe('talk');
    expect(key.down(false, 30, false)).toBeNull();
    expect(key.holding).toBe(true);
    expect(key.up(2_000, false)).toBe('hush');
    expect(key.up(2_100, false)).toBeNull();
  });

  it('switches when it is pressed shortly', () => {
    const key = new TalkKey();
    expect([key.down(true, 0, false), key.up(120, false)]).toEqual(['talk', 'toggle']);
    expect([key.down(false, 500, false), key.up(620, false)]).toEqual(['toggle', null]);
  });

  it('as a key for holding alone it never leaves the microphone open, and never mutes', () => {
    const key = new TalkKey();
    expect([key.down(true, 0, true), key.up(50, true)]).toEqual(['talk', 'hush']);
    expect([key.down(false, 500, true), key.up(900, true)]).toEqual([null, null]);
  });

  it('is silent when the page loses the keyboard', () => {
    const key = new TalkKey();
    key.down(true, 0, false);
    expect([key.lost(), key.lost(), key.up(9_000, false)]).toEqual(['hush', null, null]);
  });
});

it('raised hands stand in the order of raising, one’s own among them', () => {
  const person = (personId: string, hand: number | null) => ({ personId, name: personId, hand });
  expect(handsOf(person('me', 4), [person('ann', 7), person('bob', null), person('cy', 2)])).toEqual([
    { personId: 'cy', name: 'cy', place: 1 },
    { personId: 'me', name: 'me', place: 2 },
    { personId: 'ann', name: 'ann', place: 3 },
  ]);
  expect(handsOf(null, [])).toEqual([]);
});
