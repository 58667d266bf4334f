/**
 * Takes out of a picture what a camera or a program wrote beside it: where and when it was made, with what, by whom. Of all
 * that, only how the picture is to be turned stays. Nothing is decoded. Pure.
 * Sources: JPEG ITU-T T.81 annex B, Exif 2.32 §4.5, PNG (W3C) §11.3, WebP container (RFC 9649).
 */
import type { PictureType } from './pictures.ts';

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const wordAt = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length));

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const EXIF_HEAD = 'Exif\0\0';
const ORIENTATION = 0x0112;
const SHORT = 3;

/** How the picture is to be turned, 1 to 8, by the first directory of its TIFF block; 1 when it does not say. */
function orientationIn(tiff: Uint8Array): number {
  if (tiff.length < 14) return 1;
  const order = wordAt(tiff, 0, 2);
  if (order !== 'II' && order !== 'MM') return 1;
  const little = order === 'II';
  const view = viewOf(tiff);
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, little);
  for (let entry = 0; entry < count; entry += 1) {
    const at = directory + 2 + 12 * entry;
    if (at + 12 > tiff.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION || view.getUint16(at + 2, little) !== SHORT) continue;
    const turn = view.getUint16(at + 8, little);
    return turn >= 1 && turn <= 8 ? turn : 1;
  }
  return 1;
}

/** A TIFF block that says how to turn the picture, and nothing else. */
function turnOnly(orientation: number): Uint8Array {
  const tiff = new Uint8Array(26);
  const view = viewOf(tiff);
  tiff.set([0x4d, 0x4d, 0, 42]);
  view.setUint32(4, 8);
  view.setUint16(8, 1);
  view.setUint16(10, ORIENTATION);
  view.setUint16(12, SHORT);
  view.setUint32(14, 1);
  view.setUint16(18, orientation);
  return tiff;
}

const SOS = 0xda;
const EOI = 0xd9;
const APP1 = 0xe1;
/** JFIF, the colour profile and Adobe's colours are needed to show the picture as it is; the other APPs and comments are not. */
function isNeeded(bytes: Uint8Array, at: number, marker: number): boolean {
  if (marker === 0xfe) return false;
  if (marker < 0xe0 || marker > 0xef) return true;
  if (marker === 0xe2) return wordAt(bytes, at + 4, 11) === 'ICC_PROFILE';
  return marker === 0xe0 || marker === 0xee;
}

/** The marker behind the samples that begin at `at`. */
function endOfSamples(bytes: Uint8Array, at: number): number {
  for (let here = bytes.indexOf(0xff, at); here !== -1; here = bytes.indexOf(0xff, here + 1)) {
    const next = bytes[here + 1] ?? EOI;
    const inside = next === 0 || next === 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!inside) return here;
  }
  return bytes.length;
}

function jpeg(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  let orientation = 1;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // What stands behind the end is none of the picture: a film, a second picture, notes.
    if (marker === EOI) break;
    const alone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7);
    const length = alone ? 2 : 2 + Math.max(2, view.getUint16(at + 2));
    const end = Math.min(bytes.length, marker === SOS ? endOfSamples(bytes, at + length) : at + length);
    if (marker === APP1 && wordAt(bytes, at + 4, 6) === EXIF_HEAD)
      orientation = orientationIn(bytes.subarray(at + 10, end));
    if (isNeeded(bytes, at, marker)) parts.push(bytes.subarray(at, end));
    at = end;
  }
  const start = bytes.subarray(0, 2);
  const last = Uint8Array.of(0xff, EOI);
  if (orientation === 1) return joined([start, ...parts, last]);
  const tiff = turnOnly(orientation);
  const exif = joined([
    Uint8Array.of(0xff, APP1, 0, 8 + tiff.length),
    Uint8Array.from(EXIF_HEAD, (letter) => letter.charCodeAt(0)),
    tiff,
  ]);
  // JFIF wants to be first.
  const jfif = parts[0]?.[1] === 0xe0 ? parts.splice(0, 1) : [];
  return joined([start, ...jfif, exif, ...parts, last]);
}

const PNG_NOTES: ReadonlySet<string> = new Set(['eXIf', 'tEXt', 'zTXt', 'iTXt', 'tIME']);

function png(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  for (let at = 8; at + 12 <= bytes.length;) {
    const name = wordAt(bytes, at + 4, 4);
    const end = at + 12 + view.getUint32(at);
    if (!PNG_NOTES.has(name)) parts.push(bytes.subarray(at, end));
    if (name === 'IEND') break;
    at = end;
  }
  return joined(parts);
}

const HAS_EXIF = 0x08;
const HAS_XMP = 0x04;

function webp(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const chunks: Uint8Array[] = [];
  let orientation = 1;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = wordAt(bytes, at, 4);
    const length = view.getUint32(at + 4, true);
    const end = at + 8 + length + (length % 2);
    if (name === 'EXIF') {
      const body = bytes.subarray(at + 8, at + 8 + length);
      orientation = orientationIn(wordAt(body, 0, 6) === EXIF_HEAD ? body.subarray(6) : body);
    } else if (name !== 'XMP ') chunks.push(bytes.slice(at, end));
    at = end;
  }
  const [first] = chunks;
  if (first !== undefined && wordAt(first, 0, 4) === 'VP8X') {
    first[8] = (first[8] ?? 0) & ~(HAS_EXIF | HAS_XMP);
    if (orientation !== 1) {
      first[8] |= HAS_EXIF;
      const tiff = turnOnly(orientation);
      const head = new Uint8Array(8);
      head.set([0x45, 0x58, 0x49, 0x46]);
      viewOf(head).setUint32(4, tiff.length, true);
      chunks.push(joined([head, tiff]));
    }
  }
  const whole = joined([bytes.slice(0, 12), ...chunks]);
  viewOf(whole).setUint32(4, whole.length - 8, true);
  return whole;
}

const WITHOUT: Readonly<Record<PictureType, (bytes: Uint8Array) => Uint8Array>> = {
  'image/png': png,
  'image/jpeg': jpeg,
  'image/webp': webp,
  // No camera writes these.
  'image/gif': (bytes) => bytes,
};

/** The same picture without the notes. `bytes` is one whose header made sense (`sizeOfPicture`). */
export const withoutCameraNotes = (bytes: Uint8Array, type: PictureType): Uint8Array => WITHOUT[type](bytes);
