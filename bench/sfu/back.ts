/**
 * Five hundred people in ten rooms lose their signalling at the same moment, and come back as the classroom does. Beside
 * them a plain socket.io server with as many clients, which reconnect by themselves.
 */
import { createServer } from 'node:http';
import { io as connectTo, type Socket } from 'socket.io-client';
import { Server } from 'socket.io';
import { backoff } from '../../app/lib/classroom/backoff.ts';
import { percentiles } from '../events/measure.ts';
import {
  SIGNALLING_PATH,
  type Answer,
  type Joined,
  type RoomInfo,
  type ServerDataOf,
} from '#sfu/signalling/protocol.ts';
import { tickets } from '#sfu/testing/fixture.server.ts';
import { served, type Served } from './served.ts';
import type { Say } from './tools.ts';

export const BACK_TARGETS = { p99Ms: 3_000, loopP99Ms: 100, lost: 0 } as const;

const ROOMS = 10;
/** While they are away, the host of each room changes something so often. */
const CHANGES = 20;

class Member {
  readonly #url: string;
  readonly #ticket: string;
  socket: Socket | null = null;
  joined: Joined | null = null;
  room: RoomInfo | null = null;
  /** People of whom they know. */
  readonly peers = new Set<string>();
  hands = new Map<string, number | null>();

  constructor(url: string, lessonId: string, personId: string, role: 'host' | 'participant') {
    this.#url = url;
    const expiresAt = Date.now() + 3_600_000;
    this.#ticket = tickets.sign({ lessonId, personId, name: personId, role, documents: {}, expiresAt });
  }

  /** One try; throws when it fails. */
  async join(): Promise<void> {
    const socket = connectTo(this.#url, {
      path: SIGNALLING_PATH,
      transports: ['websocket'],
      auth: { ticket: this.#ticket },
      reconnection: false,
      forceNew: true,
    });
    this.socket = socket;
    socket.on('room-changed', (room: RoomInfo) => (this.room = room));
    for (const type of ['peer-joined', 'peer-changed'])
      socket.on(type, (peer: ServerDataOf<'peer-joined'>) => this.#know(peer));
    const welcome = await new Promise<ServerDataOf<'welcome'>>((resolve, reject) => {
      socket.once('welcome', resolve);
      socket.once('connect_error', reject);
      socket.once('disconnect', () => reject(new Error('disconnected')));
    });
    const answer: Answer<Joined> = await socket.timeout(10_000).emitWithAck('join', {
      version: welcome.version,
      rtpCapabilities: welcome.routerRtpCapabilities,
      resume: this.joined === null ? null : { token: this.joined.resumeToken, keepTransports: true },
    });
    if (!answer.ok) throw new Error(answer.code);
    this.joined = answer.data;
    this.room = answer.data.room;
    this.peers.clear();
    this.hands.clear();
    for (const peer of answer.data.peers) this.#know(peer);
  }

  drop(): void {
    // No goodbye: the line is cut.
    this.socket?.io.engine.close();
  }

  /** As the classroom comes back. */
  async comeBack(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, backoff(tries, Math.random())));
      try {
        return await this.join();
      } catch (error) {
        if (tries > 20) throw error;
      }
    }
  }

  #know({ personId, hand }: ServerDataOf<'peer-joined'>): void {
    this.peers.add(personId);
    this.hands.set(personId, hand);
  }
}

interface Room {
  readonly host: Member;
  readonly others: readonly Member[];
}

async function fill(url: string, people: number): Promise<readonly Room[]> {
  const rooms: Room[] = [];
  for (let index = 0; index < ROOMS; index += 1) {
    const lessonId = `lesson-${index}`;
    const host = new Member(url, lessonId, `host-${index}`, 'host');
    await host.join();
    const others = Array.from(
      { length: people / ROOMS },
      (_, place) => new Member(url, lessonId, `p-${index}-${place}`, 'participant'),
    );
    for (const one of others) await one.join();
    rooms.push({ host, others });
  }
  return rooms;
}

async function round(server: Served, rooms: readonly Room[]) {
  server.tell('reset');
  const everybody = rooms.flatMap(({ others }) => others);
  const from = performance.now();
  for (const member of everybody) member.drop();
  // The hosts stay, and go on changing their rooms.
  const changing = Promise.all(
    rooms.map(async ({ host }) => {
      for (let change = 1; change <= CHANGES; change += 1) {
        await host.socket?.timeout(10_000).emitWithAck('set-room', { mayShare: change % 2 === 0 });
        await host.socket
          ?.timeout(10_000)
          .emitWithAck(change % 2 === 0 ? 'lower-hand' : 'raise-hand', change % 2 === 0 ? { personId: null } : {});
      }
      await host.socket?.timeout(10_000).emitWithAck('raise-hand', {});
      await host.socket?.timeout(10_000).emitWithAck('set-room', { mayShare: false });
    }),
  );
  const times = await Promise.all(
    everybody.map(async (member) => {
      await member.comeBack();
      return performance.now() - from;
    }),
  );
  await changing;
  const { p99, max } = await server.ask<{ p99: number; max: number }>('delay');
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  // Whoever is back knows what holds: the room's switches, everybody in it, and whose hand is up.
  const lost = rooms
    .flatMap(({ host, others }) => others.map((member) => ({ host, others, member })))
    .filter(({ host, others, member }) => {
      const hostId = host.joined?.you.personId ?? '';
      const knows = others.every((one) => one === member || member.peers.has(one.joined?.you.personId ?? ''));
      return (
        member.room?.mayShare !== false || !knows || member.hands.get(hostId) === null || !member.peers.has(hostId)
      );
    }).length;
  for (const { host } of rooms) await host.socket?.timeout(10_000).emitWithAck('lower-hand', { personId: null });
  return { ...percentiles(times), loopP99: p99, loopMax: max, lost };
}

/** What a stock server and its clients lose of numbered messages, dropped at once in the same way. */
async function stock(people: number): Promise<{ readonly lost: number; readonly sent: number; readonly p99: number }> {
  const http = createServer();
  const server = new Server(http);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  const sockets: Socket[] = [];
  const heard: Set<number>[] = [];
  for (let index = 0; index < people; index += 1) {
    const socket = connectTo(`http://127.0.0.1:${address.port}`, { transports: ['websocket'], forceNew: true });
    const numbers = new Set<number>();
    socket.on('number', (number: number) => numbers.add(number));
    await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
    sockets.push(socket);
    heard.push(numbers);
  }
  const from = performance.now();
  const back = sockets.map(
    (socket) => new Promise<number>((resolve) => socket.once('connect', () => resolve(performance.now() - from))),
  );
  for (const socket of sockets) socket.io.engine.close();
  let sent = 0;
  const timer = setInterval(() => server.emit('number', (sent += 1)), 20);
  const times = await Promise.all(back);
  clearInterval(timer);
  server.emit('number', (sent += 1));
  await new Promise((resolve) => setTimeout(resolve, 500));
  const lost = heard.reduce((sum, numbers) => sum + sent - numbers.size, 0);
  for (const socket of sockets) socket.disconnect();
  await server.close();
  return { lost, sent: sent * people, p99: percentiles(times).p99 };
}

export async function measureBack(quick: boolean, say: Say) {
  const people = 500;
  const server = await served('serve.ts');
  try {
    const rooms = await fill(server.url, people);
    const rounds = [];
    for (let index = 0; index < (quick ? 1 : 3); index += 1) {
      const found = await round(server, rooms);
      say(`  ${people} back: p99 ${found.p99} ms, server late p99 ${found.loopP99.toFixed(1)} ms, lost ${found.lost}`);
      rounds.push(found);
    }
    for (const { host, others } of rooms) for (const { socket } of [host, ...others]) socket?.disconnect();
    const p99 = Math.max(...rounds.map((one) => one.p99));
    const loopP99 = Math.max(...rounds.map((one) => one.loopP99));
    const lost = rounds.reduce((sum, one) => sum + one.lost, 0);
    return {
      people,
      p99,
      loopP99,
      lost,
      met: { p99: p99 <= BACK_TARGETS.p99Ms, loop: loopP99 <= BACK_TARGETS.loopP99Ms, lost: lost === 0 },
      rounds,
      stock: await stock(people),
    };
  } finally {
    server.stop();
  }
}
