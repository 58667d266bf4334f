/** How what was sent is put down on the board: a picture where it was dropped, the pages of a PDF as pages of the board. */
import { plainOf, type Item } from '#sync/documents/board-reader.ts';
import { putFigure } from '#sync/documents/board-writer.ts';
import { MOST_CAPTION } from '#sync/documents/items.ts';
import type { SharedFile } from '../../files/upload.ts';
import type { Act } from './acts.ts';
import { Arrivals, type Spot } from './arrivals.svelte.ts';
import type { BoardDesk } from './desk.svelte.ts';
import type { Prepared } from './prepare.ts';

/** How much of the window a picture takes at first. */
const PART = 0.6;
/** A page of a PDF is as wide as what every screen shows, logical pixels. */
const PAGE_WIDTH = 800;
const MOST_PAGE_HEIGHT = 2_400;

type Size = Pick<Prepared, 'width' | 'height'>;

function putPicture(desk: BoardDesk, file: SharedFile, { width, height }: Size, spot: Spot): void {
  const { left, top, right, bottom } = desk.view.box;
  const scale = Math.min(1, (PART * (right - left)) / width, (PART * (bottom - top)) / height);
  const [wide, high] = [Math.max(8, width * scale), Math.max(8, height * scale)];
  const there = desk.pages.list.some(({ key }) => key === spot.page);
  const { z, page } = desk.head();
  const key = putFigure(desk.document.doc, desk.person, {
    kind: 'image',
    z,
    page: there ? spot.page : page,
    at: [spot.x - wide / 2, spot.y - high / 2, wide, high],
    file: file.id,
    text: file.name.slice(0, MOST_CAPTION),
    back: false,
  });
  desk.acts.drew(key);
  desk.tellActs();
  const item = desk.reader.get(key);
  // Whoever draws or writes meanwhile keeps their tool.
  if (!item || item.page !== desk.page || desk.drawing || desk.words.open !== null) return;
  desk.press({ kind: 'tool', tool: 'select' });
  desk.selection.set([item]);
}

/** An image of another board, as it stood there. */
function putCopy(desk: BoardDesk, file: SharedFile, item: Item): void {
  const plain = plainOf(item);
  if (plain?.kind !== 'image') return;
  const { z, page } = desk.head();
  const act: Act = [];
  const key = putFigure(desk.document.doc, desk.person, { ...plain, z, page, file: file.id });
  desk.acts.drew(key, act);
  if (item.place) desk.acts.change([{ key, aspect: 'place', value: item.place }], act);
  desk.tellActs();
}

/** One PDF: the first page takes the page that is shown if nothing is on it, each further one a page behind. */
function pagesFor(desk: BoardDesk): (file: SharedFile, size: Size) => boolean {
  const act: Act = [];
  let last: string | null = null;
  return (file, { width, height }) => {
    const { pages, reader } = desk;
    const first = last === null;
    const page = first && reader.count(desk.page) === 0 ? desk.page : pages.insert(last ?? desk.page, 'plain', act);
    if (page === null) return false;
    const scale = Math.min(PAGE_WIDTH / width, MOST_PAGE_HEIGHT / height);
    const [wide, high] = [width * scale, height * scale];
    const key = putFigure(desk.document.doc, desk.person, {
      kind: 'image',
      z: desk.head().z,
      page,
      at: [-wide / 2, -Math.min(high, 600) / 2, wide, high],
      file: file.id,
      text: file.name.slice(0, MOST_CAPTION),
      back: true,
    });
    desk.acts.drew(key, act);
    // So that neither clearing the page nor a careless drag takes it.
    desk.acts.change([{ key, aspect: 'lock', value: true }], act);
    desk.tellActs();
    last = page;
    if (first && page !== desk.page) pages.turnTo(page);
    else if (first) desk.fit();
    return true;
  };
}

export const arrivalsOf = (desk: BoardDesk, to: string | null): Arrivals =>
  new Arrivals({
    to,
    pictures: desk.pictures,
    may: () => desk.mayDraw,
    middle: () => ({ page: desk.page, ...desk.middle }),
    put: (file, size, spot) => putPicture(desk, file, size, spot),
    putCopy: (file, item) => putCopy(desk, file, item),
    putPages: () => pagesFor(desk),
    onArrived: (name) => (desk.arrived = name),
  });
