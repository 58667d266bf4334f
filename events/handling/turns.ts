import { StreamBusy } from './handle.ts';

const MAX_WAITING = 1_000;

/**
 * Writers of this process take turns at a stream, so that a rush for one seat costs no conflicts among ourselves.
 * What keeps the log right is the expected revision; this only saves work.
 */
export class Turns {
  readonly #lines = new Map<string, { waiting: number; last: Promise<void> }>();

  /** Runs `work` after all that came before for `stream`. Throws `StreamBusy` when the line is too long. */
  async take<Result>(stream: string, work: () => Promise<Result>): Promise<Result> {
    const line = this.#lines.get(stream) ?? { waiting: 0, last: Promise.resolve() };
    if (line.waiting >= MAX_WAITING) throw new StreamBusy(stream);
    const before = line.last;
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    line.waiting += 1;
    line.last = done;
    this.#lines.set(stream, line);
    await before;
    try {
      return await work();
    } finally {
      line.waiting -= 1;
      if (line.waiting === 0) this.#lines.delete(stream);
      finish();
    }
  }
}
