/** What a file is, judged by its bytes: what its name and its sender say is not believed. Pure. */
import { refuse, type Refusal } from '#events/shared/refusal.ts';
import { PICTURE_TYPES, sizeOfPicture, type PictureType } from './pictures.ts';
import { packedType } from './packed.ts';

const MB = 1_048_576;
/** Bytes. */
export const MOST_PICTURE_BYTES = 10 * MB;
export const MOST_FILE_BYTES = 25 * MB;
/** Decoded, four bytes each: more would take a phone's memory. */
export const MOST_PIXELS = 40_000_000;
/** By these first bytes a file may be told before the rest is read. */
export const HEAD_BYTES = 32;

/** Types that are given out, with the endings that a name may have; the first is added to names that have none of them. */
export const ENDINGS = {
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/webp': ['webp'],
  'image/gif': ['gif'],
  'application/pdf': ['pdf'],
  'text/plain': ['txt', 'text', 'md', 'tex'],
  'text/csv': ['csv'],
  'application/zip': ['zip'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
} as const satisfies Readonly<Record<string, readonly [string, ...string[]]>>;
export type FileType = keyof typeof ENDINGS;

export interface Judged {
  readonly type: FileType;
  /** Pixels; of pictures only. */
  readonly width: number | null;
  readonly height: number | null;
}

export const TOO_LARGE = refuse('file-too-large', 'Pictures may have 10 MB and other files 25 MB.');
const REFUSED = refuse(
  'file-type-refused',
  'This kind of file is not taken. Pictures (PNG, JPEG, WebP, GIF), PDF, text, CSV, Word, Excel, PowerPoint and ZIP are.',
);
const UNREADABLE = refuse('file-unreadable', 'This file is damaged or not complete: it cannot be read.');
const TOO_MANY_PIXELS = refuse('file-too-large', 'This picture has more than 40 megapixels. Make it smaller first.');

export const isPicture = (type: string): type is PictureType => PICTURE_TYPES.some((one) => one === type);

const starts = (bytes: Uint8Array, ...magic: readonly (number | string)[]): boolean => {
  const expected = magic.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [part]));
  return expected.every((byte, i) => bytes[i] === byte);
};

/** The type that the first bytes announce; null when they announce none, as text does. */
function announced(head: Uint8Array): PictureType | 'application/pdf' | 'application/zip' | null {
  if (starts(head, 0x89, 'PNG', 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (starts(head, 0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (starts(head, 'RIFF') && starts(head.subarray(8), 'WEBP')) return 'image/webp';
  if (starts(head, 'GIF87a') || starts(head, 'GIF89a')) return 'image/gif';
  if (starts(head, '%PDF-')) return 'application/pdf';
  if (starts(head, 'PK', 3, 4) || starts(head, 'PK', 5, 6)) return 'application/zip';
  return null;
}

/** Bytes that have no place in text: everything below space but tab, line feed, form feed and carriage return. */
const isControl = (byte: number): boolean => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte);

/** How many bytes a file that begins like this may have, or why it is refused without being read. */
export function limitOf(head: Uint8Array): number | Refusal {
  const type = announced(head);
  if (type === null && head.some(isControl)) return REFUSED;
  return type !== null && isPicture(type) ? MOST_PICTURE_BYTES : MOST_FILE_BYTES;
}

/** What browsers would run: markup of any kind, whatever its name. */
const MARKUP = /^(?:\s|<!--[\s\S]*?-->|<\?[\s\S]*?\?>)*<(?:!doctype|\/?[a-z][\w:.-]*[\s/>])/i;
const LOOKED_AT = 4_096;

function judgeText(bytes: Uint8Array, name: string): Judged | Refusal {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return REFUSED;
  }
  if (bytes.some(isControl) || MARKUP.test(text.slice(0, LOOKED_AT))) return REFUSED;
  if (/\.(?:html?|xhtml|svgz?|xml|js|mjs|css|hta)$/i.test(name)) return REFUSED;
  return { type: /\.csv$/i.test(name) ? 'text/csv' : 'text/plain', width: null, height: null };
}

/** What the whole file is, or why it is not taken. `name` only tells a table from a text. */
export function judge(bytes: Uint8Array, name: string): Judged | Refusal {
  if (bytes.length === 0) return UNREADABLE;
  const type = announced(bytes);
  if (type === null) return bytes.length > MOST_FILE_BYTES ? TOO_LARGE : judgeText(bytes, name);
  if (bytes.length > (isPicture(type) ? MOST_PICTURE_BYTES : MOST_FILE_BYTES)) return TOO_LARGE;
  if (isPicture(type)) {
    const size = sizeOfPicture(bytes, type);
    if (!size) return UNREADABLE;
    return size.width * size.height > MOST_PIXELS ? TOO_MANY_PIXELS : { type, ...size };
  }
  if (type === 'application/pdf') return { type, width: null, height: null };
  const packed = packedType(bytes);
  return packed ? { type: packed, width: null, height: null } : UNREADABLE;
}
