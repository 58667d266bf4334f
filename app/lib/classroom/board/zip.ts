/** Several files as one: a ZIP file, each entry deflated unless it is packed already. As browsers and Node both can. */

/** IEEE 802.3, as every ZIP wants it. */
const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let sum = n;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum >>> 0;
});

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Numbers of two (`s`) and four (`l`) bytes, low one first. */
function record(layout: string, ...values: number[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer([...layout].reduce((sum, one) => sum + (one === 's' ? 2 : 4), 0)));
  let at = 0;
  for (const [i, one] of [...layout].entries()) {
    if (one === 's') view.setUint16(at, values[i] ?? 0, true);
    else view.setUint32(at, values[i] ?? 0, true);
    at += one === 's' ? 2 : 4;
  }
  return new Uint8Array(view.buffer);
}

/** ZIP 2.0, and the flag of names in UTF-8. */
const VERSION = 20;
const UTF8 = 0x0800;
const DEFLATED = 8;

/** The years that a ZIP can say begin with 1980, its seconds go by twos. */
function stampOf(moment: Date): [time: number, date: number] {
  const year = Math.max(0, moment.getFullYear() - 1980);
  return [
    (moment.getHours() << 11) | (moment.getMinutes() << 5) | (moment.getSeconds() >> 1),
    (year << 9) | ((moment.getMonth() + 1) << 5) | moment.getDate(),
  ];
}

export class Zip {
  private readonly parts: Uint8Array<ArrayBuffer>[] = [];
  private readonly list: Uint8Array<ArrayBuffer>[] = [];
  private readonly stamp: [time: number, date: number];
  private size = 0;

  /** @param moment what the files are dated, in local time. */
  constructor(moment: Date) {
    this.stamp = stampOf(moment);
  }

  /** @param packed deflating would not make it smaller. */
  async add(name: string, file: Blob, packed: boolean): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const body = packed ? bytes : await deflated(bytes);
    const called = new TextEncoder().encode(name);
    const about = [UTF8, packed ? 0 : DEFLATED, ...this.stamp, crcOf(bytes), body.length, bytes.length, called.length];
    const from = this.size;
    this.put(record('lssssslllss', 0x04034b50, VERSION, ...about, 0), called, body);
    this.list.push(record('lsssssslllsssssll', 0x02014b50, VERSION, VERSION, ...about, 0, 0, 0, 0, 0, from), called);
  }

  end(): Blob {
    const from = this.size;
    const count = this.list.length / 2;
    this.put(...this.list);
    this.put(record('lsssslls', 0x06054b50, 0, 0, count, count, this.size - from, from, 0));
    return new Blob(this.parts, { type: 'application/zip' });
  }

  private put(...parts: Uint8Array<ArrayBuffer>[]): void {
    for (const part of parts) {
      this.parts.push(part);
      this.size += part.length;
    }
  }
}
