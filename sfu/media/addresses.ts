import { createServer } from 'node:net';
import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import type { ListenInfo } from './types.ts';
import type { MediaLibrary } from './library.ts';

/** Where a worker listens: `ip` is bound, `announced` is told to clients when it differs. */
export interface MediaAddress {
  readonly ip: string;
  readonly announced: string | null;
}

/** The first IPv4 address that other machines may reach, or null. */
export function outerAddress(interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces()): string | null {
  for (const addresses of Object.values(interfaces)) {
    for (const address of addresses ?? []) {
      if (address.family === 'IPv4' && !address.internal) return address.address;
    }
  }
  return null;
}

/**
 * A configured address is announced and everything is bound, since it may belong to a router in front of us.
 * Without one, the loopback and the machine's own address are bound each, so that localhost and the LAN both work.
 */
export function mediaAddresses(configured: string | null, outer: string | null): readonly MediaAddress[] {
  if (configured !== null) {
    const loopback = configured.startsWith('127.');
    return [loopback ? { ip: configured, announced: null } : { ip: '0.0.0.0', announced: configured }];
  }
  const loopback: MediaAddress = { ip: '127.0.0.1', announced: null };
  return outer === null ? [loopback] : [loopback, { ip: outer, announced: null }];
}

/** UDP and TCP on the same port for every address; UDP first, since order is preference. */
export function listenInfos(
  addresses: readonly MediaAddress[],
  port: number,
  announces: MediaLibrary['announces'],
): ListenInfo[] {
  return (['udp', 'tcp'] as const).flatMap((protocol) =>
    addresses.map(({ ip, announced }) => ({
      protocol,
      ip,
      port,
      ...(announced === null ? {} : { [announces]: announced }),
    })),
  );
}

/** A port that is free for TCP and UDP right now; someone may still take it first, so the caller tries again. */
export async function freePort(ip: string): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, ip, () => {
      const address = probe.address();
      if (address === null || typeof address === 'string') reject(new Error('No port was given'));
      else resolve(address.port);
    });
  });
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(port, ip, resolve);
    });
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
    await new Promise<void>((resolve) => probe.close(() => resolve()));
  }
  return port;
}
