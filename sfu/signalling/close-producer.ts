import { done, may, ownProducer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isProducerId } from './schema.ts';

export function closeProducer(caller: Caller, data: unknown): Answer<null> {
  if (!may(caller, 'send-media')) return refused('not-allowed');
  if (!isProducerId(data)) return refused('bad-request');
  const published = ownProducer(caller, data.producerId);
  if (published === null || caller.place === null) return refused('unknown-id');
  published.producer.close();
  const { room, peer } = caller.place;
  room.tellOf(peer);
  return done;
}
