/** Packets of a camera in three layers and of a microphone, made by hand: right to the byte in what a media server reads. */

export const FPS = 24;
/** As the classroom sends a camera, small to large. */
export const LAYERS = [100_000, 300_000, 900_000] as const;
const MOST_PAYLOAD = 1_150;
const AUDIO_BYTES = 80;
export const VIDEO_TYPE = 96;
export const AUDIO_TYPE = 111;
/** RTP's clock of sound: ticks an ms. */
const AUDIO_TICKS = 48;
const VIDEO_TICKS = 90;

function head(into: Buffer, type: number, marker: boolean, sequence: number, timestamp: number, ssrc: number): void {
  into[0] = 0x80;
  into[1] = (marker ? 0x80 : 0) | type;
  into.writeUInt16BE(sequence & 0xffff, 2);
  into.writeUInt32BE(timestamp >>> 0, 4);
  into.writeUInt32BE(ssrc, 8);
}

/** One layer of a camera: a key frame each second, every other frame may be left out (two temporal layers). */
export class VideoLayer {
  readonly #ssrc: number;
  readonly #bytes: number;
  #sequence = 0;
  #frame = 0;
  #base = 0;

  constructor(ssrc: number, bitsPerSecond: number) {
    this.#ssrc = ssrc;
    this.#bytes = Math.round(bitsPerSecond / FPS / 8);
  }

  frame(nowMs: number): readonly Buffer[] {
    const key = this.#frame % FPS === 0;
    const temporal = this.#frame % 2;
    if (temporal === 0) this.#base += 1;
    const packets: Buffer[] = [];
    const count = Math.max(1, Math.ceil(this.#bytes / MOST_PAYLOAD));
    for (let index = 0; index < count; index += 1) {
      const packet = Buffer.alloc(12 + 6 + Math.ceil(this.#bytes / count));
      head(packet, VIDEO_TYPE, index === count - 1, this.#sequence, Math.round(nowMs * VIDEO_TICKS), this.#ssrc);
      this.#sequence += 1;
      // The descriptor of VP8 (RFC 7741): picture id, number of the base frame, temporal layer.
      packet[12] = 0x80 | (index === 0 ? 0x10 : 0);
      packet[13] = 0xe0;
      packet.writeUInt16BE(0x8000 | (this.#frame & 0x7fff), 14);
      packet[16] = this.#base & 0xff;
      packet[17] = (temporal << 6) | 0x20;
      packet[18] = key ? 0 : 1;
      packets.push(packet);
    }
    this.#frame += 1;
    return packets;
  }

  /** Without it a server cannot change from one layer to another. */
  report(nowMs: number): Buffer {
    return senderReport(this.#ssrc, nowMs, Math.round(nowMs * VIDEO_TICKS), this.#sequence);
  }
}

/** A microphone: a packet every 20 ms, whose timestamp says when it was sent. */
export class Microphone {
  readonly #ssrc: number;
  #sequence = 0;

  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  packet(nowMs: number): Buffer {
    const packet = Buffer.alloc(12 + AUDIO_BYTES);
    head(packet, AUDIO_TYPE, false, this.#sequence, Math.round(nowMs * AUDIO_TICKS), this.#ssrc);
    this.#sequence += 1;
    return packet;
  }
}

function senderReport(ssrc: number, nowMs: number, timestamp: number, packets: number): Buffer {
  const report = Buffer.alloc(28);
  report[0] = 0x80;
  report[1] = 200;
  report.writeUInt16BE(6, 2);
  report.writeUInt32BE(ssrc, 4);
  const seconds = nowMs / 1_000;
  report.writeUInt32BE(Math.floor(seconds), 8);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32) >>> 0, 12);
  report.writeUInt32BE(timestamp >>> 0, 16);
  report.writeUInt32BE(packets, 20);
  report.writeUInt32BE(packets * 800, 24);
  return report;
}

/** What one receiver got, by stream: counted by the numbers in the packets, and how late the sound was. */
export class Receipt {
  readonly delays: number[] = [];
  readonly #streams = new Map<number, { first: number; last: number; got: number }>();
  counting = false;

  take(packet: Buffer, nowMs: number): void {
    if (!this.counting || packet.length < 12) return;
    const type = (packet[1] ?? 0) & 0x7f;
    // RTCP shares the port.
    if (type >= 64 && type < 96) return;
    const sequence = packet.readUInt16BE(2);
    const ssrc = packet.readUInt32BE(8);
    const stream = this.#streams.get(ssrc);
    if (stream === undefined) this.#streams.set(ssrc, { first: sequence, last: sequence, got: 1 });
    else {
      stream.got += 1;
      const ahead = (sequence - (stream.last & 0xffff) + 0x10000) & 0xffff;
      if (ahead < 0x8000) stream.last += ahead;
    }
    if (type !== AUDIO_TYPE && type !== 100) return;
    const ticks = (Math.round(nowMs * AUDIO_TICKS) - packet.readUInt32BE(4)) >>> 0;
    if (ticks < 2 ** 31) this.delays.push(ticks / AUDIO_TICKS);
  }

  get streams(): number {
    return this.#streams.size;
  }

  get got(): number {
    return [...this.#streams.values()].reduce((sum, { got }) => sum + got, 0);
  }

  get expected(): number {
    return [...this.#streams.values()].reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }
}
