import { crc32, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Zip } from './zip.ts';

const MOMENT = new Date(2026, 10, 21, 18, 30, 44);

/** What another program finds in it, from the list at its end. */
async function opened(zip: Blob): Promise<{ name: string; body: Buffer; method: number }[]> {
  const file = Buffer.from(await zip.arrayBuffer());
  const end = file.length - 22;
  expect(file.readUInt32LE(end)).toBe(0x06054b50);
  let at = file.readUInt32LE(end + 16);
  expect(at + file.readUInt32LE(end + 12)).toBe(end);
  return Array.from({ length: file.readUInt16LE(end + 10) }, () => {
    expect(file.readUInt32LE(at)).toBe(0x02014b50);
    const [method, crc, packed] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 16), file.readUInt32LE(at + 20)];
    const name = file.subarray(at + 46, at + 46 + file.readUInt16LE(at + 28)).toString();
    const from = file.readUInt32LE(at + 42);
    // What stands before the entry itself says the same.
    expect(file.readUInt32LE(from)).toBe(0x04034b50);
    expect(file.subarray(from + 4, from + 30).equals(file.subarray(at + 6, at + 32))).toBe(true);
    const start = from + 30 + file.readUInt16LE(from + 26);
    const stored = file.subarray(start, start + packed);
    const body = method === 8 ? inflateRawSync(stored) : stored;
    expect([crc32(body), body.length]).toEqual([crc, file.readUInt32LE(at + 24)]);
    at += 46 + file.readUInt16LE(at + 28);
    return { name, body, method };
  });
}

describe('a ZIP file', () => {
  it('has every file under its name, whole, deflated unless it is packed already', async () => {
    const zip = new Zip(MOMENT);
    const words = 'गणित '.repeat(1_000);
    await zip.add('Maths गणित, page 1.svg', new Blob([words]), false);
    await zip.add('page 2.png', new Blob([Uint8Array.of(1, 2, 3)]), true);
    await zip.add('empty', new Blob([]), false);
    const file = zip.end();
    expect(file.size).toBeLessThan(1_000);
    const found = await opened(file);
    expect(found.map(({ name, method }) => [name, method])).toEqual([
      ['Maths गणित, page 1.svg', 8],
      ['page 2.png', 0],
      ['empty', 8],
    ]);
    expect(found[0]?.body.toString()).toBe(words);
    expect([...(found[1]?.body ?? [])]).toEqual([1, 2, 3]);
  });

  it('without any file is one', async () => {
    expect(await opened(new Zip(MOMENT).end())).toEqual([]);
  });
});
