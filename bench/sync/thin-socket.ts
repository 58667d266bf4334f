/**
 * A websocket client that costs next to nothing: one buffer for what comes in, no events, no copies, no timers. What it
 * sends is masked with a mask that is not zero, so that the server has to undo it as in real life.
 */
import { connect, type Socket } from 'node:net';

const MASK = [0x5a, 0xc3, 0x17, 0x9e] as const;

/** A masked binary frame; `payload` stays as it is. */
export function maskedFrame(payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x82;
  if (head === 6) frame[1] = 0x80 | length;
  else if (head === 8) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  for (let i = 0; i < 4; i += 1) frame[head - 4 + i] = MASK[i] ?? 0;
  for (let i = 0; i < length; i += 1) frame[head + i] = (payload[i] ?? 0) ^ (MASK[i & 3] ?? 0);
  return frame;
}

export interface ThinHearer {
  /** The payload of a whole binary frame; valid until it returns. */
  onFrame(payload: Buffer): void;
  /** An answer to a ping; valid until it returns. */
  onPong?(payload: Buffer): void;
  /** With the code of a close frame, or 1006 without one. */
  onEnd(code: number, reason: string): void;
}

export class ThinSocket {
  /** Bytes that came in, frame headers included. */
  bytes = 0;
  open = false;
  private readonly socket: Socket;
  private readonly hearer: ThinHearer;
  /** The beginning of a frame, and how long it has to be before it is looked at again. */
  private rest: Buffer[] = [];
  private restBytes = 0;
  private needs = 0;
  private code = 1006;
  private reason = '';

  constructor(port: number, path: string, hearer: ThinHearer, opened: () => void) {
    this.hearer = hearer;
    let upgraded = false;
    this.socket = connect({
      port,
      host: '127.0.0.1',
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafeSlow(64 * 1024),
        callback: (size, buffer) => {
          let bytes = Buffer.from(buffer.buffer, buffer.byteOffset, size);
          if (!upgraded) {
            const end = bytes.indexOf('\r\n\r\n');
            if (end < 0) throw new Error('An answer to the upgrade in several pieces');
            const line = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
            if (!line.startsWith('HTTP/1.1 101')) throw new Error(`Not upgraded: ${line}`);
            upgraded = true;
            this.open = true;
            bytes = bytes.subarray(end + 4);
            opened();
          }
          if (bytes.length > 0) this.read(bytes);
          return true;
        },
      },
    });
    this.socket.on('connect', () =>
      this.socket.write(
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    );
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.open = false;
      this.hearer.onEnd(this.code, this.reason);
    });
  }

  /** A whole frame. */
  send(frame: Uint8Array): void {
    if (this.open) this.socket.write(frame);
  }

  /** Bytes that the server has not taken yet. */
  get waiting(): number {
    return this.socket.writableLength;
  }

  end(): void {
    this.socket.destroy();
  }

  private read(bytes: Buffer): void {
    this.bytes += bytes.length;
    if (this.restBytes + bytes.length < this.needs) return this.keep(Buffer.from(bytes), this.needs);
    const all = this.rest.length > 0 ? Buffer.concat([...this.rest, bytes]) : bytes;
    [this.rest, this.restBytes] = [[], 0];
    let needs = 2;
    let at = 0;
    while (all.length - at >= 2) {
      const opcode = (all[at] ?? 0) & 15;
      let length = (all[at + 1] ?? 0) & 127;
      let head = 2;
      if (length === 126) {
        head = 4;
        needs = head;
        if (all.length - at < 4) break;
        length = all.readUInt16BE(at + 2);
      } else if (length === 127) {
        head = 10;
        needs = head;
        if (all.length - at < 10) break;
        length = Number(all.readBigUInt64BE(at + 2));
      }
      needs = head + length;
      if (all.length - at < needs) break;
      const payload = all.subarray(at + head, at + head + length);
      at += needs;
      needs = 2;
      if (opcode === 2) this.hearer.onFrame(payload);
      else if (opcode === 8) {
        if (length >= 2) {
          this.code = payload.readUInt16BE(0);
          this.reason = payload.toString('utf8', 2);
        }
        this.socket.end(Buffer.from([0x88, 0x80, ...MASK]));
      } else if (opcode === 9) this.socket.write(pong(payload));
      else if (opcode === 10) this.hearer.onPong?.(payload);
    }
    this.keep(Buffer.from(all.subarray(at)), needs);
  }

  /** Large frames come in many pieces, which are put together once. */
  private keep(bytes: Buffer, needs: number): void {
    this.needs = needs;
    if (bytes.length === 0) return;
    this.rest.push(bytes);
    this.restBytes += bytes.length;
  }
}

function pong(payload: Uint8Array): Buffer {
  const frame = maskedFrame(payload);
  frame[0] = 0x8a;
  return frame;
}
