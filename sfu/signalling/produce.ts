import { may, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { allows } from '../rooms/state.ts';
import { refused } from './refused.ts';
import { isProduce } from './schema.ts';

/** One microphone, one camera, and of the screen one picture and its sound. */
const KINDS = { microphone: ['audio'], camera: ['video'], screen: ['video', 'audio'] } as const;

export async function produce(caller: Caller, data: unknown): Promise<Answer<{ producerId: string }>> {
  if (!may(caller, 'send-media')) return refused('not-allowed');
  if (!isProduce(data)) return refused('bad-request');
  const { transportId, kind, source, rtpParameters, paused } = data;
  if (source === 'screen' && !may(caller, 'share-screen')) return refused('not-allowed');
  if (!KINDS[source].some((allowed) => allowed === kind)) return refused('bad-request');
  const { place } = caller;
  if (place === null) return refused('not-joined');
  const { room, peer } = place;
  const { media } = peer;
  if (media.send === null) return refused('not-allowed');
  // Their transports were made anew while this was on its way: nothing would ever come over it, and its slot be taken.
  if (transportId !== undefined && transportId !== media.send.id) return refused('unknown-id');
  // A muted microphone may be made ready; whatever else is forbidden is not made.
  const forbidden = (): boolean => !(paused && source === 'microphone') && !allows(room.state, peer.role, source);
  if (forbidden()) return refused('forbidden-by-host');
  const slot = `${source}/${kind}`;
  if (media.slots.has(slot)) return refused('too-many');
  media.slots.add(slot);
  try {
    const { personId, recorded } = peer;
    const appData = { personId, source, recorded };
    const producer = await media.send.produce({ kind, rtpParameters, paused, keyFrameRequestDelay: 300, appData });
    producer.observer.once('close', () => media.slots.delete(slot));
    // They left meanwhile: the library gives a producer that is not closed, of a transport that is.
    if (media.send.closed) return refused('not-joined');
    if (forbidden()) {
      producer.close();
      return refused('forbidden-by-host');
    }
    await room.publish(peer, producer, source);
    return { ok: true, data: { producerId: producer.id } };
  } catch (error) {
    media.slots.delete(slot);
    throw error;
  }
}
