import { settle } from '../rooms/receiving.ts';
import { done, may, ownConsumer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isConsumerIds } from './schema.ts';

/** Consumers start paused: a key frame sent before the client can take it would be lost, and the picture stay black. */
export async function consumerReady(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'receive-media')) return refused('not-allowed');
  if (!isConsumerIds(data)) return refused('bad-request');
  const consumed = data.consumerIds.map((consumerId) => ownConsumer(caller, consumerId));
  // Some may have closed on the way; an answer that refuses all of them would leave the rest black.
  const alive = consumed.filter((item) => item !== null);
  if (alive.length === 0 && data.consumerIds.length > 0) return refused('unknown-id');
  await Promise.all(
    alive.map(async (item) => {
      item.ready = true;
      await settle(item);
    }),
  );
  return done;
}
