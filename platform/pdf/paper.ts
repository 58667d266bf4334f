/**
 * What a paper says, top to bottom. The writer decides how it looks; whoever makes a paper decides only its words.
 * All text is plain; `\n` breaks a line.
 */
export interface Paper {
  readonly title: string;
  /** Whose paper it is, for the file's properties. */
  readonly author: string;
  /** BCP 47; screen readers choose their voice by it. */
  readonly language?: string;
  /** Wall or business time, ms: the file's date. The same paper with the same date has the same bytes. */
  readonly madeAt: number;
  /** One line at the foot of each page, beside “Page 1 of 3”. */
  readonly footer: string;
  readonly parts: readonly Part[];
}

export type Part =
  | { readonly kind: 'heading'; readonly text: string }
  /** Strong: an answer or a sum. Quiet: what stands in small print. */
  | { readonly kind: 'paragraph'; readonly text: string; readonly tone?: 'strong' | 'quiet' }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | Table
  | Bars
  | { readonly kind: 'page-break' };

/** Bars over one common stretch, one below the other, such as who was there when. */
export interface Bars {
  readonly kind: 'bars';
  /** What stands at the two ends of the stretch. */
  readonly ends: readonly [from: string, to: string];
  readonly rows: readonly {
    readonly label: string;
    /** Of the stretch, from 0 to 1; `pale` for what counts less. */
    readonly pieces: readonly { readonly from: number; readonly to: number; readonly pale?: boolean }[];
  }[];
}

export interface Table {
  readonly kind: 'table';
  readonly columns: readonly Column[];
  /** As many cells as there are columns. */
  readonly rows: readonly (readonly string[])[];
  /** Last row, set apart; as many cells as there are columns. */
  readonly total?: readonly string[];
}

export interface Column {
  readonly title: string;
  /** Width, relative to the other columns. */
  readonly share: number;
  /** `end` for amounts. */
  readonly align?: 'start' | 'end';
}
