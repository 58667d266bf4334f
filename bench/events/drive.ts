/** Gives the commands of many lives, so many at once, each life one command after the other. */
import { lifeSteps, type Step } from './life.ts';

/** Gives one command under this key; answers with the number of events that it made. Throws when it is refused. */
export type Give = (step: Step, key: string) => Promise<number>;

export interface Driven {
  readonly commands: number;
  readonly events: number;
  readonly seconds: number;
  /** Of each command, ms. */
  readonly latencies: readonly number[];
}

export interface DriveOptions {
  /** Lives `from` to before `to`, of `of`. */
  readonly from: number;
  readonly to: number;
  readonly of: number;
  readonly inFlight: number;
}

export async function drive(give: Give, { from, to, of, inFlight }: DriveOptions): Promise<Driven> {
  const latencies: number[] = [];
  let events = 0;
  let next = from;
  const start = performance.now();
  const worker = async (): Promise<void> => {
    for (let n = next++; n < to; n = next++) {
      for (const [index, step] of lifeSteps(n, of).entries()) {
        const asked = performance.now();
        const made = await give(step, `life ${n} ${index}`);
        latencies.push(performance.now() - asked);
        if (made === 0) throw new Error(`${step.command.type} made no event`);
        events += made;
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { commands: latencies.length, events, seconds: (performance.now() - start) / 1_000, latencies };
}
