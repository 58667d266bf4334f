/**
 * Files on their way to the board: made ready, sent, and put down. Nothing is lost silently: what fails stays in the list
 * with the reason until it is sent again or let go.
 */
import type { Item } from '#sync/documents/board-reader.ts';
import { uploadFile, type SharedFile } from '../../files/upload.ts';
import type { BoardPictures } from './pictures.ts';
import type { PdfFile } from './pdf-file.ts';
import { CannotPrepare, prepared, type Prepared } from './prepare.ts';

/** Where something is to be put down: a page, and a point on it in logical pixels. */
export interface Spot {
  readonly page: string;
  readonly x: number;
  readonly y: number;
}

export interface ArrivalPorts {
  /** Where files are kept; null when this board takes none. */
  readonly to: string | null;
  readonly pictures: BoardPictures;
  /** Whether the viewer may change the board now. */
  readonly may: () => boolean;
  /** Where something goes that was not dropped anywhere. */
  readonly middle: () => Spot;
  readonly put: (file: SharedFile, size: Prepared, at: Spot) => void;
  readonly putCopy: (file: SharedFile, item: Item) => void;
  /** Puts pages down one after the other; the function gives false when the board is full. */
  readonly putPages: () => (file: SharedFile, size: Prepared) => boolean;
  readonly onArrived: (name: string) => void;
}

export class Arrival {
  readonly id: number;
  readonly name: string;
  state: 'waiting' | 'preparing' | 'sending' | 'failed' = $state('waiting');
  /** Of what is being sent, 0–1. */
  part = $state(0);
  /** Of a PDF: how many pages there are to come, and how many are there. */
  readonly count: number | null;
  done = $state(0);
  code: string | null = $state(null);
  /** It works by itself when it is sent again later. */
  passing = $state(false);
  stop = new AbortController();
  readonly work: (arrival: Arrival) => Promise<void>;
  readonly end: () => void;

  constructor(
    id: number,
    name: string,
    work: (arrival: Arrival) => Promise<void>,
    more: { count?: number; end?: () => void } = {},
  ) {
    this.id = id;
    this.name = name;
    this.work = work;
    this.count = more.count ?? null;
    this.end = more.end ?? (() => undefined);
  }
}

/** What sending again does not change. */
const HOPELESS: ReadonlySet<string> = new Set([
  'file-type-refused',
  'file-too-large',
  'file-unreadable',
  'picture-unreadable',
  'pdf-unreadable',
  'lesson-ended',
  'lesson-cancelled',
]);
export const mayRetry = ({ state, code }: Arrival): boolean => state === 'failed' && !HOPELESS.has(code ?? '');

class Failed extends Error {
  readonly code: string;
  readonly passing: boolean;

  constructor(code: string, passing: boolean) {
    super(code);
    this.code = code;
    this.passing = passing;
  }
}

const AT_ONCE = 2;
const MOST_PDF_BYTES = 25 * 1_048_576;
/** Several at once stand beside each other, logical pixels. */
const ASIDE = 24;
/** Before what failed in passing is sent again by itself, ms. */
const AGAIN_MS = [1_000, 3_000];
export const ACCEPTED = 'image/png,image/jpeg,image/webp,image/gif,image/avif,image/heic,application/pdf,.pdf';

const isPdf = (file: File): boolean => file.type === 'application/pdf' || /\.pdf$/i.test(file.name);
const isPicture = (file: File): boolean => file.type.startsWith('image/') && file.type !== 'image/svg+xml';

export class Arrivals {
  list: readonly Arrival[] = $state.raw([]);
  /** A PDF whose pages are being chosen; `file` is null while it is opened. */
  pdf: { readonly name: string; readonly file: PdfFile | null; readonly code: string | null } | null = $state.raw(null);
  /** The board is left while so many are on their way. */
  onLost: (count: number) => void = () => undefined;
  private readonly ports: ArrivalPorts;
  /** PDFs that were not asked about yet. */
  private readonly more: File[] = [];
  private next = 0;
  private ended = false;

  constructor(ports: ArrivalPorts) {
    this.ports = ports;
  }

  get offered(): boolean {
    return this.ports.to !== null;
  }

  /** Pictures are sent at once, a PDF asks first which pages. `at` null: the middle of what one looks at. */
  add(files: readonly File[], at: Spot | null): void {
    const spot = at ?? this.ports.middle();
    for (const [i, file] of files.entries()) {
      const [x, y] = [spot.x + i * ASIDE, spot.y + i * ASIDE];
      if (isPdf(file)) this.more.push(file);
      else this.start(file.name, (arrival) => this.bring(arrival, file, { ...spot, x, y }));
    }
    void this.ask();
  }

  /** Brings an image of another lesson, as it stands; `from` is where its file is. */
  carry(item: Item, from: string): void {
    this.start(item.text, async (arrival) => {
      const answer = await fetch(`${from}/${item.file}`, { signal: arrival.stop.signal }).catch(() => null);
      if (!answer?.ok) throw answer ? new Failed('not-found', false) : new Failed('unreachable', true);
      const kept = await this.send(arrival, await answer.blob(), item.text);
      if (kept) this.ports.putCopy(kept, item);
    });
  }

  /** Lets the person choose files. */
  choose(): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.accept = ACCEPTED;
    input.onchange = () => this.add([...(input.files ?? [])], null);
    input.click();
  }

  /** The pages that were chosen, from 1; null lets the PDF go. */
  choosePages(pages: readonly number[] | null): void {
    const { pdf } = this;
    this.pdf = null;
    if (pdf?.file && pages) this.importPdf(pdf.name, pdf.file, pages);
    else pdf?.file?.close();
    void this.ask();
  }

  retry(arrival: Arrival): void {
    if (arrival.state !== 'failed') return;
    arrival.state = 'waiting';
    arrival.code = null;
    this.run();
  }

  /** Stops it, or takes what failed off the list. */
  cancel(arrival: Arrival): void {
    arrival.stop.abort();
    this.remove(arrival);
  }

  /** The connection is back. */
  again(): void {
    for (const arrival of this.list) if (arrival.passing) this.retry(arrival);
  }

  destroy(): void {
    this.ended = true;
    if (this.list.length > 0) this.onLost(this.list.length);
    for (const arrival of this.list) this.cancel(arrival);
    this.pdf?.file?.close();
    this.pdf = null;
  }

  private start(name: string, work: Arrival['work'], more?: { count: number; end: () => void }): void {
    this.list = [...this.list, new Arrival((this.next += 1), name, work, more)];
    this.run();
  }

  private remove(arrival: Arrival): void {
    if (!this.list.includes(arrival)) return;
    this.list = this.list.filter((one) => one !== arrival);
    arrival.end();
    this.run();
  }

  private run(): void {
    const busy = this.list.filter(({ state }) => state === 'preparing' || state === 'sending').length;
    const waiting = this.list.filter(({ state }) => state === 'waiting');
    for (const arrival of waiting.slice(0, Math.max(0, AT_ONCE - busy))) void this.work(arrival);
  }

  private async work(arrival: Arrival): Promise<void> {
    arrival.state = 'preparing';
    arrival.stop = new AbortController();
    try {
      await arrival.work(arrival);
      if (arrival.stop.signal.aborted) return;
      this.ports.onArrived(arrival.name);
      this.remove(arrival);
    } catch (error) {
      if (arrival.stop.signal.aborted) return;
      if (!(error instanceof Failed) && !(error instanceof CannotPrepare))
        console.error('A file was not taken:', error);
      arrival.code = error instanceof Failed || error instanceof CannotPrepare ? error.code : 'internal';
      arrival.passing = error instanceof Failed && error.passing;
      arrival.state = 'failed';
      this.run();
    }
  }

  private async bring(arrival: Arrival, file: File, at: Spot): Promise<void> {
    if (!isPicture(file)) throw new Failed('file-type-refused', false);
    const ready = await prepared(file);
    const kept = await this.send(arrival, ready.blob, file.name);
    if (kept) this.ports.put(kept, ready, at);
  }

  /** Null when it was cancelled. @throws Failed */
  private async send(arrival: Arrival, blob: Blob, name: string): Promise<SharedFile | null> {
    const { to, may, pictures } = this.ports;
    if (to === null || !may()) throw new Failed('not-allowed', false);
    const { signal } = arrival.stop;
    arrival.state = 'sending';
    for (let tries = 0; ; tries += 1) {
      arrival.part = 0;
      const answer = await uploadFile({ to, body: blob, name, signal, onProgress: (part) => (arrival.part = part) });
      if (answer.kind === 'cancelled' || signal.aborted) return null;
      if (answer.kind === 'kept') {
        // The right to draw may have gone meanwhile.
        if (!may()) throw new Failed('not-allowed', false);
        await pictures.give(answer.file.id, blob);
        return signal.aborted ? null : answer.file;
      }
      const pause = answer.passing && navigator.onLine ? AGAIN_MS[tries] : undefined;
      if (pause === undefined) throw new Failed(answer.code, answer.passing);
      await new Promise((done) => setTimeout(done, pause));
    }
  }

  /** Asks about the next PDF, if nobody is asked yet. */
  private async ask(): Promise<void> {
    const file = this.pdf === null && !this.ended ? this.more.shift() : undefined;
    if (!file) return;
    const { name } = file;
    const asked = { name, file: null, code: null };
    this.pdf = asked;
    try {
      if (file.size > MOST_PDF_BYTES) throw new CannotPrepare('file-too-large');
      const { openPdf } = await import('./pdf-file.ts');
      const opened = await openPdf(file);
      // Let go meanwhile.
      if (this.pdf !== asked) return opened.close();
      this.pdf = { name, file: opened, code: null };
    } catch (error) {
      if (!(error instanceof CannotPrepare)) console.error('A PDF could not be opened:', error);
      const code = error instanceof CannotPrepare ? error.code : 'unreachable';
      if (this.pdf === asked) this.pdf = { name, file: null, code };
    }
  }

  private importPdf(name: string, pdf: PdfFile, pages: readonly number[]): void {
    const put = this.ports.putPages();
    const stem = name.replace(/\.pdf$/i, '');
    this.start(
      name,
      async (arrival) => {
        for (let number = pages[arrival.done]; number !== undefined; number = pages[arrival.done]) {
          arrival.state = 'preparing';
          const ready = await pdf.page(number);
          const kept = await this.send(arrival, ready.blob, `${stem}, ${number}.jpg`);
          if (!kept) return;
          if (!put(kept, ready)) throw new Failed('pages-full', false);
          arrival.done += 1;
        }
      },
      { count: pages.length, end: () => pdf.close() },
    );
  }
}
