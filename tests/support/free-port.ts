import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections: one of those may be taken before the program begins. */
const [FIRST, COUNT] = [20_000, 12_000];

/** A TCP port of the loopback that nobody uses now, for programs that cannot be given port 0. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
  throw new Error('No free port was found');
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (listens) await new Promise((resolve) => server.close(resolve));
  return listens;
}
