import type { Bus } from '#platform/bus/bus.ts';
import { repeat, type Task, type TaskLog } from './task.ts';

const TTL_MS = 10_000;

/** Something that runs while we hold its lease. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * Runs a duty on one worker at a time. The lease keeps others away; what makes it safe is the epoch that `start` takes
 * in the database (checkpoint.server.ts), because a lease can be lost without anyone noticing in time.
 */
export function whileLeased(
  bus: Bus,
  name: string,
  holder: string,
  log: TaskLog,
  start: (lost: () => void) => Promise<Running>,
): Task {
  let running: Running | null = null;
  let lost = false;

  async function stopRunning(): Promise<void> {
    const ours = running;
    running = null;
    await ours?.stop();
  }

  const task: Task = repeat(`lease ${name}`, TTL_MS / 4, log, async () => {
    const held = await bus.lease(`worker:${name}`, holder, TTL_MS);
    if (!held || lost) await stopRunning();
    lost = false;
    if (held && !running)
      running = await start(() => {
        lost = true;
        task.wake();
      });
    return false;
  });

  return {
    wake: () => task.wake(),
    async stop() {
      await task.stop();
      await stopRunning();
      await bus.release(`worker:${name}`, holder);
    },
  };
}
