/** Papers as PDF: `pdf(paper)` sets headings, paragraphs, facts and tables on A4 pages. */
import type { Bars, Column, Paper, Part, Table } from './paper.ts';
import { HAIRLINE, INK, QUIET, Sheet, type Ink } from './sheet.server.ts';

const TITLE: Ink = { size: 20, weight: 700, colour: INK };
const HEADING: Ink = { size: 13, weight: 700, colour: INK };
const BODY: Ink = { size: 10, weight: 400, colour: INK };
const STRONG: Ink = { size: 12, weight: 700, colour: INK };
const SMALL: Ink = { size: 8.5, weight: 400, colour: QUIET };
const CELL: Ink = { size: 9, weight: 400, colour: INK };
const CELL_STRONG: Ink = { ...CELL, weight: 700 };
const LABEL: Ink = { ...BODY, colour: QUIET };

const GUTTER = 10;
/** Rows up to this height stay on one page. */
const KEPT_WHOLE = 240;

/**
 * The same paper gives the same bytes.
 * @throws never for what the text says: letters that no font has become `?`, long words are broken.
 */
export async function pdf(paper: Paper): Promise<Buffer> {
  const sheet = await Sheet.open(paper);
  lines(sheet, paper.title, TITLE);
  sheet.space(8);
  for (const part of paper.parts) place(sheet, part);
  return sheet.finish(paper.footer, SMALL);
}

function place(sheet: Sheet, part: Part): void {
  switch (part.kind) {
    case 'heading':
      // A heading alone at the foot of a page belongs to nothing.
      if (sheet.room < 80) sheet.newPage();
      sheet.space(14);
      lines(sheet, part.text, HEADING);
      sheet.space(4);
      return;
    case 'paragraph':
      lines(sheet, part.text, part.tone === 'strong' ? STRONG : part.tone === 'quiet' ? SMALL : BODY);
      sheet.space(6);
      return;
    case 'facts':
      facts(sheet, part.rows);
      sheet.space(6);
      return;
    case 'table':
      table(sheet, part);
      sheet.space(8);
      return;
    case 'bars':
      bars(sheet, part);
      sheet.space(8);
      return;
    case 'page-break':
      sheet.newPage();
      return;
    default: {
      const unknown: never = part;
      throw new TypeError(`no such part of a paper: ${JSON.stringify(unknown)}`);
    }
  }
}

function lines(sheet: Sheet, text: string, ink: Ink): void {
  for (const line of sheet.wrap(text, sheet.width, ink)) {
    if (sheet.room < Sheet.heightOf(ink)) sheet.newPage();
    sheet.write(line, sheet.left, sheet.width, ink);
    sheet.advance(Sheet.heightOf(ink));
  }
}

interface Cell {
  readonly x: number;
  readonly width: number;
  readonly align: 'start' | 'end';
  readonly ink: Ink;
  readonly lines: readonly string[];
}

/** Cells side by side, line by line, so that a row higher than a page goes on on the next. */
function row(sheet: Sheet, cells: readonly Cell[], onNewPage: () => void): void {
  const height = Math.max(...cells.map(({ ink }) => Sheet.heightOf(ink)));
  const count = Math.max(...cells.map((cell) => cell.lines.length));
  if (count * height > sheet.room && count * height <= KEPT_WHOLE) {
    sheet.newPage();
    onNewPage();
  }
  for (let index = 0; index < count; index += 1) {
    if (sheet.room < height) {
      sheet.newPage();
      onNewPage();
    }
    for (const cell of cells) sheet.write(cell.lines[index] ?? '', cell.x, cell.width, cell.ink, cell.align);
    sheet.advance(height);
  }
}

function facts(sheet: Sheet, rows: readonly (readonly [label: string, value: string])[]): void {
  const labels = sheet.width * 0.3;
  const x = sheet.left + labels + GUTTER;
  const width = sheet.width - labels - GUTTER;
  for (const [label, value] of rows) {
    const named: Cell = {
      x: sheet.left,
      width: labels,
      align: 'start',
      ink: LABEL,
      lines: sheet.wrap(label, labels, LABEL),
    };
    row(
      sheet,
      [named, { x, width, align: 'start', ink: BODY, lines: sheet.wrap(value, width, BODY) }],
      () => undefined,
    );
    sheet.advance(2);
  }
}

const BAR = 8;
const PALE = '#b3aa9a';

/** The bars of one axis stay on one page where they fit on one. */
function bars(sheet: Sheet, { ends: [from, to], rows }: Bars): void {
  const height = Sheet.heightOf(CELL);
  if (sheet.room < Math.min(rows.length + 1, 20) * (height + 2)) sheet.newPage();
  const labels = sheet.width * 0.3;
  const x = sheet.left + labels + GUTTER;
  const width = sheet.width - labels - GUTTER;
  sheet.write(sheet.wrap(from, width / 2, SMALL)[0] ?? '', x, width, SMALL);
  sheet.write(sheet.wrap(to, width / 2, SMALL)[0] ?? '', x, width, SMALL, 'end');
  sheet.advance(height);
  for (const { label, pieces } of rows) {
    if (sheet.room < height) sheet.newPage();
    sheet.write(sheet.wrap(label, labels, CELL)[0] ?? '', sheet.left, labels, CELL);
    const down = (height - BAR) / 2;
    sheet.box(x, down + BAR / 2, width, 0.5, HAIRLINE);
    for (const piece of pieces) {
      const [start, end] = [Math.max(0, piece.from), Math.min(1, piece.to)];
      // What is too short to be seen is drawn as wide as can be seen.
      if (end > start)
        sheet.box(x + start * width, down, Math.max((end - start) * width, 0.5), BAR, piece.pale ? PALE : INK);
    }
    sheet.advance(height + 2);
  }
}

function table(sheet: Sheet, { columns, rows, total }: Table): void {
  const cellsOf = (texts: readonly string[], ink: Ink): readonly Cell[] => placed(sheet, columns, texts, ink);
  const head = (): void => {
    row(
      sheet,
      cellsOf(
        columns.map(({ title }) => title),
        CELL_STRONG,
      ),
      () => undefined,
    );
    sheet.advance(2);
    sheet.rule();
    sheet.advance(4);
  };
  if (sheet.room < 80) sheet.newPage();
  head();
  for (const texts of rows) {
    row(sheet, cellsOf(texts, CELL), head);
    sheet.advance(3);
  }
  if (!total) return;
  sheet.rule();
  sheet.advance(4);
  row(sheet, cellsOf(total, CELL_STRONG), head);
}

function placed(sheet: Sheet, columns: readonly Column[], texts: readonly string[], ink: Ink): readonly Cell[] {
  if (texts.length !== columns.length)
    throw new RangeError(`a row of ${texts.length} cells in a table of ${columns.length} columns`);
  const shares = columns.reduce((sum, { share }) => sum + share, 0);
  const usable = sheet.width - GUTTER * (columns.length - 1);
  let x = sheet.left;
  return columns.map(({ share, align = 'start' }, index) => {
    const width = (usable * share) / shares;
    const cell: Cell = { x, width, align, ink, lines: sheet.wrap(texts[index] ?? '', width, ink) };
    x += width + GUTTER;
    return cell;
  });
}
