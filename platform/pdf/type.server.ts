/** Noto Sans in two weights. The family comes as one file for each script, so a line is set in runs. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Weight = 400 | 700;

/** A stretch of text that one file can set. */
export interface Run {
  readonly script: string;
  readonly text: string;
}

/** In the order in which they are asked; those of the script that a run is in come first. */
const SCRIPTS = ['latin', 'latin-ext', 'devanagari', 'vietnamese', 'greek', 'cyrillic'] as const;

const resolve = createRequire(import.meta.url).resolve;
const fileOf = (name: string): Buffer => readFileSync(resolve(`@fontsource/noto-sans/${name}`));

type Span = readonly [from: number, to: number];

function spansOf(ranges: string): readonly Span[] {
  return ranges.split(',').map((range): Span => {
    const [from = '', to = from] = range.trim().replace('U+', '').split('-');
    return [Number.parseInt(from, 16), Number.parseInt(to, 16)];
  });
}

let coverage: ReadonlyMap<string, readonly Span[]> | null = null;

function coverageOf(script: string): readonly Span[] {
  coverage ??= new Map(
    Object.entries(JSON.parse(fileOf('unicode.json').toString('utf8')) as Record<string, string>).map(
      ([name, ranges]) => [name, spansOf(ranges)] as const,
    ),
  );
  return coverage.get(script) ?? [];
}

const covers = (script: string, letter: string): boolean =>
  [...letter].every((sign) => {
    const point = sign.codePointAt(0) ?? 0;
    return coverageOf(script).some(([from, to]) => point >= from && point <= to);
  });

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The text as single letters: a base with its marks is one, so that no break comes between them. */
export const lettersOf = (text: string): readonly string[] =>
  Array.from(letters.segment(text), ({ segment }) => segment);

/** The runs of a line. A letter that no file has becomes `?`, rather than an empty box or nothing. */
export function runsOf(text: string): readonly Run[] {
  const runs: { script: string; text: string }[] = [];
  for (const letter of lettersOf(text)) {
    const last = runs.at(-1);
    const script =
      last && covers(last.script, letter) ? last.script : SCRIPTS.find((candidate) => covers(candidate, letter));
    const known = script ?? 'latin';
    const written = script === undefined ? '?' : letter;
    if (last?.script === known) last.text += written;
    else runs.push({ script: known, text: written });
  }
  return runs;
}

const files = new Map<string, Buffer>();

/** The file of a script. WOFF, because fontkit cannot cut a WOFF2 file down to the letters that are used. */
export function fontFile(script: string, weight: Weight): Buffer {
  const name = `files/noto-sans-${script}-${weight}-normal.woff`;
  const kept = files.get(name) ?? fileOf(name);
  files.set(name, kept);
  return kept;
}
