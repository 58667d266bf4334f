/** Media workers and nodes killed under live rooms, as `npm run test:chaos -- --sfu-kills` and `--node-kills` do it longer. */
import { expect, test } from 'vitest';
import { runNodeKills } from './node-kills.ts';
import { runSfuKills } from './sfu-kills.ts';

test('[P7][S4] 5 kills of media workers: everybody has everybody once again, and other rooms notice nothing', async () => {
  const report = await runSfuKills({ kills: 5, seed: 20261122 });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBe(5);
  expect(report.moved).toBeGreaterThan(5);
  // Within 3 s and 5 s (P7) where nothing else is at work, which `--sfu-kills` shows; here they only must come back.
  expect(report.pictures.max).toBeLessThan(30_000);
});

test('[N6] 2 kills of nodes: everybody has everybody once again at another one, and the lesson knows who was there', async () => {
  const report = await runNodeKills({ kills: 2, seed: 20261122 });
  expect(report.problems).toEqual([]);
  expect(report.kills).toBe(2);
}, 180_000);
