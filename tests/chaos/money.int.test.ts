/** P2: killed at every step from the order to the refund, nothing happens twice and nothing is lost. */
import { expect, test } from 'vitest';
import { crashPoints, runChaos } from './run.ts';

const KILLS = 50;

test(
  `M1: the money side survives ${KILLS} kills at its crash points, and of its database`,
  { timeout: 900_000 },
  async () => {
    expect(crashPoints().length).toBeGreaterThan(5);
    const report = await runChaos({ kills: KILLS, seed: 20261121 });
    expect(report.violations).toEqual([]);
    expect(report.differencesOfRebuild).toEqual([]);
    expect(report.kills).toBe(KILLS);
    expect(report.settle.max).toBeLessThan(30_000);
  },
);
