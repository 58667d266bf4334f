/** Boards under random edits and under kills, as `npm run test:chaos` runs them longer. */
import { expect, test } from 'vitest';
import { runBoardKills } from './board-kills.ts';
import { runBoardRounds } from './board-rounds.ts';
import { isFlat, runBoardSoak } from './board-soak.ts';

test('[O3][N6] 100 rounds of random concurrent edits through two nodes converge', async () => {
  const report = await runBoardRounds({ rounds: 100, seed: 20261121 });
  expect(report.problems).toEqual([]);
  expect(report.disconnects).toBeGreaterThan(50);
});

test('[K2][N5] 10 kills of nodes under a storm of writers lose nothing acknowledged', async () => {
  const report = await runBoardKills({ kills: 10, seed: 20261121, writers: 60 });
  expect(report.lost).toEqual([]);
  expect(report.problems).toEqual([]);
  expect(report.acknowledged).toBeGreaterThan(5_000);
  expect(report.resumeMs.count).toBeGreaterThan(100);
  // Within 2 s (N5) where nothing else is at work, which `--board-kills` shows; here they only must come back.
  expect(report.resumeMs.max).toBeLessThan(60_000);
});

test('[K5] a long lesson leaves nothing in memory but its document, and loses nothing', async () => {
  const report = await runBoardSoak({ strokes: 1_200, people: 40, secondsAnHour: 4 });
  expect(report.problems).toEqual([]);
  expect(report.missing).toBe(0);
  expect(report.reconnects).toBe(120);
  expect(report.erased).toBe(360);
  expect(isFlat(report)).toBe(true);
  expect(report.hours.every(({ pen }) => pen.count > 50)).toBe(true);
});
