import { describe, expect, it } from 'vitest';
import { withoutCameraNotes } from './camera-notes.ts';
import { sizeOfPicture } from './pictures.ts';

const ascii = (text: string): number[] => [...text].map((char) => char.charCodeAt(0));
const big = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, i) => (value >>> (8 * (bytes - 1 - i))) & 255);
const little = (value: number, bytes: number): number[] => big(value, bytes).reverse();
const has = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text);

const PLACE = 'GPS 19.0760 N 72.8777 E';
/** A TIFF block with a turn and a place; the place stands behind the directory, as in files of cameras. */
const tiff = (turn: number, order: 'II' | 'MM' = 'II'): number[] => {
  const word = order === 'II' ? little : big;
  return [
    ...ascii(order),
    ...word(42, 2),
    ...word(8, 4),
    ...word(2, 2),
    ...[...word(0x8825, 2), ...word(4, 2), ...word(1, 4), ...word(38, 4)],
    ...[...word(0x0112, 2), ...word(3, 2), ...word(1, 4), ...word(turn, 2), 0, 0],
    ...word(0, 4),
    ...ascii(PLACE),
  ];
};

const segment = (marker: number, body: readonly number[]): number[] => [
  0xff,
  marker,
  ...big(body.length + 2, 2),
  ...body,
];
const JFIF = segment(0xe0, [...ascii('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]);
const PROFILE = segment(0xe2, [...ascii('ICC_PROFILE\0'), 1, 1, 7, 7]);
const FRAME = segment(0xc2, [8, 0, 30, 0, 40, 1, 1, 0x11, 0]);
/** Two scans, with a stuffed byte and a restart inside the samples. */
const SCANS = [
  ...[...segment(0xda, [1, 1, 0, 0, 63, 0]), 1, 2, 0xff, 0, 3, 0xff, 0xd0, 4],
  ...segment(0xc4, [0, 9]),
  ...[...segment(0xda, [1, 1, 0, 0, 63, 0]), 5, 6],
];
const END = [0xff, 0xd9];
const exif = (turn: number, order: 'II' | 'MM' = 'II'): number[] =>
  segment(0xe1, [...ascii('Exif\0\0'), ...tiff(turn, order)]);
const jpeg = (...notes: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([0xff, 0xd8, ...JFIF, ...notes.flat(), ...PROFILE, ...FRAME, ...SCANS, ...END]);

const chunk = (name: string, body: readonly number[]): number[] => [
  ...big(body.length, 4),
  ...ascii(name),
  ...body,
  ...[0, 0, 0, 0],
];
const png = (...notes: readonly (readonly number[])[]): Uint8Array =>
  Uint8Array.from([
    ...[0x89, ...ascii('PNG\r\n\x1a\n')],
    ...chunk('IHDR', [...big(40, 4), ...big(30, 4), 8, 6, 0, 0, 0]),
    ...notes.flat(),
    ...chunk('IDAT', [1, 2, 3]),
    ...chunk('IEND', []),
  ]);

const part = (name: string, body: readonly number[]): number[] => [
  ...ascii(name),
  ...little(body.length, 4),
  ...body,
  ...(body.length % 2 === 1 ? [0] : []),
];
const webp = (flags: number, ...notes: readonly (readonly number[])[]): Uint8Array => {
  const parts = [
    ...part('VP8X', [flags, 0, 0, 0, ...little(39, 3), ...little(29, 3)]),
    ...part('VP8L', [0x2f, 1, 2]),
    ...notes.flat(),
  ];
  return Uint8Array.from([...ascii('RIFF'), ...little(parts.length + 4, 4), ...ascii('WEBP'), ...parts]);
};

describe('what a camera wrote beside a picture', () => {
  it('FI9 is taken out of a JPEG: place, comments, a small picture inside and whatever stands behind the end', () => {
    const noted = jpeg(
      exif(1),
      segment(0xe1, ascii(`http://ns.adobe.com/xap/1.0/\0<x:${PLACE}>`)),
      segment(0xed, ascii(`Photoshop 3.0\0${PLACE}`)),
      segment(0xe2, ascii(`MPF\0${PLACE}`)),
      segment(0xfe, ascii(PLACE)),
    );
    const film = Uint8Array.from([...noted, ...ascii(`ftypmp4 ${PLACE}`)]);
    expect(withoutCameraNotes(film, 'image/jpeg')).toEqual(jpeg());
    expect(sizeOfPicture(withoutCameraNotes(film, 'image/jpeg'), 'image/jpeg')).toEqual({ width: 40, height: 30 });
  });

  it.each(['II', 'MM'] as const)('FI9 but for how it is to be turned (%s)', (order) => {
    const plain = withoutCameraNotes(jpeg(exif(6, order)), 'image/jpeg');
    expect(has(plain, PLACE)).toBe(false);
    expect(has(plain, 'Exif')).toBe(true);
    // Done again, it stays as it is: it still says how it is to be turned.
    expect(withoutCameraNotes(plain, 'image/jpeg')).toEqual(plain);
    const at = plain.indexOf(0xe1);
    expect([...plain.subarray(at + 27, at + 29)]).toEqual([0, 6]);
  });

  it('FI9 leaves a picture alone that has none', () => {
    expect(withoutCameraNotes(jpeg(), 'image/jpeg')).toEqual(jpeg());
    expect(withoutCameraNotes(png(), 'image/png')).toEqual(png());
    expect(withoutCameraNotes(webp(0x10), 'image/webp')).toEqual(webp(0x10));
  });

  it('FI9 is taken out of a PNG and a WebP', () => {
    const notes = ['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME'].map((name) => chunk(name, ascii(PLACE)));
    const long = Uint8Array.from([...png(...notes), ...ascii(PLACE)]);
    expect(withoutCameraNotes(long, 'image/png')).toEqual(png());
    const noted = webp(0x1c, part('EXIF', tiff(1)), part('XMP ', ascii(PLACE)));
    expect(withoutCameraNotes(noted, 'image/webp')).toEqual(webp(0x10));
    const turned = withoutCameraNotes(webp(0x1c, part('EXIF', tiff(8))), 'image/webp');
    expect([has(turned, PLACE), turned[20], withoutCameraNotes(turned, 'image/webp')]).toEqual([false, 0x18, turned]);
  });

  it('FI9 ends, and brings nothing new, wherever a file is cut or bent', () => {
    for (const [type, whole] of [
      ['image/jpeg', jpeg(exif(3), segment(0xfe, ascii(PLACE)))],
      ['image/png', png(chunk('tEXt', ascii(PLACE)))],
      ['image/webp', webp(0x1c, part('EXIF', tiff(3)))],
    ] as const)
      for (let length = 30; length < whole.length; length += 1) {
        const cut = whole.slice(0, length);
        expect(withoutCameraNotes(cut, type).length, `${type} ${length}`).toBeLessThanOrEqual(length + 40);
        const bent = whole.slice();
        bent[length] = (bent[length] ?? 0) ^ 0xff;
        expect(withoutCameraNotes(bent, type).length, `${type} ${length}`).toBeLessThanOrEqual(whole.length + 40);
      }
  });
});
