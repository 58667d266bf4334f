/** Writing on the board: a text, a note or a formula that is open in a field, and seen by the others while it is written. */
import type * as Y from 'yjs';
import { plainOf, type Item } from '#sync/documents/board-reader.ts';
import { eraseStrokes, putFigure, rewriteFigure } from '#sync/documents/board-writer.ts';
import type { ItemHead } from '#sync/documents/board.ts';
import type { Matrix } from '#sync/documents/changes.ts';
import { MOST_WORDS, isWriting, type FigureItem, type Writing } from '#sync/documents/items.ts';
import type { Author } from '#sync/documents/people.ts';
import type { Acts } from './acts.ts';

export interface WordsPorts {
  readonly doc: Y.Doc;
  readonly author: Author;
  readonly acts: Acts;
  readonly head: () => ItemHead;
  /** The item that the field shows instead; null for none. */
  readonly onOpen: (key: string | null) => void;
  readonly onDone: (key: string) => void;
}

export interface OpenWords {
  readonly kind: Writing;
  readonly x: number;
  readonly y: number;
  readonly pen: number;
  readonly size: number;
  readonly place: Matrix | null;
}

/** Between two words to the others, wall ms. */
const SEND_MS = 250;

export class Words {
  open: OpenWords | null = $state.raw(null);
  text = $state('');
  private readonly ports: WordsPorts;
  private key: string | null = null;
  private figure: FigureItem | null = null;
  /** As it was before it was opened; null for a new one. */
  private before: FigureItem | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: WordsPorts) {
    this.ports = ports;
  }

  begin(kind: Writing, at: { x: number; y: number }): void {
    this.close();
    this.figure = { ...this.ports.head(), kind, at: [at.x, at.y], text: '' };
    this.show(null);
  }

  /** Opens an own writing again. */
  edit(item: Item): void {
    const figure = plainOf(item);
    if (figure === null || figure.kind === 'image' || !isWriting(figure.kind)) return;
    this.close();
    this.figure = figure;
    this.before = figure;
    this.key = item.key;
    this.show(item.place);
  }

  input(text: string): void {
    const { figure } = this;
    if (!figure || !isWriting(figure.kind)) return;
    this.text = text.slice(0, MOST_WORDS[figure.kind]);
    this.figure = { ...figure, text: this.text };
    this.timer ??= setTimeout(() => this.send(), SEND_MS);
  }

  close(): void {
    const { figure, before, ports } = this;
    if (!figure) return;
    const empty = figure.text.trim() === '';
    if (!empty) this.send();
    clearTimeout(this.timer);
    this.timer = undefined;
    const { key } = this;
    this.figure = null;
    this.before = null;
    this.key = null;
    this.open = null;
    this.text = '';
    ports.onOpen(null);
    if (key === null) return;
    if (before === null) {
      if (empty) eraseStrokes(ports.doc, ports.author, [key]);
      else ports.acts.drew(key);
    } else if (empty) ports.acts.erase([key], []);
    else if (figure.text !== before.text) ports.acts.write(key, before, figure, []);
    ports.onDone(key);
  }

  private show(place: Matrix | null): void {
    const { figure } = this;
    if (!figure || !isWriting(figure.kind)) return;
    const [x = 0, y = 0] = figure.at;
    this.open = { kind: figure.kind, x, y, pen: figure.pen, size: figure.size, place };
    this.text = figure.text;
    this.hide();
  }

  /** The field stands for the item; a formula is better seen as it will be. */
  private hide(): void {
    this.ports.onOpen(this.figure?.kind === 'maths' ? null : this.key);
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { figure, ports } = this;
    if (!figure || (this.key === null && figure.text.trim() === '')) return;
    if (this.key === null) {
      this.key = putFigure(ports.doc, ports.author, figure);
      this.hide();
    } else rewriteFigure(ports.doc, this.key, figure);
  }
}
