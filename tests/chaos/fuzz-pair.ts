/**
 * Two honest people who draw while others attack, in a process of their own, so that nothing but the server is in their
 * way: `fork`ed, told what to do and answering by messages. Each sends a known piece of ink 40 times a second and looks for
 * the other one's.
 */
import { Histogram, type Times } from '../../bench/sync/histogram.ts';
import { Pen } from '../../bench/sync/points.ts';
import { ThinSocket, maskedFrame } from '../../bench/sync/thin-socket.ts';
import { Reader } from '#sync/wire/reader.ts';
import { Writer } from '#sync/wire/writer.ts';
import { ticketFor, until } from './board-client.ts';

const EVERY_MS = 25;
const ACK = 100;

export type PairCommand =
  /** Both open the board and draw. */
  | { readonly kind: 'open'; readonly port: number; readonly name: string; readonly clients: readonly number[] }
  /** Times are taken anew from here on. */
  | { readonly kind: 'time' }
  /** Both stop, and wait for what is under way. */
  | { readonly kind: 'stop' };

export type PairAnswer =
  | { readonly kind: 'open' }
  /** Since they were taken anew, ms; the last times while they drew. */
  | { readonly kind: 'time'; readonly times: Times }
  | {
      readonly kind: 'stop';
      readonly times: Times;
      /** Pieces of ink by each of them. */
      readonly sent: readonly number[];
      /** Of them never seen by the other one, never acknowledged, and sockets that were closed. */
      readonly unseen: number;
      readonly unsafe: number;
      readonly closed: readonly string[];
    };

/** The n-th piece of ink of one of the two; every byte is a number of its own. */
export const inkOf = (one: number, n: number): Buffer =>
  Buffer.from([0x71, 0x72, one, (n >> 21) & 127, (n >> 14) & 127, (n >> 7) & 127, n & 127, 0x73]);

export const pairPerson = (one: number): { personId: string; name: string } => ({
  personId: `p-honest-${one}`,
  name: `Honest ${one}`,
});

let times = new Histogram();

class Honest {
  sent = 0;
  closed: string | null = null;
  readonly due = new Map<number, number>();
  other: Honest | null = null;
  private readonly one: number;
  private readonly pen: Pen;
  private readonly socket: ThinSocket;
  private acknowledged = 0;
  private whole = false;
  private leaving = false;

  constructor(one: number, port: number, name: string, client: number) {
    this.one = one;
    const person = pairPerson(one);
    this.pen = new Pen(client, { id: person.personId, name: person.name }, one * 7, () => this.ink());
    const ticket = ticketFor(person, name, 'participant');
    this.socket = new ThinSocket(
      port,
      `/sync/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticket)}&ack=1`,
      {
        onFrame: (payload) => this.hear(payload),
        onEnd: (code, reason) => {
          if (!this.leaving) this.closed = `${code} ${reason}`;
        },
      },
      () => this.say(new Writer().varUint(0).varUint(0).varBytes(Uint8Array.of(0)).finish()),
    );
  }

  get in(): boolean {
    return this.whole;
  }

  get unsafe(): number {
    return this.sent - this.acknowledged;
  }

  draw(): void {
    this.say(
      new Writer()
        .varUint(0)
        .varUint(2)
        .varBytes(this.pen.next({ writer: this.one, at: 0 }))
        .finish(),
    );
  }

  end(): void {
    this.leaving = true;
    this.socket.end();
  }

  private ink(): Uint8Array {
    this.sent += 1;
    this.due.set(this.sent, performance.now());
    return inkOf(this.one, this.sent);
  }

  private say(message: Uint8Array): void {
    this.socket.send(maskedFrame(message));
  }

  private hear(payload: Buffer): void {
    const now = performance.now();
    if (payload[0] === 0 && payload[1] === 1) this.whole = true;
    if (payload[0] === ACK) {
      const reader = new Reader(payload);
      reader.varUint();
      this.acknowledged = reader.varUint();
    }
    const { other } = this;
    if (!other || payload[0] !== 0) return;
    for (const [n, at] of other.due)
      if (payload.includes(inkOf(other.one, n))) {
        times.record(now - at);
        other.due.delete(n);
      }
  }
}

let pair: readonly Honest[] = [];
let timer: NodeJS.Timeout | undefined;

async function open({ port, name, clients }: Extract<PairCommand, { kind: 'open' }>): Promise<void> {
  const [a, b] = [new Honest(0, port, name, clients[0] ?? 0), new Honest(1, port, name, clients[1] ?? 0)];
  [a.other, b.other] = [b, a];
  pair = [a, b];
  await until(() => a.in && b.in, 'the two to be in');
  for (const one of pair) one.draw();
  // Their ids are bound by then, and nobody else can take them.
  await until(() => pair.every(({ unsafe }) => unsafe === 0), 'their first ink to be safe');
  timer = setInterval(() => pair.forEach((one) => one.draw()), EVERY_MS);
}

async function stop(): Promise<PairAnswer> {
  clearInterval(timer);
  const settled = (): boolean => pair.every(({ unsafe, due }) => unsafe === 0 && due.size === 0);
  // Whoever waits in vain says so in numbers.
  await until(settled, 'all to be safe and seen').catch(() => undefined);
  const sum = (of: (one: Honest) => number): number => pair.reduce((all, one) => all + of(one), 0);
  const answer: PairAnswer = {
    kind: 'stop',
    times: times.times(),
    sent: pair.map(({ sent }) => sent),
    unseen: sum(({ due }) => due.size),
    unsafe: sum(({ unsafe }) => unsafe),
    closed: pair.flatMap(({ closed }) => (closed === null ? [] : [closed])),
  };
  for (const one of pair) one.end();
  return answer;
}

async function obey(command: PairCommand): Promise<PairAnswer> {
  switch (command.kind) {
    case 'open':
      await open(command);
      return { kind: 'open' };
    case 'time': {
      const answer: PairAnswer = { kind: 'time', times: times.times() };
      times = new Histogram();
      return answer;
    }
    case 'stop':
      return stop();
  }
}

// Only where it was forked: who imports its types starts nothing.
if (process.send && process.argv[1] === import.meta.filename)
  process.on('message', (command: PairCommand) => {
    void obey(command).then((answer) => process.send?.(answer));
  });
