/** What a ZIP file holds, by the list at its end: nothing is unpacked. Pure. */
import type { FileType } from './kinds.ts';

const OFFICE = 'application/vnd.openxmlformats-officedocument.';
/** The part that makes a package what it is. */
const PARTS: ReadonlyMap<string, FileType> = new Map([
  ['word/document.xml', `${OFFICE}wordprocessingml.document`],
  ['xl/workbook.xml', `${OFFICE}spreadsheetml.sheet`],
  ['ppt/presentation.xml', `${OFFICE}presentationml.presentation`],
]);

const LIST = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
/** A comment of the archive may stand behind its end. */
const MOST_COMMENT = 65_535;
/** Entries that are looked at: an office document has its parts among the first. */
const MOST_ENTRIES = 5_000;

function endOf(view: DataView): number | null {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MOST_COMMENT); at -= 1) if (view.getUint32(at, true) === END) return at;
  return null;
}

/** The type of a package or of a plain archive; null when its list cannot be read. */
export function packedType(bytes: Uint8Array): FileType | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  if (end === null) return null;
  const count = Math.min(view.getUint16(end + 10, true), MOST_ENTRIES);
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== LIST) return null;
    const length = view.getUint16(at + 28, true);
    const found = PARTS.get(new TextDecoder('latin1').decode(bytes.subarray(at + 46, at + 46 + length)));
    if (found) return found;
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return 'application/zip';
}
