/** One thin client: sends a pen's updates when they are due, and counts what the others' became. */
import { Writer } from '#sync/wire/writer.ts';
import type { Frames, Seen } from './stamps.ts';
import { bucketOf, Histogram } from './histogram.ts';
import { Pen } from './points.ts';
import type { Group, Someone, Wire } from './plan.ts';
import { maskedFrame, ThinSocket } from './thin-socket.ts';

/** What all members share. Times in ms from `start`. */
export interface Crowd {
  readonly wire: Wire;
  readonly port: number;
  readonly document: string;
  readonly frames: Frames;
  start: number;
  /** Updates that were due between these are measured. */
  from: number;
  to: number;
  readonly latency: Histogram;
  readonly sameNode: Histogram;
  readonly otherNode: Histogram;
  readonly seconds: Histogram[];
  readonly ack: Histogram;
  readonly joined: Histogram;
  delivered: number;
  readonly closed: Map<string, number>;
  /** By number of the writer. */
  nodeOf: readonly number[];
}

const NO_UPDATE = Uint8Array.of(0, 0);
const EMPTY_VECTOR = Uint8Array.of(0);
/** As the stock client's longest. */
const BACK_MS = 2_500;

export class Member {
  readonly port: number;
  readonly writes: boolean;
  ready = false;
  /** Its updates are kept to make a document of them. */
  keeps = false;
  readonly kept: Uint8Array[] = [];
  /** Updates of the first group that it sent and got, and what they add up to. */
  sent = 0;
  sentSum = 0;
  got = 0;
  gotSum = 0;
  framesIn = 0;
  /** The last acknowledged count. */
  acks = 0;
  private readonly crowd: Crowd;
  private readonly one: Someone;
  private readonly number: number;
  private readonly steady: boolean;
  private readonly group: Group;
  private readonly pen: Pen;
  private readonly prefix: Uint8Array;
  private socket: ThinSocket | null = null;
  private came = 0;
  private backAt = 0;
  private left = false;
  private turn = 0;
  /** On this connection: what its n-th update was; 0 for one without a stamp. */
  private counted: number[] = [];
  /** Of those who may have to come back: the updates themselves, and those that were not safe when they had to go. */
  private said: Uint8Array[] = [];
  private unsafe: { readonly update: Uint8Array; readonly stamp: number }[] = [];
  private readonly safe: number[] = [];

  constructor(crowd: Crowd, one: Someone, number: number, writes: boolean, steady: boolean, group: Group) {
    this.crowd = crowd;
    this.one = one;
    this.number = number;
    this.writes = writes;
    this.steady = steady;
    this.group = group;
    this.port = one.port ?? crowd.port;
    this.pen = new Pen(one.client, { id: one.id, name: one.name }, number * 7);
    this.prefix =
      crowd.wire === 'hocuspocus' ? new Uint8Array(new Writer().varString(crowd.document).finish()) : new Uint8Array(0);
  }

  get bytes(): number {
    return this.socket?.bytes ?? 0;
  }

  /** Connects unless it is there already or was sent away just now. */
  come(time: number): void {
    if (this.socket || this.left || time < this.backAt) return;
    this.came = time;
    this.counted = [];
    this.ready = false;
    const opened = (): void => {
      if (this.crowd.wire === 'floor') this.ready = true;
      if (this.crowd.wire === 'hocuspocus') this.say(new Writer().varUint(2).varUint(0).varString('').finish());
      if (this.crowd.wire !== 'floor') this.say(new Writer().varUint(0).varUint(0).varBytes(EMPTY_VECTOR).finish());
    };
    const hearer = {
      onFrame: (payload: Buffer) => this.onFrame(payload),
      onEnd: (code: number, reason: string) => this.onEnd(code, reason),
    };
    this.socket = new ThinSocket(this.port, this.one.path, hearer, opened);
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    this.socket?.end();
  }

  /** Sends all that is due by `time`. */
  drawUntil(time: number, phase: number, period: number): void {
    const last = Math.floor((time - phase) / period);
    if (!this.ready || !this.socket?.open) {
      // Whoever is not in draws nothing; what would have been due is not made up for.
      this.turn = Math.max(this.turn, last + 1);
      return;
    }
    for (; this.turn <= last; this.turn += 1) {
      const at = Math.round((phase + this.turn * period) * 100);
      const update = this.pen.next({ writer: this.number, at });
      this.sendUpdate(update, this.number * 2 ** 32 + at);
      if (!this.steady) continue;
      this.sent += 1;
      this.sentSum += this.number * 7_919 + at;
    }
  }

  sendUpdate(update: Uint8Array, stamp = 0): void {
    this.counted.push(stamp);
    if (this.group.comesBack) this.said[this.counted.length - 1] = update;
    this.say(new Writer().varUint(0).varUint(2).varBytes(update).finish());
  }

  /** Stamps of what the server said is durable. */
  acknowledged(): readonly number[] {
    return [...this.safe, ...this.counted.slice(0, this.acks).filter((stamp) => stamp > 0)];
  }

  private say(message: Uint8Array): void {
    this.socket?.send(maskedFrame(this.prefix.length > 0 ? Buffer.concat([this.prefix, message]) : message));
  }

  private onFrame(payload: Buffer): void {
    this.framesIn += 1;
    const { crowd } = this;
    if (crowd.wire === 'floor') return;
    const seen = this.steady ? crowd.frames.read(payload) : crowd.frames.glance(payload);
    switch (seen.kind) {
      case 'step1':
        this.counted.push(0);
        this.say(new Writer().varUint(0).varUint(1).varBytes(NO_UPDATE).finish());
        for (const { update, stamp } of this.unsafe.splice(0)) this.sendUpdate(update, stamp);
        return;
      case 'step2':
        if (!this.ready && !this.steady) crowd.joined.record(performance.now() - this.came);
        this.ready = true;
        if (this.keeps) this.kept.push(seen.update);
        return;
      case 'update':
        if (this.keeps) this.kept.push(seen.update);
        return this.count(seen);
      case 'ack':
        return this.onAck(seen.count);
      default:
    }
  }

  private count(seen: Seen): void {
    if (!this.steady) return;
    const { crowd, number, port } = this;
    const time = performance.now() - crowd.start;
    for (let i = 0; i < seen.count; i += 1) {
      const writer = seen.writers[i] ?? 0;
      if (writer === number) continue;
      const at = seen.ats[i] ?? 0;
      const due = at / 100;
      if (writer < this.group.people.length) {
        this.got += 1;
        this.gotSum += writer * 7_919 + at;
      }
      const second = Math.floor(due / 1_000);
      const bucket = bucketOf(time - due);
      (crowd.seconds[second] ??= new Histogram()).add(bucket, time - due);
      if (due < crowd.from || due >= crowd.to) continue;
      crowd.delivered += 1;
      crowd.latency.add(bucket, time - due);
      (crowd.nodeOf[writer] === port ? crowd.sameNode : crowd.otherNode).add(bucket, time - due);
    }
  }

  private onAck(count: number): void {
    this.acks = count;
    const stamp = this.counted[count - 1] ?? 0;
    if (stamp === 0) return;
    const due = (stamp - this.number * 2 ** 32) / 100;
    if (due >= this.crowd.from && due < this.crowd.to)
      this.crowd.ack.record(performance.now() - this.crowd.start - due);
  }

  private onEnd(code: number, reason: string): void {
    this.safe.push(...this.counted.slice(0, this.acks).filter((stamp) => stamp > 0));
    this.unsafe.unshift(
      ...this.counted.flatMap((stamp, i) => {
        const update = i < this.acks ? undefined : this.said[i];
        return update ? [{ update, stamp }] : [];
      }),
    );
    this.counted = [];
    this.said = [];
    this.acks = 0;
    this.socket = null;
    this.ready = false;
    this.backAt = this.group.comesBack ? performance.now() + BACK_MS : Infinity;
    if (this.left) return;
    const what = `${code} ${reason}`;
    this.crowd.closed.set(what, (this.crowd.closed.get(what) ?? 0) + 1);
  }
}
