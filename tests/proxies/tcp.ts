/**
 * A TCP way with faults between clients and one server: delay, a narrow way, a stall in one direction or both (half
 * open: nothing is lost, nothing arrives), resets and refusals. Nothing inside a connection is ever dropped: TCP sends
 * again what is lost, two round trips later, and what comes after it waits that long. A connection takes a round trip.
 */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { randomOf } from '#platform/random/seeded.ts';
import { CLEAR, Link, type Neck, type Profile } from './link.ts';

export type TcpProfile = Pick<Profile, 'delayMs' | 'jitterMs' | 'loss' | 'bytesPerSecond'>;

export interface TcpProxy {
  /** Where clients connect instead of to the server, on 127.0.0.1. */
  readonly port: number;
  readonly connections: number;
  change(profile: Partial<TcpProfile>): void;
  /** Nothing passes any more, in both ways or one; connections stay open and new ones are taken, stalled as well. */
  stall(way?: 'to-server' | 'to-client'): void;
  /** The same for what is open now; new connections pass. */
  stallOpen(way?: 'to-server' | 'to-client'): void;
  /** Ends a stall and a refusal; what waited arrives. */
  mend(): void;
  /** Every connection is cut with a reset. New ones are taken. */
  reset(): void;
  /** Cuts every connection and takes no new ones until `mend`. */
  refuse(): void;
  close(): Promise<void>;
}

/** More than this waiting in the proxy holds the sender back, bytes. */
const MOST_WAITING = 1_000_000;
const SEGMENT_BYTES = 1_400;
/** Nothing is sent again sooner, ms. */
const LEAST_WAIT_MS = 200;

class Way {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #link: Link;
  readonly #random: () => number;
  readonly #openAt: number;
  /** What was sent again has arrived, and so may what was sent after it. */
  #heldUntil = 0;
  readonly #waiting: { readonly at: number; readonly bytes: Buffer | null }[] = [];
  #held = 0;
  #timer: NodeJS.Timeout | null = null;
  stalled = false;
  /** Share of segments that have to be sent again. */
  loss: number;

  constructor(from: Socket, to: Socket, link: Link, loss: number, random: () => number) {
    this.#from = from;
    this.#to = to;
    this.#link = link;
    this.loss = loss;
    this.#random = random;
    // Whoever connects is told so by this machine; over the way that is meant the answer takes a round trip.
    this.#openAt = performance.now() + 2 * link.profile.delayMs;
    from.on('data', (bytes) => this.#take(bytes));
    from.on('end', () => this.#take(null));
    to.on('drain', () => this.#flow());
  }

  /** Delivers what is due. */
  wake(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.stalled) return;
    const now = performance.now();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (next.at > now) {
        this.#timer = setTimeout(() => this.wake(), next.at - now);
        break;
      }
      this.#waiting.shift();
      if (next.bytes === null) this.#to.end();
      else {
        this.#held -= next.bytes.length;
        this.#to.write(next.bytes);
      }
    }
    this.#flow();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.length = 0;
  }

  #take(bytes: Buffer | null): void {
    const now = Math.max(performance.now(), this.#openAt);
    const size = bytes?.length ?? 0;
    // A stream loses nothing: the queue of the link has no bound here, the sender is held back instead.
    const arrival = this.#link.arrival(now, size) ?? now;
    this.#heldUntil = Math.max(this.#heldUntil, arrival + this.#sentAgain(size));
    this.#waiting.push({ at: this.#heldUntil, bytes });
    this.#held += size;
    if (this.#held > MOST_WAITING) this.#from.pause();
    this.wake();
  }

  /** How much later so many bytes arrive because some of them were lost, ms. */
  #sentAgain(bytes: number): number {
    let late = 0;
    for (let left = bytes; left > 0; left -= SEGMENT_BYTES)
      if (this.#random() < this.loss) late = Math.max(LEAST_WAIT_MS, 4 * this.#link.profile.delayMs);
    return late;
  }

  #flow(): void {
    if (this.#held <= MOST_WAITING && this.#to.writableLength < MOST_WAITING) this.#from.resume();
    else this.#from.pause();
  }
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly up: Way;
  readonly down: Way;
}

export async function startTcpProxy(
  target: { readonly host: string; readonly port: number },
  profile: Partial<TcpProfile> = {},
  seed = 1,
  necks: { readonly up?: Neck; readonly down?: Neck } = {},
): Promise<TcpProxy> {
  // What is lost arrives later, which is the connection's work and not the link's.
  let current: Profile = { ...CLEAR, ...profile, loss: 0, queueBytes: Number.POSITIVE_INFINITY };
  let loss = profile.loss ?? 0;
  let refusing = false;
  const stalled = { up: false, down: false };
  const connections = new Set<Connection>();
  let count = 0;

  const front = createServer({ allowHalfOpen: true }, (client) => {
    if (refusing) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...target, allowHalfOpen: true });
    count += 1;
    const chances = [randomOf(seed + 2 * count), randomOf(seed + 2 * count + 1)] as const;
    const ways = [new Link(current, chances[0], necks.up), new Link(current, chances[1], necks.down)] as const;
    const connection: Connection = {
      client,
      server,
      up: new Way(client, server, ways[0], loss, chances[0]),
      down: new Way(server, client, ways[1], loss, chances[1]),
    };
    for (const socket of [client, server]) socket.setNoDelay(true);
    connection.up.stalled = stalled.up;
    connection.down.stalled = stalled.down;
    connections.add(connection);
    links.set(connection, ways);
    const over = (): void => {
      connections.delete(connection);
      links.delete(connection);
      connection.up.stop();
      connection.down.stop();
    };
    // An end that breaks breaks the other: that is what a proxy has to say about errors.
    client.on('error', () => server.destroy());
    server.on('error', () => client.resetAndDestroy());
    client.once('close', (broken) => {
      if (broken || !server.writableEnded) server.destroy();
      over();
    });
    server.once('close', (broken) => {
      if (broken || !client.writableEnded) client.destroy();
    });
  });
  const links = new Map<Connection, readonly [Link, Link]>();
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');

  const cutAll = (): void => {
    for (const { client, server } of connections) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  };
  const hold = (up: boolean, down: boolean): void => {
    for (const connection of connections) {
      connection.up.stalled = up;
      connection.down.stalled = down;
      connection.up.wake();
      connection.down.wake();
    }
  };

  return {
    port: address.port,
    get connections() {
      return connections.size;
    },
    change(next) {
      current = { ...current, ...next, loss: 0 };
      loss = next.loss ?? loss;
      for (const pair of links.values()) for (const link of pair) link.profile = current;
      for (const { up, down } of connections) up.loss = down.loss = loss;
    },
    stall(way) {
      stalled.up = way !== 'to-client';
      stalled.down = way !== 'to-server';
      hold(stalled.up, stalled.down);
    },
    stallOpen: (way) => hold(way !== 'to-client', way !== 'to-server'),
    mend() {
      refusing = false;
      stalled.up = false;
      stalled.down = false;
      hold(false, false);
    },
    reset: cutAll,
    refuse() {
      refusing = true;
      cutAll();
    },
    async close() {
      cutAll();
      front.close();
      await once(front, 'close');
    },
  };
}
