/** Finds how many writers are within 50 ms: up or down by a quarter from a guess, then halves what is between. */
import type { Report } from './plan.ts';

const WITHIN_MS = 50;
/** Beyond this the generator itself is what is measured. */
const RIG_CORES = 0.8;
const ROUND_TO = 10;

export interface Largest {
  readonly people: number;
  readonly tried: readonly { people: number; p99: number; missing: number; rigCores: number; holds: boolean }[];
}

export async function findLargest(
  guess: number,
  steps: number,
  play: (people: number) => Promise<Report>,
): Promise<Largest> {
  const tried: { people: number; p99: number; missing: number; rigCores: number; holds: boolean }[] = [];
  const holds = async (people: number): Promise<boolean> => {
    const { latency, missing, cpu, problem } = await play(people);
    const well = latency.count > 0 && latency.p99 < WITHIN_MS && missing === 0 && problem === null;
    tried.push({ people, p99: latency.p99, missing, rigCores: cpu.rigCores, holds: well && cpu.rigCores < RIG_CORES });
    return well && cpu.rigCores < RIG_CORES;
  };
  const round = (people: number): number => Math.max(ROUND_TO, Math.round(people / ROUND_TO) * ROUND_TO);
  let low = 0;
  let high = Infinity;
  let next = guess;
  for (let step = 0; step < steps && high - low > ROUND_TO; step += 1) {
    if (await holds(next)) low = next;
    else high = next;
    next = round(high === Infinity ? low * 1.25 : low === 0 ? high * 0.75 : (low + high) / 2);
    if (next === low || next === high) break;
  }
  return { people: low, tried };
}
