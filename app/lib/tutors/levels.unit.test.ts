import { expect, test } from 'vitest';
import { levelsInWords } from './levels.ts';

test.each([
  [['Class 9', 'Class 10'], 'class 9–10'],
  [['Class 12', 'Class 10', 'Class 11', 'Class 8'], 'class 8, 10–12'],
  [['Class 6', 'Undergraduate'], 'class 6, Undergraduate'],
  [['Grade 9–10', 'Grade 11–12', 'JEE'], 'grade 9–12, JEE'],
  [['Grade 1–5'], 'grade 1–5'],
  [['Adult'], 'Adult'],
  [[], ''],
])('%j is “%s”', (levels, words) => {
  expect(levelsInWords(levels)).toBe(words);
});
