/** What tasks need of a log; platform/log has it. */
export interface TaskLog {
  error(facts: object, message: string): void;
}

export interface Task {
  /** Runs the work soon, even if it just ran. */
  wake(): void;
  /** Resolves once the running work is done. */
  stop(): Promise<void>;
}

/**
 * A named background task: runs `work`, then waits for `everyMs` (wall time) or a wake.
 * When `work` gives true there is more to do, and it runs again at once. What it throws is logged, never lost.
 */
export function repeat(name: string, everyMs: number, log: TaskLog, work: () => Promise<boolean>): Task {
  let stopped = false;
  let woken = false;
  let wakeUp: (() => void) | null = null;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        wakeUp = null;
        resolve();
      }
      wakeUp = done;
    });

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopped) {
      woken = false;
      let more = false;
      try {
        more = await work();
        failures = 0;
      } catch (error) {
        failures += 1;
        log.error({ err: error, task: name, failures }, 'a background task failed and will try again');
      }
      if (stopped || more || (woken && failures === 0)) continue;
      await pause(failures === 0 ? everyMs : Math.min(30_000, 250 * 2 ** Math.min(failures, 7)));
    }
  }

  const running = run();
  return {
    wake() {
      woken = true;
      wakeUp?.();
    },
    async stop() {
      stopped = true;
      wakeUp?.();
      await running;
    },
  };
}
