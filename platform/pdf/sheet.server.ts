/** Pages under the pen: where the next line goes, how wide words are, when a page is full. All measures are points. */
import type { Paper } from './paper.ts';
import { fontFile, lettersOf, runsOf, type Weight } from './type.server.ts';

export interface Ink {
  readonly size: number;
  readonly weight: Weight;
  readonly colour: string;
}

const MARGIN = 56;
const FOOT = 64;
export const INK = '#1c1a17';
export const QUIET = '#5d574e';
export const HAIRLINE = '#cfc8bb';

/** Distance between the base lines of one paragraph, relative to the size. */
const LEADING = 1.4;

export class Sheet {
  readonly left = MARGIN;
  readonly width: number;
  private y = MARGIN;
  private readonly doc: PDFKit.PDFDocument;
  private readonly bottom: number;

  private constructor(doc: PDFKit.PDFDocument) {
    this.doc = doc;
    this.width = doc.page.width - 2 * MARGIN;
    this.bottom = doc.page.height - FOOT;
  }

  static async open(paper: Paper): Promise<Sheet> {
    // Loaded with the first paper: most processes never write one, and it takes a third of a second.
    const { default: PDFDocument } = await import('pdfkit');
    const doc = new PDFDocument({
      size: 'A4',
      margin: 0,
      bufferPages: true,
      lang: paper.language ?? 'en-IN',
      displayTitle: true,
      // No font of the reader's own: the letters come with the file.
      font: '',
      pdfVersion: '1.7',
      info: {
        Title: paper.title,
        Author: paper.author,
        Creator: paper.author,
        Producer: paper.author,
        CreationDate: new Date(paper.madeAt),
        ModDate: new Date(paper.madeAt),
      },
    });
    return new Sheet(doc);
  }

  /** Height that is left on this page. */
  get room(): number {
    return this.bottom - this.y;
  }

  newPage(): void {
    this.doc.addPage();
    this.y = MARGIN;
  }

  /** Leaves space, but none at the top of a page. */
  space(height: number): void {
    if (this.y > MARGIN) this.y += height;
  }

  static heightOf = ({ size }: Ink): number => size * LEADING;

  widthOf(text: string, ink: Ink): number {
    let width = 0;
    for (const run of runsOf(text)) width += this.pen(run.script, ink).widthOfString(run.text);
    return width;
  }

  /** Lines that fit into `width`. A word that does not fit by itself is broken between letters. */
  wrap(text: string, width: number, ink: Ink): readonly string[] {
    return text.split(/\r?\n/).flatMap((paragraph) => {
      const lines: string[] = [];
      let line = '';
      for (const word of paragraph.split(/\s+/).filter((part) => part !== '')) {
        const longer = line === '' ? word : `${line} ${word}`;
        if (this.widthOf(longer, ink) <= width) {
          line = longer;
          continue;
        }
        if (line !== '') lines.push(line);
        const pieces = this.pieces(word, width, ink);
        lines.push(...pieces.slice(0, -1));
        line = pieces.at(-1) ?? '';
      }
      return [...lines, line];
    });
  }

  private pieces(word: string, width: number, ink: Ink): readonly string[] {
    if (this.widthOf(word, ink) <= width) return [word];
    const pieces = [''];
    for (const letter of lettersOf(word)) {
      const last = pieces.at(-1) ?? '';
      if (last !== '' && this.widthOf(last + letter, ink) > width) pieces.push(letter);
      else pieces[pieces.length - 1] = last + letter;
    }
    return pieces;
  }

  /** Writes one line at the current height, which stays as it is. */
  write(text: string, x: number, width: number, ink: Ink, align: 'start' | 'end' = 'start'): void {
    this.writeAt(text, align === 'end' ? x + width - this.widthOf(text, ink) : x, this.y, ink);
  }

  private writeAt(text: string, x: number, y: number, ink: Ink): void {
    let at = x;
    for (const run of runsOf(text)) {
      const pen = this.pen(run.script, ink).fillColor(ink.colour);
      const width = pen.widthOfString(run.text);
      pen.text(run.text, at, y, { lineBreak: false });
      at += width;
    }
  }

  advance(height: number): void {
    this.y += height;
  }

  /** A filled box `down` below the current height, which stays as it is. */
  box(x: number, down: number, width: number, height: number, colour: string): void {
    this.doc.rect(x, this.y + down, width, height).fill(colour);
  }

  rule(colour: string = HAIRLINE): void {
    this.doc
      .moveTo(this.left, this.y)
      .lineTo(this.left + this.width, this.y)
      .lineWidth(0.6)
      .strokeColor(colour)
      .stroke();
  }

  /** Writes the foot of every page and gives the file. */
  async finish(footer: string, ink: Ink): Promise<Buffer> {
    const { count } = this.doc.bufferedPageRange();
    for (let page = 0; page < count; page += 1) {
      this.doc.switchToPage(page);
      this.y = this.bottom + 20;
      const number = `Page ${page + 1} of ${count}`;
      const beside = this.width - this.widthOf(number, ink) - 24;
      this.write(this.wrap(footer, beside, ink)[0] ?? '', this.left, beside, ink);
      this.write(number, this.left, this.width, ink, 'end');
    }
    const chunks: Buffer[] = [];
    const done = new Promise<Buffer>((resolve, reject) => {
      this.doc.on('data', (chunk: Buffer) => chunks.push(chunk));
      this.doc.on('end', () => resolve(Buffer.concat(chunks)));
      this.doc.on('error', reject);
    });
    this.doc.end();
    return done;
  }

  private pen(script: string, { size, weight }: Ink): PDFKit.PDFDocument {
    const name = `${script}-${weight}`;
    if (!this.known.has(name)) {
      this.doc.registerFont(name, fontFile(script, weight));
      this.known.add(name);
    }
    return this.doc.font(name).fontSize(size);
  }

  private readonly known = new Set<string>();
}
