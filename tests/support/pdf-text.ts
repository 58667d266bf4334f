/** What a PDF says, read by another library than the one that wrote it. */
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface ReadPdf {
  /** The text of each page; a line of the page is a line here. */
  readonly pages: readonly string[];
  readonly title: string;
  /** As the file has it: `D:20261122041500Z`. */
  readonly madeAt: string;
}

const isText = <T>(item: T): item is Extract<T, { str: string }> =>
  typeof item === 'object' && item !== null && 'str' in item;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export async function readPdf(bytes: Uint8Array): Promise<ReadPdf> {
  const task = getDocument({ data: new Uint8Array(bytes), useSystemFonts: false, verbosity: 0 });
  const document = await task.promise;
  try {
    const pages: string[] = [];
    for (let number = 1; number <= document.numPages; number += 1) {
      const { items } = await (await document.getPage(number)).getTextContent();
      pages.push(
        items
          .filter(isText)
          .map(({ str, hasEOL }) => (hasEOL ? `${str}\n` : str))
          .join(''),
      );
    }
    const info: object = (await document.getMetadata()).info;
    const entry = (key: string): string => textOf(new Map(Object.entries(info)).get(key));
    return { pages, title: entry('Title'), madeAt: entry('CreationDate') };
  } finally {
    await task.destroy();
  }
}
