/** Ports that a test takes away from the media workers, and gives back. */
import { createSocket } from 'node:dgram';
import { freePort } from '../media/addresses.ts';

/** Gives the port back. */
export type Release = () => Promise<void>;

function bind(port: number): Promise<Release> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => resolve(() => new Promise((closed) => socket.close(() => closed()))));
  });
}

/** The first of `count` ports in a row that are free on the loopback now. */
export async function freeRow(count: number): Promise<number> {
  for (;;) {
    const first = await freePort('127.0.0.1');
    const held = await Promise.allSettled(Array.from({ length: count }, (_, index) => bind(first + index)));
    for (const one of held) if (one.status === 'fulfilled') await one.value();
    if (held.every(({ status }) => status === 'fulfilled')) return first;
  }
}

/** Takes a port as soon as whoever has it lets go, within 2 s. */
export async function holdPort(port: number): Promise<Release> {
  const end = performance.now() + 2_000;
  for (;;) {
    try {
      return await bind(port);
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
