/** How a node's workers start, when not all of them can. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../log.ts';
import { freeRow, holdPort, type Release } from '../testing/ports.server.ts';
import { Workers } from './workers.server.ts';

const lines: string[] = [];
const note = (_fields: object, message: string): void => void lines.push(message);
const log: Log = { info: () => undefined, warn: note, error: note };

let workers: Workers | null = null;
let held: Release[] = [];
afterEach(async () => {
  await giveBack();
  await workers?.close();
  workers = null;
  lines.length = 0;
});

async function giveBack(): Promise<void> {
  await Promise.all(held.map((release) => release()));
  held = [];
}

describe('the workers of a node', () => {
  it.each([0, 1])(
    '[S5] start without number %i, whose port is taken, and have it when the port is free',
    async (index) => {
      const port = await freeRow(2);
      held = [await holdPort(port + index)];
      workers = await Workers.start({ address: '127.0.0.1', port, workers: 2 }, log);
      expect(workers?.count).toBe(1);
      expect(lines).toEqual(['A media worker could not be started; trying again']);
      expect(workers?.rtpCapabilities.codecs).not.toEqual([]);
      const router = await workers?.openRouter();
      expect((await router?.createTransport())?.iceCandidates.map((one) => one.port)).toContain(port + 1 - index);
      await giveBack();
      await expect.poll(() => workers?.count, { timeout: 8_000 }).toBe(2);
    },
    20_000,
  );

  it('[S5] are refused, in one line, when none can be started', async () => {
    const port = await freeRow(2);
    held = await Promise.all([holdPort(port), holdPort(port + 1)]);
    workers = await Workers.start({ address: '127.0.0.1', port, workers: 2 }, log);
    expect(workers).toBeNull();
    expect(lines.at(-1)).toBe('Video and audio are off: none of the media workers could be started');
  }, 20_000);

  it('[S5] close at once while one of them is waited for', async () => {
    const port = await freeRow(2);
    held = [await holdPort(port)];
    workers = await Workers.start({ address: '127.0.0.1', port, workers: 2 }, log);
    const since = performance.now();
    await workers?.close();
    expect(performance.now() - since).toBeLessThan(500);
  }, 20_000);
});
