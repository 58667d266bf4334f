/** Who and what takes part in a fuzz of a board: the server, its attackers, who watches, and the two who are honest. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as Y from 'yjs';
import { readMessage } from '#sync/wire/messages.ts';
import { Writer } from '#sync/wire/writer.ts';
import { ThinSocket, maskedFrame } from '../../bench/sync/thin-socket.ts';
import { startChild, type Child } from '../support/child.ts';
import { freePort } from '../support/free-port.ts';
import { ticketFor } from './board-client.ts';
import { numberOf, numberedPing, type Shot } from './fuzz-frames.ts';
import type { PairAnswer, PairCommand } from './fuzz-pair.ts';

const SERVE = join(import.meta.dirname, '../../sync/testing/serve.ts');
const PAIR = join(import.meta.dirname, 'fuzz-pair.ts');
const ANSWER_MS = 20_000;

export interface Server {
  readonly child: Child;
  readonly port: number;
  rssMb(): number;
}

export async function openServer(database: string): Promise<Server> {
  const port = await freePort();
  const up = `http://127.0.0.1:${port}/?name=board:up&person=nobody`;
  const child = await startChild(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SERVE, database, String(port)],
    {},
    async () => (await fetch(up)).ok,
  );
  const rssMb = (): number => {
    const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
    return Math.round(Number(kb) / 1_024);
  };
  return { child, port, rssMb };
}

/** The two honest ones, in their own process. */
export class Pair {
  private readonly child: ChildProcess;

  constructor() {
    this.child = fork(PAIR, { execArgv: ['--disable-warning=ExperimentalWarning'] });
    process.on('exit', () => this.child.kill('SIGKILL'));
  }

  async ask<K extends PairCommand['kind']>(
    command: Extract<PairCommand, { kind: K }>,
  ): Promise<Extract<PairAnswer, { kind: K }>> {
    const answered = once(this.child, 'message', { signal: AbortSignal.timeout(60_000) });
    this.child.send(command);
    const [answer] = (await answered) as [Extract<PairAnswer, { kind: K }>];
    return answer;
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** Keeps what the server relays, as every stock client would. */
export class Watcher {
  readonly doc = new Y.Doc();
  whole = false;
  closed: string | null = null;
  private readonly socket: ThinSocket;

  constructor(port: number, name: string, id: string) {
    const person = { personId: `p-${id}`, name: id };
    this.socket = new ThinSocket(
      port,
      pathOf(person, name),
      {
        onFrame: (payload) => {
          if (payload[0] !== 0 || payload[1] === 0) return;
          const message = readMessage(Uint8Array.from(payload));
          if (message.kind === 'update') Y.applyUpdate(this.doc, message.update);
          if (payload[1] === 1) this.whole = true;
        },
        onEnd: (code, reason) => {
          this.closed = `${code} ${reason}`;
        },
      },
      () => this.socket.send(maskedFrame(new Writer().varUint(0).varUint(0).varBytes(Uint8Array.of(0)).finish())),
    );
  }

  end(): void {
    this.socket.end();
  }
}

export const pathOf = (person: { personId: string; name: string }, name: string): string =>
  `/sync/${encodeURIComponent(name)}?ticket=${encodeURIComponent(ticketFor(person, name, 'participant'))}&ack=1`;

/** One of the hostile: opens its socket again whenever it was sent away. */
export class Attacker {
  private readonly port: number;
  private readonly path: string;
  private readonly onGone: (what: string) => void;
  private socket: ThinSocket | null = null;
  private sent = 0;
  private answered = 0;
  private heard: (() => void) | null = null;
  /** A message was begun and not ended. */
  private midway = false;

  constructor(port: number, path: string, onGone: (what: string) => void) {
    this.port = port;
    this.path = path;
    this.onGone = onGone;
  }

  get open(): boolean {
    return this.midway;
  }

  /** Says it, and waits until the server has read it or has sent this socket away; true when it was sent away. */
  async say(shot: Shot): Promise<boolean> {
    await this.come();
    const { socket } = this;
    this.sent += 1;
    socket?.send(Buffer.concat([shot.bytes, numberedPing(this.sent)]));
    await this.until(() => this.socket === null || this.answered === this.sent);
    this.midway = this.socket !== null && shot.opens;
    return this.socket === null;
  }

  end(): void {
    const { socket } = this;
    this.socket = null;
    socket?.end();
  }

  private async come(): Promise<void> {
    if (this.socket) return;
    let open = false;
    const socket: ThinSocket = new ThinSocket(
      this.port,
      this.path,
      {
        onFrame: () => undefined,
        onPong: (payload) => {
          this.answered = numberOf(payload) ?? this.answered;
          this.heard?.();
        },
        onEnd: (code, reason) => {
          if (this.socket !== socket) return;
          this.socket = null;
          this.onGone(`${code} ${reason}`.trim());
          this.heard?.();
        },
      },
      () => {
        open = true;
        this.heard?.();
      },
    );
    this.socket = socket;
    await this.until(() => open || this.socket === null);
  }

  private async until(holds: () => boolean): Promise<void> {
    const deadline = performance.now() + ANSWER_MS;
    while (!holds()) {
      const heard = new Promise<void>((resolve) => (this.heard = resolve));
      await Promise.race([heard, sleep(ANSWER_MS, undefined, { ref: false })]);
      if (performance.now() > deadline) throw new Error('The server answers no more');
    }
  }
}
