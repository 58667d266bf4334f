/**
 * A UDP way with faults between clients and one server: delay, jitter, loss, a narrow way, cuts, and the rebinding of a
 * NAT. The server sees one address a client, as behind a real router.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { randomOf } from '#platform/random/seeded.ts';
import { CLEAR, Link, type Neck, type Profile } from './link.ts';

export interface Direction {
  passed: number;
  lost: number;
  bytes: number;
}

export interface UdpProxy {
  /** Where clients send instead of to the server, on 127.0.0.1. */
  readonly port: number;
  readonly toServer: Readonly<Direction>;
  readonly toClient: Readonly<Direction>;
  /** From now on, both ways or one. Packets under way arrive as they were sent. */
  change(profile: Partial<Profile>, way?: 'to-server' | 'to-client'): void;
  /** Nothing passes, in both ways or one, until `mend`. */
  cut(way?: 'to-server' | 'to-client'): void;
  mend(): void;
  /** Every client comes to the server from another port from now on, as after a NAT forgot it or on a new network. */
  rebind(): Promise<void>;
  close(): Promise<void>;
}

interface Guest {
  readonly address: string;
  readonly port: number;
  socket: Socket;
}

async function bound(port = 0): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000, sendBufferSize: 4_000_000 });
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/**
 * @param seed the same seed loses the same packets of the same traffic.
 * @param necks narrow places that this way shares with others.
 */
export async function startUdpProxy(
  server: { readonly host: string; readonly port: number },
  profile: Partial<Profile> = {},
  seed = 1,
  necks: { readonly up?: Neck; readonly down?: Neck } = {},
): Promise<UdpProxy> {
  const front = await bound();
  const guests = new Map<string, Guest>();
  const up = new Link({ ...CLEAR, ...profile }, randomOf(seed), necks.up);
  const down = new Link({ ...CLEAR, ...profile }, randomOf(seed + 1), necks.down);
  const toServer: Direction = { passed: 0, lost: 0, bytes: 0 };
  const toClient: Direction = { passed: 0, lost: 0, bytes: 0 };
  const timers = new Set<NodeJS.Timeout>();
  let closed = false;

  const pass = (link: Link, count: Direction, bytes: number, deliver: () => void): void => {
    const now = performance.now();
    const at = link.arrival(now, bytes);
    if (at === null) {
      count.lost += 1;
      return;
    }
    count.passed += 1;
    count.bytes += bytes;
    // setTimeout rounds to 1 ms at least: a clear way must not be slower than the machine.
    if (at <= now) {
      deliver();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      if (!closed) deliver();
    }, at - now);
    timers.add(timer);
  };

  const welcome = (guest: Guest): void => {
    guest.socket.on('message', (packet) =>
      pass(down, toClient, packet.length, () => front.send(packet, guest.port, guest.address)),
    );
    // The server's port may be closed for a while (a killed worker): a refused packet is a lost one.
    guest.socket.on('error', () => (toServer.lost += 1));
  };

  const joining = new Map<string, Promise<Guest>>();
  const guestOf = (address: string, port: number): Guest | Promise<Guest> => {
    const key = `${address}:${port}`;
    const known = guests.get(key) ?? joining.get(key);
    if (known !== undefined) return known;
    const made = bound().then((socket) => {
      const guest: Guest = { address, port, socket };
      if (closed) socket.close();
      else welcome(guest);
      guests.set(key, guest);
      joining.delete(key);
      return guest;
    });
    joining.set(key, made);
    return made;
  };

  front.on('message', (packet, from) => {
    pass(up, toServer, packet.length, () => {
      const guest = guestOf(from.address, from.port);
      const send = ({ socket }: Guest): void => {
        if (!closed) socket.send(packet, server.port, server.host);
      };
      if (guest instanceof Promise) void guest.then(send);
      else send(guest);
    });
  });

  const linksOf = (way?: 'to-server' | 'to-client'): readonly Link[] =>
    way === undefined ? [up, down] : way === 'to-server' ? [up] : [down];

  return {
    port: front.address().port,
    toServer,
    toClient,
    change(next, way) {
      for (const link of linksOf(way)) link.profile = { ...link.profile, ...next };
    },
    cut(way) {
      for (const link of linksOf(way)) link.cut = true;
    },
    mend() {
      for (const link of [up, down]) link.cut = false;
    },
    async rebind() {
      for (const guest of guests.values()) {
        const before = guest.socket;
        guest.socket = await bound();
        welcome(guest);
        before.close();
      }
    },
    async close() {
      closed = true;
      await Promise.all(joining.values());
      for (const timer of timers) clearTimeout(timer);
      for (const { socket } of guests.values()) if (!isClosed(socket)) socket.close();
      front.close();
      await once(front, 'close');
    },
  };
}

function isClosed(socket: Socket): boolean {
  try {
    socket.address();
    return false;
  } catch {
    return true;
  }
}
