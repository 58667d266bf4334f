/** One websocket: its bounds, its ticket's time, and the way of its bytes to and from a room. */
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { mayChangeOthersWork } from '#events/access/permissions.ts';
import type { Ticket } from '#events/access/ticket.ts';
import { CLOSE, type Close } from '../close-codes.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { MESSAGE, SYNC, awarenessMessage } from '../wire/messages.ts';
import { writeStates } from '../wire/awareness.ts';
import { frameOf } from '../wire/frame.ts';
import type { Peer } from './peer.ts';
import { receive } from './receive.ts';
import type { Room } from './room.ts';

/** Says nothing, and keeps stock clients from giving up. */
const NOTHING_NEW = frameOf(awarenessMessage(writeStates([])));

/** Refills with time; empty means too fast. */
class Bucket {
  private readonly perSecond: number;
  private readonly most: number;
  private left: number;
  private at: number;

  constructor(perSecond: number, most: number, now: number) {
    this.perSecond = perSecond;
    this.most = most;
    this.left = most;
    this.at = now;
  }

  take(amount: number, now: number): boolean {
    this.left = Math.min(this.most, this.left + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    this.left -= amount;
    return this.left >= 0;
  }
}

export interface SocketPorts {
  readonly limits: Limits;
  readonly log: Log;
  readonly wall: () => number;
  readonly onGone: (socket: SyncSocket, close: { code: number; reason: string }) => void;
}

/** What a socket asked for. */
export interface Want {
  /** Of the document. */
  readonly name: string;
  /** Messages from 100 on. */
  readonly acks: boolean;
  /** Its ticket does not open the document; the host shows it. */
  readonly viewer: boolean;
}

export class SyncSocket implements Peer {
  readonly ticket: Ticket;
  readonly document: string;
  readonly acks: boolean;
  readonly viewer: boolean;
  room: Room | null = null;
  private readonly ws: WebSocket;
  /** The same connection below `ws`: ready frames go straight to it, so that one frame serves a whole room. */
  private readonly raw: Duplex;
  private readonly ports: SocketPorts;
  private readonly messages: Bucket;
  private readonly bytes: Bucket;
  /** Answers that are still on their way do not count against the queue. */
  private owed = 0;
  private lastWrite: number;
  private lastSign: number;
  private pinged: number;
  private unanswered = 0;
  private ending: Close | null = null;

  constructor(ws: WebSocket, raw: Duplex, ticket: Ticket, want: Want, ports: SocketPorts) {
    const now = ports.wall();
    const { limits } = ports;
    this.ws = ws;
    this.raw = raw;
    this.ticket = ticket;
    this.document = want.name;
    this.acks = want.acks;
    this.viewer = want.viewer;
    this.ports = ports;
    this.messages = new Bucket(limits.messagesPerSecond, limits.messagesAtOnce, now);
    this.bytes = new Bucket(limits.bytesPerSecond, limits.bytesAtOnce, now);
    this.lastWrite = now;
    this.lastSign = now;
    this.pinged = now;
    // Nothing is read before the document is here: what the client says meanwhile waits in the kernel.
    ws.pause();
    ws.on('message', (data, isBinary) => this.onMessage(data, isBinary));
    ws.on('ping', (data) => this.onPing(data));
    ws.on('pong', () => {
      this.onSign(ports.wall());
      this.count(0);
    });
    ws.on('close', (code, reason) => this.onClose(code, reason.toString()));
    raw.on('drain', () => {
      this.owed = 0;
    });
  }

  get personId(): string {
    return this.ticket.personId;
  }

  get name(): string {
    return this.ticket.name;
  }

  get host(): boolean {
    return mayChangeOthersWork(this.ticket.role);
  }

  get observer(): boolean {
    return this.ticket.role === 'observer';
  }

  get busy(): boolean {
    return this.owed > 0;
  }

  get open(): boolean {
    return this.ws.readyState === this.ws.OPEN;
  }

  /** The document is here. */
  enter(room: Room): void {
    this.room = room;
    room.own(this.ticket.documents[this.document] ?? [], this.personId);
    room.join(this);
    this.ws.resume();
  }

  write(frame: Buffer, then?: Buffer): void {
    if (!this.open) return;
    if (this.raw.writableLength > this.ports.limits.queueBytes + this.owed) return this.drop();
    // One copy is cheaper than a second call into the kernel.
    this.raw.write(then ? Buffer.concat([frame, then]) : frame);
    this.lastWrite = this.ports.wall();
  }

  /** Too slow: a close frame would wait behind all the rest. It syncs anew when it comes back. */
  private drop(): void {
    this.ports.log.info({ document: this.document, waiting: this.raw.writableLength }, 'a slow socket was dropped');
    this.ws.terminate();
  }

  offer(frame: Buffer): void {
    if (this.raw.writableLength <= this.ports.limits.cursorQueueBytes) this.write(frame);
  }

  answer(frame: Buffer): void {
    this.write(frame);
    if (this.raw.writableLength > 0) this.owed += frame.length;
  }

  close(close: Close): void {
    if (this.ending) return;
    this.ending = close;
    // A paused socket would never read the client's answer.
    this.ws.resume();
    this.ws.close(close.code, close.reason);
  }

  terminate(): void {
    this.ws.terminate();
  }

  /** What time brings: the ticket runs out, silence is broken, the dead are let go. */
  sweep(now: number): void {
    const { limits } = this.ports;
    if (now > this.ticket.expiresAt + limits.ticketGraceMs) this.close(CLOSE.ticketExpired);
    // Questions are counted besides: after this process itself stood still, every socket has been silent for long.
    if (this.unanswered >= 2 && now - this.lastSign > limits.deadAfterMs) return this.ws.terminate();
    if (now - Math.max(this.lastSign, this.pinged) > limits.pingEveryMs && this.open) {
      this.pinged = now;
      this.unanswered += 1;
      this.ws.ping();
    }
    if (this.room && now - this.lastWrite > limits.keepAliveMs) this.write(NOTHING_NEW);
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    const { room } = this;
    if (!room || this.ending) return;
    const now = this.ports.wall();
    this.onSign(now);
    if (!isBinary) return this.close(CLOSE.textFrame);
    // A buffer of its own: parts of it are kept until the next frame, and no lying length reaches a neighbour's bytes.
    const bytes = copyOf(data);
    // It asks again and reads no answers, each as large as the document.
    if (this.owed > this.ports.limits.queueBytes && isQuestion(bytes)) return this.drop();
    if (this.count(bytes.length)) receive(room, this, bytes, this.ports.log);
  }

  /** Whoever pings without end and never reads the answers is no better than whoever talks without end. */
  private onPing(data: Buffer): void {
    this.onSign(this.ports.wall());
    if (this.count(data.length) && this.raw.writableLength <= this.ports.limits.queueBytes) this.ws.pong(data);
  }

  /** False when this was too much; the socket is closed then. */
  private count(bytes: number): boolean {
    const now = this.ports.wall();
    if (this.messages.take(1, now) && this.bytes.take(bytes, now)) return true;
    this.close(CLOSE.tooFast);
    return false;
  }

  private onSign(now: number): void {
    this.lastSign = now;
    this.unanswered = 0;
  }

  private onClose(code: number, reason: string): void {
    this.room?.leave(this);
    this.room = null;
    this.ports.onGone(this, this.ending ?? { code, reason });
  }
}

/** A step 1, or who is here. */
const isQuestion = ([type, step]: Uint8Array): boolean =>
  (type === MESSAGE.sync && step === SYNC.step1) || type === MESSAGE.queryAwareness;

function copyOf(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data));
  return data instanceof ArrayBuffer ? new Uint8Array(data.slice(0)) : Uint8Array.from(data);
}
