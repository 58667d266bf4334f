/**
 * Reads bytes that a stranger sent. Every step checks the end first: lib0's own decoder trusts lengths, and a view made
 * from a lying one would reach into whatever lies behind the message in memory.
 */
export class Malformed extends Error {
  override readonly name = 'Malformed';
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const SHORT = 24;
/** Nesting that Yjs peers read by recursion; nobody writes deeper by hand. */
const MOST_DEPTH = 32;

export class Reader {
  readonly bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new Malformed('ends too early');
    this.at += 1;
    return byte;
  }

  /** An unsigned varint up to 2^53 − 1. */
  varUint(): number {
    const first = this.bytes[this.at];
    // Most are small.
    if (first !== undefined && first < 128) {
      this.at += 1;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i += 1) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw new Malformed('number too large');
  }

  skip(count: number): void {
    if (count > this.left) throw new Malformed('ends too early');
    this.at += count;
  }

  /** A length, then as many bytes: a view, valid as long as the message. */
  varBytes(): Uint8Array {
    const length = this.varUint();
    const from = this.at;
    this.skip(length);
    return this.bytes.subarray(from, this.at);
  }

  /** A length, then as many bytes of UTF-8; broken text would throw in every peer. */
  varString(): string {
    const length = this.varUint();
    if (length <= SHORT) {
      const text = this.ascii(length);
      if (text !== null) return text;
    }
    const from = this.at;
    this.skip(length);
    const bytes = this.bytes.subarray(from, this.at);
    try {
      return UTF8.decode(bytes);
    } catch (cause) {
      throw new Malformed('not UTF-8', { cause });
    }
  }

  /** Names and keys are mostly short and plain, and a decoder takes its time to be called. Null, and nowhere, otherwise. */
  private ascii(length: number): string | null {
    let text = '';
    for (let i = this.at; i < this.at + length; i += 1) {
      const byte = this.bytes[i];
      if (byte === undefined || byte > 127) return null;
      text += String.fromCharCode(byte);
    }
    this.at += length;
    return text;
  }

  /** JSON as text; Yjs peers parse it without a net. Only a list's element may be the word `undefined`. */
  json(element = false): void {
    const text = this.varString();
    if (element && text === 'undefined') return;
    try {
      JSON.parse(text);
    } catch (cause) {
      throw new Malformed('not JSON', { cause });
    }
  }

  /** Steps over one value of lib0's `any` encoding. */
  skipAny(depth = 0): void {
    if (depth > MOST_DEPTH) throw new Malformed('nested too deeply');
    const kind = this.byte();
    switch (kind) {
      case 127: // undefined
      case 126: // null
      case 121: // false
      case 120: // true
        return;
      case 125: // integer
        this.skipVarInt();
        return;
      case 124: // float32
        this.skip(4);
        return;
      case 123: // float64
      case 122: // bigint
        this.skip(8);
        return;
      case 119:
        this.varString();
        return;
      case 118: {
        const entries = this.varUint();
        for (let i = 0; i < entries; i += 1) {
          // Yjs peers would make it the value's prototype, and one that is bytes can be written by none of them again.
          if (this.varString() === '__proto__') throw new Malformed('a prototype');
          this.skipAny(depth + 1);
        }
        return;
      }
      case 117: {
        const items = this.varUint();
        for (let i = 0; i < items; i += 1) this.skipAny(depth + 1);
        return;
      }
      case 116:
        this.varBytes();
        return;
      default:
        throw new Malformed(`unknown value ${kind}`);
    }
  }

  private skipVarInt(): void {
    for (let i = 0; i < 8; i += 1) if (this.byte() < 128) return;
    throw new Malformed('number too large');
  }
}
