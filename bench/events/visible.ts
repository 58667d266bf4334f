/**
 * How long until what was asked for can be read: commands come by a fixed schedule, whatever the answers do, and each is
 * timed from the moment at which it should have been given until the transaction with its rows is committed.
 */
import { lifeSteps, type Step } from './life.ts';
import { percentiles, rounded, type Percentiles } from './measure.ts';
import type { Ours } from './ours.ts';

export interface VisibleOptions {
  readonly of: number;
  readonly eventsPerSecond: number;
  /** As the lives make them. */
  readonly eventsPerCommand: number;
  readonly seconds: number;
}

export interface Visible extends Percentiles {
  readonly unit: 'ms';
  readonly asked: number;
  /** What was really given each second. */
  readonly eventsPerSecond: number;
  /** Events that never became visible. */
  readonly missing: number;
  /** From the intended moment to the durable answer of the command. */
  readonly acknowledged: Percentiles;
}

/** Lives that go on side by side; at 1,000 events a second each gives a command about every quarter of a second. */
const SIDE_BY_SIDE = 200;

export async function measureVisible(ours: Ours, options: VisibleOptions): Promise<Visible> {
  const { of, eventsPerSecond, eventsPerCommand, seconds } = options;
  const intended = new Map<string, number>();
  const early = new Map<string, number>();
  const samples: number[] = [];
  const acknowledged: number[] = [];
  await ours.project((facts) => {
    const now = performance.now();
    for (const { position } of facts) {
      const from = intended.get(position);
      if (from === undefined) early.set(position, now);
      else samples.push(now - from);
      intended.delete(position);
    }
  });
  await ours.caughtUp();
  early.clear();

  let nextLife = 0;
  const lines = Array.from({ length: SIDE_BY_SIDE }, () => {
    let steps: { step: Step; key: string }[] = [];
    return {
      last: Promise.resolve(),
      next(): { step: Step; key: string } {
        if (steps.length === 0) {
          const life = nextLife++;
          if (life >= of) throw new Error('Not enough lives for this long');
          steps = lifeSteps(life, of).map((step, index) => ({ step, key: `life ${life} ${index}` }));
        }
        const step = steps.shift();
        if (!step) throw new Error('A life without steps');
        return step;
      },
    };
  });
  // Lives begun all at once would ask for the same thing in the same moment.
  for (const [index, line] of lines.entries()) {
    const ahead = index % 26;
    for (let n = 0; n < ahead; n += 1) {
      const { step, key } = line.next();
      line.last = line.last.then(async () => void (await ours.give(step, key)));
    }
  }
  await Promise.all(lines.map(({ last }) => last));
  await ours.caughtUp();
  early.clear();

  const gap = (1_000 * eventsPerCommand) / eventsPerSecond;
  const total = Math.floor((seconds * 1_000) / gap);
  let events = 0;
  const start = performance.now() + 50;
  for (let tick = 0; tick < total;) {
    const due = start + tick * gap;
    if (due > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      continue;
    }
    const line = lines[tick % lines.length];
    tick += 1;
    if (!line) continue;
    const { step, key } = line.next();
    line.last = line.last.then(async () => {
      const answer = await ours.give(step, key);
      const now = performance.now();
      acknowledged.push(now - due);
      for (const { position } of answer.events) {
        events += 1;
        const seen = early.get(position);
        if (seen === undefined) intended.set(position, due);
        else samples.push(seen - due);
        early.delete(position);
      }
    });
  }
  await Promise.all(lines.map(({ last }) => last));
  const took = (performance.now() - start) / 1_000;
  await ours.caughtUp();
  // The last batch tells of itself right after its commit, which `caughtUp` may have seen first.
  await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    unit: 'ms',
    asked: eventsPerSecond,
    eventsPerSecond: rounded(events / took, 0),
    missing: intended.size,
    ...percentiles(samples),
    acknowledged: percentiles(acknowledged),
  };
}
