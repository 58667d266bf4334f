/** Notes how a peer's transports fare: their way, its encryption, and over which network it goes. */
import { cutAddress } from '#events/shared/cut-address.ts';
import type { PeerMedia } from '../rooms/peer.ts';
import { joinWords } from './words.ts';
import type { TraceLine } from './traces.ts';

export function watchMedia(trace: TraceLine, { send, receive }: Pick<PeerMedia, 'send' | 'receive'>): void {
  for (const [name, transport] of [['send', send] as const, ['receive', receive] as const]) {
    if (transport === null) continue;
    const note = (event: string, summary: string): void =>
      trace.note('media', event, undefined, () => joinWords(name, summary));
    transport.observer.on('icestatechange', (state) => note('ice-state', state));
    transport.observer.on('dtlsstatechange', (state) => note('dtls-state', state));
    transport.observer.on('iceselectedtuplechange', ({ protocol, remoteIp }) =>
      note('ice-path', `${protocol} ${cutAddress(remoteIp ?? '')}`),
    );
  }
}
