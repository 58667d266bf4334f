import { done, may, ownProducer, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { allows } from '../rooms/state.ts';
import { refused } from './refused.ts';
import { isProducerId } from './schema.ts';

export async function resumeProducer(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'send-media')) return refused('not-allowed');
  if (!isProducerId(data)) return refused('bad-request');
  const published = ownProducer(caller, data.producerId);
  if (published === null || caller.place === null) return refused('unknown-id');
  const { room, peer } = caller.place;
  if (!allows(room.state, peer.role, published.source)) return refused('forbidden-by-host');
  await published.producer.resume();
  // Forbidden while the worker was asked: it does not stay on.
  if (!allows(room.state, peer.role, published.source)) await published.producer.pause();
  room.tellOf(peer);
  return done;
}
