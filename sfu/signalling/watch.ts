import { look } from '../rooms/receiving.ts';
import { done, may, ownConsumer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isWatch } from './schema.ts';

/** What `set-layers` says, of many tiles at once: a page of the grid is turned with one message. */
export async function watch(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'receive-media')) return refused('not-allowed');
  if (!isWatch(data)) return refused('bad-request');
  const tiles = data.tiles.map(({ consumerId, spatialLayer }) => ({
    consumed: ownConsumer(caller, consumerId),
    spatialLayer,
  }));
  // Some may have closed on the way; the rest is meant all the same.
  if (tiles.length > 0 && tiles.every(({ consumed }) => consumed === null)) return refused('unknown-id');
  await Promise.all(
    tiles.map(async ({ consumed, spatialLayer }) => {
      if (consumed !== null) await look(consumed, spatialLayer);
    }),
  );
  return done;
}
