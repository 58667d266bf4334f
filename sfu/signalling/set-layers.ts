import { look } from '../rooms/receiving.ts';
import { done, may, ownConsumer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isSetLayers } from './schema.ts';

/** The layer follows the size of the tile; a tile that nobody sees costs nothing. */
export async function setLayers(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'receive-media')) return refused('not-allowed');
  if (!isSetLayers(data)) return refused('bad-request');
  const consumed = ownConsumer(caller, data.consumerId);
  if (consumed === null) return refused('unknown-id');
  await look(consumed, data.spatialLayer);
  return done;
}
