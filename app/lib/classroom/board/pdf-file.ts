/** A PDF as pictures of its pages, made in this browser. Large, so it is imported only when a PDF comes. */
import { GlobalWorkerOptions, getDocument, type PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';
import { CannotPrepare, canvasFile, type Prepared } from './prepare.ts';

GlobalWorkerOptions.workerSrc = workerUrl;

/** Fonts that PDFs count on, tables of East Asian writing, and what opens scanned pages: all from our own server. */
const PARTS = new Map(
  Object.entries(
    import.meta.glob<string>(
      [
        '/node_modules/pdfjs-dist/cmaps/*.bcmap',
        '/node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}',
        '/node_modules/pdfjs-dist/wasm/*.{wasm,js}',
      ],
      { query: '?url&no-inline', import: 'default', eager: true, exhaustive: true },
    ),
  ).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]),
);

/** pdf.js asks by file name; the bundler has given each an address of its own. */
class Parts {
  async fetch({ filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const url = PARTS.get(filename);
    const answer = url === undefined ? null : await fetch(url);
    if (!answer?.ok) throw new Error(`There is no ${filename}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

/** Pixels: sharp on a tablet, and small enough for a phone's line. */
const PAGE_WIDTH = 1_600;
const MOST_PAGE_PIXELS = 5_000_000;
const QUALITY = 0.85;
/** Longer sides are no page for a screen, PDF points. */
const MOST_RATIO = 20;

export interface PdfFile {
  readonly count: number;
  /** A picture of one page, from 1. @throws CannotPrepare */
  page(number: number): Promise<Prepared>;
  close(): void;
}

/** @throws CannotPrepare when it is locked or damaged. */
export async function openPdf(file: Blob): Promise<PdfFile> {
  const task = getDocument({
    data: new Uint8Array(await file.arrayBuffer()),
    BinaryDataFactory: Parts,
    useWorkerFetch: false,
    cMapUrl: '/',
    standardFontDataUrl: '/',
    wasmUrl: '/',
    cMapPacked: true,
    enableXfa: false,
    maxImageSize: 50_000_000,
    verbosity: 0,
  });
  let pdf: PDFDocumentProxy;
  try {
    pdf = await task.promise;
  } catch (error) {
    void task.destroy();
    throw new CannotPrepare(
      error instanceof Error && error.name === 'PasswordException' ? 'pdf-locked' : 'pdf-unreadable',
    );
  }
  return {
    count: pdf.numPages,
    async page(number) {
      try {
        const page = await pdf.getPage(number);
        const { width, height } = page.getViewport({ scale: 1 });
        if (!(width > 0 && height > 0) || Math.max(width / height, height / width) > MOST_RATIO)
          throw new CannotPrepare('pdf-unreadable');
        const scale = Math.min(PAGE_WIDTH / width, Math.sqrt(MOST_PAGE_PIXELS / (width * height)));
        const viewport = page.getViewport({ scale });
        const canvas = document.createElement('canvas');
        [canvas.width, canvas.height] = [Math.round(viewport.width), Math.round(viewport.height)];
        // As for print: a page behind other tabs, whose frames stand still, goes on.
        await page.render({ canvas, viewport, intent: 'print', background: '#ffffff' }).promise;
        const blob = await canvasFile(canvas, 'image/jpeg', QUALITY);
        page.cleanup();
        const size = { width: canvas.width, height: canvas.height };
        // Safari keeps the memory of canvases that are merely forgotten.
        canvas.width = canvas.height = 0;
        return { blob, ...size };
      } catch (error) {
        if (error instanceof CannotPrepare) throw error;
        console.error('A page of a PDF could not be drawn:', error);
        throw new CannotPrepare('pdf-unreadable');
      }
    },
    close: () => void task.destroy(),
  };
}
