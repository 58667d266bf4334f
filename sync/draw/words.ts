/** Words on the board: how a text, a sticky note and a formula are set. Pure; what letters measure comes in. */
import type { Item } from '../documents/board-reader.ts';
import type { Box } from './camera.ts';
import type { PathSink } from './stroke.ts';

export type FormulaStep =
  | readonly ['M' | 'L', number, number]
  | readonly ['Q', number, number, number, number]
  | readonly ['C', number, number, number, number, number, number]
  | readonly ['Z'];

/** A formula as one path to be filled, in ems: right and down, the base line at 0. */
export interface Formula {
  readonly width: number;
  /** Above the base line; positive. */
  readonly ascent: number;
  readonly descent: number;
  readonly steps: readonly FormulaStep[];
}

/** What is known of letters where something is drawn. */
export interface Lettering {
  /** The CSS family. */
  readonly family: string;
  /** Width of words in logical pixels, set at `size` logical pixels. */
  measure(text: string, size: number): number;
  /** Null when the LaTeX makes no sense, or cannot be set here (yet): then its source is shown. */
  formula(tex: string): Formula | null;
}

/** Where nothing is known of letters. */
export const ROUGHLY: Lettering = {
  family: 'sans-serif',
  measure: (text, size) => text.length * size * 0.5,
  formula: () => null,
};

export interface Line {
  readonly text: string;
  readonly x: number;
  /** The base line. */
  readonly y: number;
}

export interface Set {
  /** Font size, logical pixels. */
  readonly size: number;
  readonly lines: readonly Line[];
  readonly formula: { readonly picture: Formula; readonly x: number; readonly y: number } | null;
  /** Before the item was moved. */
  readonly box: Box;
}

/** Widths of the pen as sizes of letters. */
export const letterSize = (width: number): number => Math.round(14 + 3 * width);
const LEADING = 1.3;
export const NOTE_WIDTH = 220;
export const NOTE_PADDING = 16;
const NOTE_LEAST = 140;
export const noteLetterSize = (width: number): number => Math.min(28, 13 + 2 * width);

/** Breaks a paragraph where it would be wider than `most`; a word that is too long is broken inside. */
export function wrap(text: string, most: number, width: (part: string) => number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(/(?<=\s)/)) {
      if (line !== '' && width((line + word).trimEnd()) > most) {
        lines.push(line.trimEnd());
        line = '';
      }
      line += word;
      while (width(line.trimEnd()) > most && line.length > 1) {
        let fits = line.length - 1;
        while (fits > 1 && width(line.slice(0, fits)) > most) fits -= 1;
        lines.push(line.slice(0, fits));
        line = line.slice(fits);
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

type Worded = Pick<Item, 'kind' | 'points' | 'text' | 'size'>;

/** Sets the words of a text, a note or a formula. */
export function setWords(item: Worded, letters: Lettering): Set {
  const [left = 0, top = 0] = item.points;
  if (item.kind === 'maths') {
    const picture = letters.formula(item.text);
    if (picture) return setFormula(picture, letterSize(item.size), left, top);
  }
  const isNote = item.kind === 'note';
  const size = isNote ? noteLetterSize(item.size) : letterSize(item.size);
  const pad = isNote ? NOTE_PADDING : 0;
  const parts = isNote
    ? wrap(item.text, NOTE_WIDTH - 2 * NOTE_PADDING, (part) => letters.measure(part, size))
    : item.text.split('\n');
  const step = size * LEADING;
  const lines = parts.map((text, i) => ({ text, x: left + pad, y: top + pad + size * 0.98 + i * step }));
  const height = parts.length * step + 2 * pad;
  const widest = Math.max(size / 2, ...parts.map((part) => letters.measure(part, size)));
  return {
    size,
    lines,
    formula: null,
    box: {
      left,
      top,
      right: left + (isNote ? NOTE_WIDTH : widest),
      bottom: top + (isNote ? Math.max(NOTE_LEAST, height) : height),
    },
  };
}

function setFormula(picture: Formula, size: number, left: number, top: number): Set {
  return {
    size,
    lines: [],
    formula: { picture, x: left, y: top + picture.ascent * size },
    box: {
      left,
      top,
      right: left + Math.max(0.5, picture.width) * size,
      bottom: top + (picture.ascent + picture.descent) * size,
    },
  };
}

/** Traces a formula with its base line's start at x, y. */
export function traceFormula(sink: PathSink, { steps }: Formula, x: number, y: number, size: number): void {
  for (const step of steps)
    switch (step[0]) {
      case 'M':
        sink.moveTo(x + step[1] * size, y + step[2] * size);
        break;
      case 'L':
        sink.lineTo(x + step[1] * size, y + step[2] * size);
        break;
      case 'Q':
        sink.quadraticCurveTo(x + step[1] * size, y + step[2] * size, x + step[3] * size, y + step[4] * size);
        break;
      case 'C':
        sink.bezierCurveTo(
          x + step[1] * size,
          y + step[2] * size,
          x + step[3] * size,
          y + step[4] * size,
          x + step[5] * size,
          y + step[6] * size,
        );
        break;
      case 'Z':
        sink.closePath();
    }
}
