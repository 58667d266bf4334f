import { expect, it } from 'vitest';
import { keepingLog } from '../testing/harness.server.ts';
import { Leisure } from './leisure.ts';

const spend = (ms: number): void => {
  for (const until = performance.now() + ms; performance.now() < until;);
};

it('[W7] does the first pieces at once and leaves most of the time to others', async () => {
  const leisure = new Leisure(keepingLog());
  let done = 0;
  leisure.do(() => {
    done += 1;
    return true;
  });
  expect(done).toBe(1);
  const start = performance.now();
  await new Promise<void>((resolve) => {
    for (let i = 0; i < 40; i += 1)
      leisure.do(() => {
        spend(1);
        done += 1;
        if (done === 41) resolve();
        return true;
      });
    // Not one after another: whoever comes next in this process is heard in between.
    expect(done).toBeLessThan(6);
  });
  expect(performance.now() - start).toBeGreaterThan(40 * 1.5);
});

it('[W7] goes round, so that nothing small waits for something large', async () => {
  const leisure = new Leisure(keepingLog());
  const order: string[] = [];
  let left = 30;
  await new Promise<void>((resolve) => {
    leisure.do(() => {
      spend(0.7);
      left -= 1;
      if (left === 0) order.push('large');
      return left === 0;
    });
    leisure.do(() => {
      order.push('small');
      resolve();
      return true;
    });
  });
  expect(order).toEqual(['small']);
});

it('[W7] goes on when a piece fails, at once or later, and says so', async () => {
  const log = keepingLog();
  const leisure = new Leisure(log);
  leisure.do(() => {
    throw new Error('broken');
  });
  await new Promise<void>((resolve) => {
    leisure.do(() => {
      spend(3);
      return true;
    });
    // Its turn comes in a timer, where nobody above would catch it.
    leisure.do(() => {
      throw new Error('broken, too');
    });
    leisure.do(() => {
      resolve();
      return true;
    });
  });
  expect(log.lines.map(({ level }) => level)).toEqual(['error', 'error']);
});
