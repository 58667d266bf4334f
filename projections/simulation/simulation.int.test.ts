/** Whole lives of payments with a clock of their own: P2 of money, for any order of events that one number can make. */
import { expect, it } from 'vitest';
import { live } from './life.ts';

const LIVES = 100_000;

/** Seeds that once broke a rule stay here, each with what it found. */
const FOUND: readonly (readonly [seed: number, what: string])[] = [];

it.each(FOUND)('seed %i: %s', (seed) => expect(live(seed).violations).toEqual([]));

it(`SI1: every rule of money holds in ${LIVES.toLocaleString('en')} lives`, { timeout: 900_000 }, () => {
  const first = Number(process.env['SIMULATION_SEED'] ?? 1);
  let facts = 0;
  const ends = { back: 0, tutor: 0, disputed: 0 };
  for (let seed = first; seed < first + LIVES; seed += 1) {
    const life = live(seed);
    facts += life.facts.length;
    if (life.money.back > 0) ends.back += 1;
    if (life.money.tutor > 0) ends.tutor += 1;
    if (life.facts.some((fact) => fact.type === 'PayoutDisputed')) ends.disputed += 1;
    if (life.violations.length > 0)
      throw new Error(`SIMULATION_SEED=${seed} breaks a rule: ${life.violations.join('; ')}`);
  }
  // Lives in which nothing happens would prove nothing.
  expect(facts / LIVES).toBeGreaterThan(20);
  expect(Math.min(ends.back, ends.tutor, ends.disputed)).toBeGreaterThan(LIVES / 50);
});
