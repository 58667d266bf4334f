import { done, may, ownProducer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isProducerId } from './schema.ts';

export async function pauseProducer(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'send-media')) return refused('not-allowed');
  if (!isProducerId(data)) return refused('bad-request');
  const published = ownProducer(caller, data.producerId);
  if (published === null || caller.place === null) return refused('unknown-id');
  await published.producer.pause();
  const { room, peer } = caller.place;
  room.tellOf(peer);
  return done;
}
