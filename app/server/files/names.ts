/** Names of files, which strangers choose: made harmless before they are kept, and again where a header holds them. Pure. */
import { ENDINGS, type FileType } from './kinds.ts';

/** UTF-16 units, with the ending. */
const MOST_NAME = 120;

/**
 * Controls, letters that nobody sees, and those that turn the direction of writing: `fdp.exe` must not read `exe.pdf`. The two
 * joiners stay, which scripts of this country need.
 */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\u2028\u2029]/gu;

function decoded(header: string): string {
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}

/** The name that is kept: no folder, nothing unseen, and an ending that says what the file is. @param header percent-encoded */
export function safeName(header: string, type: FileType): string {
  const last = decoded(header).normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replace(UNSEEN, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  const endings: readonly string[] = ENDINGS[type];
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 && endings.includes(plain.slice(dot + 1).toLowerCase()) ? plain.slice(dot) : `.${endings[0]}`;
  const stem = dot > 0 && ending === plain.slice(dot) ? plain.slice(0, dot) : plain;
  // Not in the middle of a letter that takes two units.
  const short = stem.slice(0, MOST_NAME - ending.length).replace(/[\ud800-\udbff]$/, '');
  return `${short || 'file'}${ending}`;
}

/** The header (RFC 6266): a plain name for old readers, the whole one for the others. */
export function dispositionOf(name: string, inline: boolean): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const whole = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${inline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${whole}`;
}
