import { done, may, ownTransport, type Caller } from './caller.ts';
import type { Answer } from './protocol.ts';
import { refused } from './refused.ts';
import { isConnectTransport } from './schema.ts';

export async function connectTransport(caller: Caller, data: unknown): Promise<Answer<null>> {
  if (!may(caller, 'receive-media')) return refused('not-allowed');
  if (!isConnectTransport(data)) return refused('bad-request');
  const transport = ownTransport(caller, data.transportId);
  if (transport === null) return refused('unknown-id');
  // They have these, so a later resume may keep them.
  if (caller.place !== null) caller.place.peer.media.known = 'yes';
  await transport.connect({ dtlsParameters: data.dtlsParameters });
  return done;
}
