import type { Group } from './event-store.ts';
import { backOff, pause, type Report } from './tail.ts';

export interface EitherGroup {
  readonly name: string;
  /** Asks the server once; rejects when it cannot be asked. */
  supported(): Promise<boolean>;
  readonly theirs: Group;
  readonly ours: Group;
  readonly report: Report;
  readonly closing: AbortSignal;
  readonly running: Set<Promise<void>>;
}

/** The server's group where it has them, else our own. Which one it is may only be known after the first answer. */
export function eitherGroup(parts: EitherGroup): Group {
  const { name, supported, theirs, ours, report, closing, running } = parts;
  const chosen = async (): Promise<Group> => ((await supported()) ? theirs : ours);

  return {
    consume(handler, options) {
      const stopping = new AbortController();
      const signal = AbortSignal.any([stopping.signal, closing]);
      const run = async (): Promise<void> => {
        for (let failures = 1; !signal.aborted; failures += 1) {
          try {
            const consumer = (await chosen()).consume(handler, options);
            await new Promise<void>((resolve) => {
              if (signal.aborted) resolve();
              else signal.addEventListener('abort', () => resolve());
            });
            await consumer.stop();
          } catch (error) {
            report.warn({ err: error, group: name, failures }, 'a consumer group cannot be joined; it is tried again');
            await pause(backOff(failures), signal);
          }
        }
      };
      const ended = run();
      running.add(ended);
      void ended.finally(() => running.delete(ended));
      return {
        async stop() {
          stopping.abort();
          await ended;
        },
      };
    },
    parked: async (limit) => (await chosen()).parked(limit),
    replayParked: async () => (await chosen()).replayParked(),
  };
}
