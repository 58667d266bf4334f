import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '#events/shared/refusal.ts';
import { HEAD_BYTES, MOST_FILE_BYTES, MOST_PICTURE_BYTES, judge, limitOf } from './kinds.ts';
import { dispositionOf, safeName } from './names.ts';
import { sizeOfPicture } from './pictures.ts';
import { receive, type ReceiveLimits } from './receive.server.ts';

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const big = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 255);

const png = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    0x89,
    ...ascii('PNG\r\n\x1a\n'),
    ...big(13),
    ...ascii('IHDR'),
    ...big(width),
    ...big(height),
    8,
    6,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
  ]);
const gif = (width: number, height: number): Uint8Array =>
  Uint8Array.from([
    ...ascii('GIF89a'),
    ...little(width, 2),
    ...little(height, 2),
    0,
    0,
    0,
    ...Array<number>(40).fill(0),
  ]);
const jpeg = (width: number, height: number, before: readonly number[] = []): Uint8Array =>
  Uint8Array.from([
    0xff,
    0xd8,
    ...before,
    0xff,
    0xc2,
    0,
    17,
    8,
    height >> 8,
    height & 255,
    width >> 8,
    width & 255,
    3,
    ...Array<number>(30).fill(0),
  ]);
const webp = (chunk: string, ...body: readonly number[]): Uint8Array =>
  Uint8Array.from([
    ...ascii('RIFF'),
    ...little(100, 4),
    ...ascii('WEBP'),
    ...ascii(chunk),
    ...little(80, 4),
    ...body,
    ...Array<number>(20).fill(0),
  ]);
const text = (words: string): Uint8Array => new TextEncoder().encode(words);

/** An archive of empty files: only its list says what it is. */
function zip(...names: readonly string[]): Uint8Array {
  const list = names.flatMap((name) => [
    ...little(0x02014b50, 4),
    ...Array<number>(24).fill(0),
    ...little(name.length, 2),
    ...Array<number>(16).fill(0),
    ...ascii(name),
  ]);
  const head = [...ascii('PK\x03\x04'), ...Array<number>(40).fill(0)];
  const end = [
    ...little(0x06054b50, 4),
    0,
    0,
    0,
    0,
    ...little(names.length, 2),
    ...little(names.length, 2),
    ...little(list.length, 4),
    ...little(head.length, 4),
    0,
    0,
  ];
  return Uint8Array.from([...head, ...list, ...end]);
}

const typeOf = (bytes: Uint8Array, name = 'a'): string => {
  const judged = judge(bytes, name);
  return isRefusal(judged) ? judged.code : judged.type;
};

describe('the size of a picture', () => {
  it('FI2 is read from its header', () => {
    expect(sizeOfPicture(png(640, 480), 'image/png')).toEqual({ width: 640, height: 480 });
    expect(sizeOfPicture(gif(320, 200), 'image/gif')).toEqual({ width: 320, height: 200 });
    expect(sizeOfPicture(jpeg(4032, 3024), 'image/jpeg')).toEqual({ width: 4032, height: 3024 });
    const exif = [0xff, 0xe1, 0, 6, 1, 2, 3, 4, 0xff, 0xff, 0xc4, 0, 3, 9];
    expect(sizeOfPicture(jpeg(10, 20, exif), 'image/jpeg')).toEqual({ width: 10, height: 20 });
    const lossy = webp('VP8 ', 0, 0, 0, 0x9d, 0x01, 0x2a, ...little(800, 2), ...little(600 | 0x4000, 2));
    expect(sizeOfPicture(lossy, 'image/webp')).toEqual({ width: 800, height: 600 });
    const lossless = webp('VP8L', 0x2f, ...little((799 | (599 << 14)) >>> 0, 4));
    expect(sizeOfPicture(lossless, 'image/webp')).toEqual({ width: 800, height: 600 });
    const extended = webp('VP8X', 0, 0, 0, 0, ...little(1599, 3), ...little(1199, 3));
    expect(sizeOfPicture(extended, 'image/webp')).toEqual({ width: 1600, height: 1200 });
  });

  it('FI2 is nothing when the header makes no sense, wherever it is cut', () => {
    expect(sizeOfPicture(png(0, 480), 'image/png')).toBeNull();
    expect(sizeOfPicture(jpeg(10, 0), 'image/jpeg')).toBeNull();
    for (const [type, bytes] of [
      ['image/png', png(640, 480).subarray(0, 33)],
      ['image/jpeg', jpeg(40, 30).subarray(0, 21)],
      ['image/webp', webp('VP8X', 0, 0, 0, 0, 9, 0, 0, 9, 0, 0)],
      ['image/gif', gif(10, 10)],
    ] as const)
      for (let length = 0; length < Math.min(11, bytes.length); length += 1)
        expect(sizeOfPicture(bytes.slice(0, length), type), `${type} ${length}`).toBeNull();
  });
});

describe('what a file is', () => {
  it('FI1 is judged by its bytes, whatever its name says', () => {
    expect(typeOf(png(10, 10), 'a.pdf')).toBe('image/png');
    expect(typeOf(jpeg(10, 10), 'a.html')).toBe('image/jpeg');
    expect(typeOf(text('%PDF-1.7\n…'), 'a.png')).toBe('application/pdf');
    expect(typeOf(text('a,b\n1,2\n'), 'marks.csv')).toBe('text/csv');
    expect(typeOf(text('x < y means that y is larger.'), 'a.txt')).toBe('text/plain');
    expect(typeOf(text('नमस्ते'), 'a')).toBe('text/plain');
    const office = 'application/vnd.openxmlformats-officedocument.';
    expect(typeOf(zip('[Content_Types].xml', 'word/document.xml'), 'a.zip')).toBe(`${office}wordprocessingml.document`);
    expect(typeOf(zip('xl/workbook.xml'))).toBe(`${office}spreadsheetml.sheet`);
    expect(typeOf(zip('ppt/presentation.xml'))).toBe(`${office}presentationml.presentation`);
    expect(typeOf(zip('homework/1.txt'), 'a.docx')).toBe('application/zip');
  });

  it.each([
    ['<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', 'a.png'],
    ['\ufeff  <?xml version="1.0"?><!-- x --><svg/>', 'a.txt'],
    ['<!DOCTYPE html><p>', 'a.txt'],
    ['\n<script>alert(1)</script>', 'notes.txt'],
    ['<a href=x>', 'a'],
    ['alert(1)', 'a.js'],
    ['nothing to see', 'a.html'],
    ['MZ\x90\x00\x03\x00\x00\x00', 'setup.png'],
    ['text with a \x00 in it', 'a.txt'],
  ])('FI1 is refused when a browser would run it or nobody could read it: %j as %s', (words, name) => {
    expect(typeOf(text(words), name)).toBe('file-type-refused');
  });

  it('FI1 is refused when it is not UTF-8', () => {
    expect(typeOf(Uint8Array.from([0x41, 0xff, 0xfe, 0x42]), 'a.txt')).toBe('file-type-refused');
  });

  it('FI2 is bounded: bytes, pixels, and something must be there', () => {
    expect(typeOf(png(8_000, 5_000))).toBe('image/png');
    expect(typeOf(png(8_000, 5_001))).toBe('file-too-large');
    expect(typeOf(png(0xffffffff, 0xffffffff))).toBe('file-too-large');
    expect(typeOf(new Uint8Array(0))).toBe('file-unreadable');
    expect(typeOf(png(10, 10).subarray(0, 20))).toBe('file-unreadable');
    expect(typeOf(Uint8Array.from(ascii('PK\x03\x04 and no end')))).toBe('file-unreadable');
    const large = new Uint8Array(MOST_PICTURE_BYTES + 1);
    large.set(png(10, 10));
    expect(typeOf(large)).toBe('file-too-large');
    large.set(ascii('%PDF-1.4\n'));
    expect(typeOf(large)).toBe('application/pdf');
  });

  it('FI2 is bounded by its first bytes already', () => {
    expect(limitOf(png(10, 10).subarray(0, HEAD_BYTES))).toBe(MOST_PICTURE_BYTES);
    expect(limitOf(text('%PDF-1.4 and so on'))).toBe(MOST_FILE_BYTES);
    expect(limitOf(text('plain words'))).toBe(MOST_FILE_BYTES);
    expect(limitOf(Uint8Array.from(ascii('\x7fELF\x02\x01\x01\x00')))).toMatchObject({ code: 'file-type-refused' });
  });
});

describe('a name', () => {
  it.each([
    ['..%2F..%2Fetc%2Fpasswd', 'passwd.png'],
    ['C:\\Users\\asha\\photo.PNG', 'photo.PNG'],
    ['%E2%80%AEgnp.exe', 'gnp.exe.png'],
    ['a%00b%0d%0aSet-Cookie:x.png', 'abSet-Cookie_x.png'],
    ['%E0%A4%97%E0%A4%A3%E0%A4%BF%E0%A4%A4.png', 'गणित.png'],
    ['%zz.png', '%zz.png'],
    ['....', 'file.png'],
    ['', 'file.png'],
    ['.png', 'png.png'],
    ['page.html', 'page.html.png'],
    ['"quoted".png', '_quoted_.png'],
  ])('FI3 %s is kept as %s', (given, kept) => {
    expect(safeName(given, 'image/png')).toBe(kept);
  });

  it('FI3 has 120 units at most, and is not cut inside a letter', () => {
    expect(safeName(`${'x'.repeat(500)}.png`, 'image/png')).toBe(`${'x'.repeat(116)}.png`);
    expect(safeName(encodeURIComponent(`a${'😀'.repeat(200)}.png`), 'image/png')).toBe(`a${'😀'.repeat(57)}.png`);
  });

  it('FI3 stands in a header without leaving its quotes', () => {
    expect(dispositionOf('a"b\\c;é%.pdf', false)).toBe(
      `attachment; filename="a_b_c;__.pdf"; filename*=UTF-8''a%22b%5Cc%3B%C3%A9%25.pdf`,
    );
    expect(dispositionOf("it's (1).png", true)).toBe(
      `inline; filename="it's (1).png"; filename*=UTF-8''it%27s%20%281%29.png`,
    );
  });
});

describe('a body', () => {
  const limits: ReceiveLimits = { withinMs: 200, lingerMs: 60, lingerBytes: 1_000 };
  const codeOf = (came: unknown): unknown => (isRefusal(came) ? came.code : came);

  it('FI4 is taken whole', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    stream.write('one ');
    stream.end('two');
    expect(Buffer.from((await came) as Uint8Array).toString()).toBe('one two');
  });

  it('FI4 is refused by its first bytes, and read on for a moment so that its sender hears why', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    stream.write(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00'), Buffer.alloc(100)]));
    stream.write(Buffer.alloc(100));
    stream.end(Buffer.alloc(100));
    expect(codeOf(await came)).toBe('file-type-refused');
  });

  it('FI4 is not read without end after it was refused', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    stream.write(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00'), Buffer.alloc(2_000)]));
    stream.write(Buffer.alloc(2_000));
    expect(codeOf(await came)).toBe('file-type-refused');
    const silent = new PassThrough();
    const waited = receive(silent, limits);
    silent.write(Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01\x00'), Buffer.alloc(100)]));
    expect(codeOf(await waited)).toBe('file-type-refused');
  });

  it('FI4 is stopped at the limit of its kind', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    stream.write(png(10, 10));
    for (let sent = 0; sent <= MOST_PICTURE_BYTES; sent += 1_048_576) stream.write(Buffer.alloc(1_048_576));
    expect(codeOf(await came)).toBe('file-too-large');
  });

  it('FI4 that trickles is given up when its time is over, whatever still comes', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    const timer = setInterval(() => stream.write('x'), 20);
    const started = Date.now();
    expect(codeOf(await came)).toBe('upload-too-slow');
    expect(Date.now() - started).toBeLessThan(5_000);
    clearInterval(timer);
  });

  it('FI4 whose sender goes away is not taken', async () => {
    const stream = new PassThrough();
    const came = receive(stream, limits);
    stream.write('half of');
    stream.destroy();
    expect(codeOf(await came)).toBe('upload-broken');
  });
});
