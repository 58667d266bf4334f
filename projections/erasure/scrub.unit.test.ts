import { describe, expect, it } from 'vitest';
import { scrubData, scrubText, type Traces } from './scrub.ts';

const traces: Traces = {
  personId: 'p1',
  name: 'Asha',
  email: 'asha@nexused.test',
  words: new Set(['ok', 'My note of last week']),
};

describe('taking a person out of texts', () => {
  it.each([
    ['Asha booked Physics', 'someone who left booked Physics'],
    ['Ashaman and Prakasha stay; Asha, though, goes.', 'Ashaman and Prakasha stay; someone who left, though, goes.'],
    ['Write to Asha@nexused.test', 'Write to [erased]'],
    ['They said: My note of last week.', 'They said: [erased].'],
    ['ok', '[erased]'],
    ['A book is ok', 'A book is ok'],
    ['(Asha)', '(someone who left)'],
  ])('SE14: %s → %s', (text, scrubbed) => {
    expect(scrubText(text, traces)).toBe(scrubbed);
  });

  it('SE14: in plain data, wherever it stands, and nothing else', () => {
    const data = { wish: { note: 'ok', price: 80_000, list: [null, true, 'Asha'] }, mode: 'instant' };
    expect(scrubData(data, traces)).toEqual({
      wish: { note: '[erased]', price: 80_000, list: [null, true, 'someone who left'] },
      mode: 'instant',
    });
    const untouched = { a: [1, 'b'] };
    expect(scrubData(untouched, traces)).toBe(untouched);
  });
});
