/**
 * What people write in a chat, as a tree of what may be shown: a small part of Markdown, formulas and mentions. There is no
 * HTML in it and no way to put any in: whatever is not understood is words. Time grows with the length of the text, and
 * the depth of the tree is bounded, whatever was written.
 */
import { addressAt, webAddress } from './links.ts';
import { tame } from './tame.ts';

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' }
  | { readonly kind: 'strong'; readonly of: readonly Inline[] }
  | { readonly kind: 'em'; readonly of: readonly Inline[] }
  | { readonly kind: 'strike'; readonly of: readonly Inline[] }
  /** `host` is set where the words do not say where it leads. */
  | { readonly kind: 'link'; readonly href: string; readonly text: string; readonly host: string | null }
  | { readonly kind: 'mention'; readonly personId: string }
  | { readonly kind: 'maths'; readonly tex: string };

export type Block =
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly kind: 'heading'; readonly of: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'maths'; readonly tex: string }
  | { readonly kind: 'quote'; readonly of: readonly Block[] }
  | { readonly kind: 'list'; readonly start: number | null; readonly items: readonly (readonly Block[])[] };

const MOST_DEPTH = 4;
/** UTF-16 units of one formula. */
export const MOST_TEX = 600;

/** A text as blocks. */
export const parseMarkdown = (text: string): readonly Block[] => blocksOf(tame(text).split('\n'), 0);

const FENCE = /^ {0,3}```/;
const QUOTE = /^ {0,3}> ?/;
const HEADING = /^ {0,3}#{1,6} +(?=\S)/;
const BULLET = /^( {0,3})(?:[-*+]|(\d{1,9})[.)]) +(?=\S)/;
const MATHS = /^ {0,3}\$\$/;

function blocksOf(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  let words: string[] = [];
  const paragraph = (): void => {
    if (words.length > 0) blocks.push({ kind: 'paragraph', of: inlinesOf(words.join('\n'), 0) });
    words = [];
  };
  for (let i = 0; i < lines.length;) {
    const line = lines[i] ?? '';
    const found = line.trim() === '' ? { block: null, next: i + 1 } : blockAt(lines, i, depth);
    if (found) {
      paragraph();
      if (found.block) blocks.push(found.block);
      i = found.next;
    } else {
      words.push(line);
      i += 1;
    }
  }
  paragraph();
  return blocks;
}

/** The block that begins at this line and the line behind it; null for a line of a paragraph. */
function blockAt(lines: readonly string[], at: number, depth: number): { block: Block; next: number } | null {
  const line = lines[at] ?? '';
  if (FENCE.test(line)) {
    const end = lines.findIndex((one, i) => i > at && FENCE.test(one));
    const last = end < 0 ? lines.length : end;
    return { block: { kind: 'code', text: lines.slice(at + 1, last).join('\n') }, next: last + 1 };
  }
  if (MATHS.test(line)) return mathsAt(lines, at);
  if (HEADING.test(line))
    return { block: { kind: 'heading', of: inlinesOf(line.replace(HEADING, ''), 0) }, next: at + 1 };
  if (depth >= MOST_DEPTH) return null;
  if (QUOTE.test(line)) {
    const end = endOf(lines, at, (one) => QUOTE.test(one));
    const inside = lines.slice(at, end).map((one) => one.replace(QUOTE, ''));
    return { block: { kind: 'quote', of: blocksOf(inside, depth + 1) }, next: end };
  }
  return BULLET.test(line) ? listAt(lines, at, depth) : null;
}

/** The first line from `at` on for which it does not hold any more. */
function endOf(lines: readonly string[], at: number, holds: (line: string) => boolean): number {
  let end = at;
  while (end < lines.length && holds(lines[end] ?? '')) end += 1;
  return end;
}

/** `$$ … $$` that stands for itself, on one line or several. */
function mathsAt(lines: readonly string[], at: number): { block: Block; next: number } | null {
  const tex: string[] = [];
  let length = 0;
  for (let i = at; i < lines.length && length <= MOST_TEX; i += 1) {
    const line = i === at ? (lines[i] ?? '').replace(MATHS, '') : (lines[i] ?? '');
    const end = line.indexOf('$$');
    tex.push(end < 0 ? line : line.slice(0, end));
    length += line.length;
    if (end < 0) continue;
    const whole = tex.join('\n').trim();
    if (line.slice(end + 2).trim() !== '' || whole === '' || whole.length > MOST_TEX) return null;
    return { block: { kind: 'maths', tex: whole }, next: i + 1 };
  }
  return null;
}

function listAt(lines: readonly string[], at: number, depth: number): { block: Block; next: number } {
  const first = BULLET.exec(lines[at] ?? '');
  const number = first?.[2];
  const items: Block[][] = [];
  let i = at;
  while (i < lines.length) {
    const match = BULLET.exec(lines[i] ?? '');
    if (!match || (match[2] === undefined) !== (number === undefined)) break;
    // What stands further in belongs to the item.
    const indent = (match[1]?.length ?? 0) + 2;
    const end = endOf(lines, i + 1, (one) => one.trim() !== '' && one.search(/\S/) >= indent);
    const rest = lines.slice(i + 1, end).map((one) => one.slice(Math.min(one.search(/\S/), match[0].length)));
    items.push(blocksOf([(lines[i] ?? '').slice(match[0].length), ...rest], depth + 1));
    i = end;
  }
  return { block: { kind: 'list', start: number === undefined ? null : Number(number), items }, next: i };
}

const MENTION = /<@([A-Za-z0-9_-]{1,128})>/y;
const LINK = /\[([^[\]\n]{1,300})\]\(([^\s()<>]{1,2000})\)/y;
const SPECIAL = /[\n`*_~$<[\\h]/gi;
const EMPHASES = [
  ['**', 'strong'],
  ['__', 'strong'],
  ['~~', 'strike'],
  ['*', 'em'],
  ['_', 'em'],
] as const;

const isSpace = (letter: string | undefined): boolean => letter === undefined || /\s/.test(letter);
const isWord = (letter: string | undefined): boolean => letter !== undefined && /[\p{L}\p{N}_]/u.test(letter);

interface Found {
  readonly inline: Inline;
  /** Behind it. */
  readonly next: number;
}

function inlinesOf(text: string, depth: number): Inline[] {
  const inlines: Inline[] = [];
  /** Marks that close nowhere from here on: each is looked for once. */
  const open = new Set<string>();
  let from = 0;
  const words = (to: number): void => {
    if (to > from) inlines.push({ kind: 'text', text: text.slice(from, to) });
  };
  SPECIAL.lastIndex = 0;
  let at = 0;
  for (;;) {
    SPECIAL.lastIndex = at;
    const match = SPECIAL.exec(text);
    if (!match) break;
    at = match.index;
    if (text[at] === '\\' && /[\\`*_~$<>[\]()#+.!-]/.test(text[at + 1] ?? '')) {
      words(at);
      from = at + 1;
      at += 2;
      continue;
    }
    const found = inlineAt(text, at, depth, open);
    if (!found) {
      at += 1;
      continue;
    }
    words(at);
    inlines.push(found.inline);
    at = found.next;
    from = at;
  }
  words(text.length);
  return inlines;
}

function inlineAt(text: string, at: number, depth: number, open: Set<string>): Found | null {
  switch (text[at]) {
    case '\n':
      return { inline: { kind: 'break' }, next: at + 1 };
    case '`': {
      const marks = text.startsWith('``', at) ? '``' : '`';
      const end = closing(text, marks, at + marks.length, open);
      if (end < 0) return null;
      return { inline: { kind: 'code', text: text.slice(at + marks.length, end).trim() }, next: end + marks.length };
    }
    case '$':
      return mathsIn(text, at, open);
    case '<': {
      MENTION.lastIndex = at;
      const personId = MENTION.exec(text)?.[1];
      return personId === undefined ? null : { inline: { kind: 'mention', personId }, next: MENTION.lastIndex };
    }
    case '[':
      return linkIn(text, at);
    case 'h':
    case 'H': {
      const address = isWord(text[at - 1]) ? null : addressAt(text, at);
      if (!address) return null;
      return { inline: { kind: 'link', ...address, host: null }, next: at + address.text.length };
    }
    default:
      return depth < MOST_DEPTH ? emphasisIn(text, at, depth, open) : null;
  }
}

function closing(text: string, mark: string, from: number, open: Set<string>): number {
  if (open.has(mark)) return -1;
  const end = text.indexOf(mark, from);
  if (end < 0) open.add(mark);
  return end;
}

/** `$…$` and `$$…$$` in a line. A price is not a formula: a digit behind the closing sign, or a space inside, is none. */
function mathsIn(text: string, at: number, open: Set<string>): Found | null {
  const mark = text.startsWith('$$', at) ? '$$' : '$';
  const from = at + mark.length;
  const end = closing(text, mark, from, open);
  const tex = text.slice(from, Math.max(from, end));
  if (end < 0 || tex.trim() === '' || tex.length > MOST_TEX) return null;
  const tight = !isSpace(tex[0]) && !isSpace(tex.at(-1)) && !/\d/.test(text[end + 1] ?? '') && !tex.includes('\n');
  return mark === '$' && !tight ? null : { inline: { kind: 'maths', tex: tex.trim() }, next: end + mark.length };
}

function linkIn(text: string, at: number): Found | null {
  LINK.lastIndex = at;
  const match = LINK.exec(text);
  const url = match && webAddress(match[2] ?? '');
  if (!url) return null;
  const words = match[1] ?? '';
  const host = words.toLowerCase().includes(url.hostname) && !words.includes('://') ? null : url.hostname;
  return { inline: { kind: 'link', href: url.href, text: words, host }, next: LINK.lastIndex };
}

function emphasisIn(text: string, at: number, depth: number, open: Set<string>): Found | null {
  for (const [mark, kind] of EMPHASES) {
    if (!text.startsWith(mark, at)) continue;
    const from = at + mark.length;
    // Inside a word an underscore is part of it: snake_case.
    if (isSpace(text[from]) || (mark[0] === '_' && isWord(text[at - 1]))) continue;
    const end = closingEmphasis(text, mark, from, open);
    if (end < 0) continue;
    return { inline: { kind, of: inlinesOf(text.slice(from, end), depth + 1) }, next: end + mark.length };
  }
  return null;
}

/** How many places are looked at before it counts as never closed. */
const MOST_TRIES = 20;

function closingEmphasis(text: string, mark: string, from: number, open: Set<string>): number {
  let end = from;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    end = closing(text, mark, end + 1, open);
    if (end < 0) return -1;
    const double = mark.length === 1 && (text[end + 1] === mark || text[end - 1] === mark);
    const inWord = mark[0] === '_' && isWord(text[end + mark.length]);
    if (!isSpace(text[end - 1]) && !double && !inWord) return end;
  }
  return -1;
}

/** What was written as one line of words, for quotes, notices and search. */
export function plainText(text: string, nameOf: (personId: string) => string): string {
  const words = (inlines: readonly Inline[]): string =>
    inlines
      .map((one) => {
        switch (one.kind) {
          case 'mention':
            return `@${nameOf(one.personId)}`;
          case 'maths':
            return one.tex;
          case 'break':
            return ' ';
          case 'text':
          case 'code':
          case 'link':
            return one.text;
          default:
            return words(one.of);
        }
      })
      .join('');
  const lines = (blocks: readonly Block[]): string =>
    blocks
      .map((block) => {
        switch (block.kind) {
          case 'code':
            return block.text;
          case 'maths':
            return block.tex;
          case 'list':
            return block.items.map(lines).join(' ');
          case 'quote':
            return lines(block.of);
          default:
            return words(block.of);
        }
      })
      .join(' ');
  return lines(parseMarkdown(text)).replace(/\s+/g, ' ').trim();
}
