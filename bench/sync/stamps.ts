/** Reads what servers send: once a frame, however many receivers get the same bytes. */
import { readStamps } from './points.ts';
import type { Wire } from './plan.ts';

export interface Seen {
  readonly bytes: Buffer;
  /** `sync`: an update; `ack`: so many are durable; anything else says nothing about strokes. */
  readonly kind: 'update' | 'step1' | 'step2' | 'ack' | 'other';
  readonly update: Uint8Array;
  readonly writers: Uint16Array;
  /** Hundredths of a ms. */
  readonly ats: Uint32Array;
  readonly count: number;
}

const NOTHING = new Uint8Array(0);
const KEPT = 128;
const NO_STROKES = {
  bytes: Buffer.alloc(0),
  update: NOTHING,
  writers: new Uint16Array(0),
  ats: new Uint32Array(0),
  count: 0,
} as const;

export class Frames {
  private readonly known = new Map<number, Seen>();
  private readonly wire: Wire;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  /** What kind it is, for one whose strokes nobody measures. */
  glance(payload: Buffer): Seen {
    const isUpdate = this.wire !== 'hocuspocus' && payload[0] === 0 && payload[1] !== 0;
    return isUpdate ? { ...NO_STROKES, kind: payload[1] === 1 ? 'step2' : 'update' } : this.read(payload);
  }

  read(payload: Buffer): Seen {
    const { length } = payload;
    const key =
      length * 2 ** 32 + (length >= 8 ? payload.readUInt32LE(length - 8) ^ payload.readUInt32LE(length >> 1) : 0);
    const known = this.known.get(key);
    if (known?.bytes.equals(payload)) return known;
    const seen = this.look(Buffer.from(payload));
    this.known.set(key, seen);
    if (this.known.size > KEPT) for (const old of this.known.keys()) if (this.known.delete(old)) break;
    return seen;
  }

  private look(bytes: Buffer): Seen {
    let at = 0;
    const varUint = (): number => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at] ?? 0;
        at += 1;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    const nothing = { bytes, update: NOTHING, writers: new Uint16Array(0), ats: new Uint32Array(0), count: 0 };
    if (this.wire === 'hocuspocus') {
      const name = varUint();
      at += name;
    }
    const type = varUint();
    if (type === 100 && this.wire === 'ours') return { ...nothing, kind: 'ack', count: varUint() };
    if (type !== 0) return { ...nothing, kind: 'other' };
    const step = varUint();
    if (step === 0) return { ...nothing, kind: 'step1' };
    const length = varUint();
    const update = new Uint8Array(bytes.buffer, bytes.byteOffset + at, length);
    const writers: number[] = [];
    const ats: number[] = [];
    readStamps(update, (writer, time) => {
      writers.push(writer);
      ats.push(time);
    });
    return {
      bytes,
      kind: step === 1 ? 'step2' : 'update',
      update,
      writers: Uint16Array.from(writers),
      ats: Uint32Array.from(ats),
      count: writers.length,
    };
  }
}
