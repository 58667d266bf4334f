import { describe, expect, it } from 'vitest';
import { audible, type Voice } from './voices.ts';

const voice = (heard: number, more: Partial<Voice> = {}): Voice => ({ always: false, open: true, heard, ...more });
const heardOf = (voices: Record<string, Voice>, most: number): string[] =>
  [...audible(new Map(Object.entries(voices)), most)].toSorted();

describe('[V1] whose voice reaches everybody', () => {
  it('everyone’s, while there are few', () => {
    expect(heardOf({ ann: voice(1), bob: voice(0, { open: false }) }, 2)).toEqual(['ann', 'bob']);
    expect(heardOf({}, 2)).toEqual([]);
  });

  it('those who spoke last, in a large room', () => {
    expect(heardOf({ ann: voice(5), bob: voice(7), cy: voice(6) }, 2)).toEqual(['bob', 'cy']);
  });

  it('the hosts’, however long they were silent, and beside them as many others', () => {
    expect(heardOf({ host: voice(0, { always: true }), bob: voice(7), cy: voice(6), dan: voice(5) }, 2)).toEqual([
      'bob',
      'cy',
      'host',
    ]);
    expect(heardOf({ host: voice(0, { always: true, open: false }), bob: voice(7) }, 0)).toEqual(['host']);
  });

  it('a closed microphone gives way to an open one, whenever it was heard', () => {
    expect(heardOf({ ann: voice(9, { open: false }), bob: voice(0) }, 1)).toEqual(['bob']);
  });
});
