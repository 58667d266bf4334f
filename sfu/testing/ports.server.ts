/** Ports that a test takes away from the media workers, and gives back. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Gives the port back. */
export type Release = () => Promise<void>;

function bind(port: number): Promise<Release> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => resolve(() => new Promise((closed) => socket.close(() => closed()))));
  });
}

/** Below the ports that systems give to outgoing connections, which hold theirs for a minute after their end. */
const [FIRST, SPAN] = [20_000, 12_000];

/** The first of `count` ports in a row that are free on the loopback now, for UDP and for TCP. */
export async function freeRow(count: number): Promise<number> {
  for (;;) {
    const first = FIRST + Math.floor(Math.random() * (SPAN - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  try {
    await (
      await bind(port)
    )();
  } catch {
    return false; // Somebody has it, which is what was asked.
  }
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
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
