import { may, ownTransport, type Caller } from './caller.ts';
import type { Answer, Answers } from './protocol.ts';
import { refused } from './refused.ts';
import { isTransportId } from './schema.ts';

/** After a change of network: new ICE credentials for the same transport, so that nothing is produced anew. */
export async function restartIce(caller: Caller, data: unknown): Promise<Answer<Answers['restart-ice']>> {
  if (!may(caller, 'receive-media')) return refused('not-allowed');
  if (!isTransportId(data)) return refused('bad-request');
  const transport = ownTransport(caller, data.transportId);
  if (transport === null) return refused('unknown-id');
  const iceServers = caller.rooms.iceServersFor(caller.ticket);
  return { ok: true, data: { iceParameters: await transport.restartIce(), iceServers } };
}
