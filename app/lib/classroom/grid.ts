/** How a number of pictures fill a space, and how many of them one page holds. Pure; sizes in CSS pixels. */
export interface GridShape {
  readonly columns: number;
  /** Width and height of one tile. */
  readonly width: number;
  readonly height: number;
}

export interface Space {
  readonly width: number;
  readonly height: number;
}

/** A picture of a camera, and below it the line with the name. */
const RATIO = 16 / 9;
const FOOTER = 28;
/** Seven by seven: more faces than that nobody tells apart. */
export const MOST_TILES = 49;
/** A face is known, and the name below it read, down to this width. */
const SMALLEST = 112;

/** How many columns show `count` pictures largest. */
export function gridFor(count: number, space: Space, gap: number): GridShape {
  let best: GridShape = { columns: 1, width: 0, height: 0 };
  for (let columns = 1; columns <= Math.max(1, count); columns += 1) {
    const rows = Math.ceil(Math.max(1, count) / columns);
    const most = (space.width - gap * (columns - 1)) / columns;
    const tall = (space.height - gap * (rows - 1)) / rows - FOOTER;
    const width = Math.max(0, Math.floor(Math.min(most, tall * RATIO)));
    if (width > best.width) best = { columns, width, height: Math.floor(width / RATIO) + FOOTER };
  }
  return best;
}

/** How many tiles fit without becoming too small; at least one. */
export function tilesPerPage(space: Space, gap: number): number {
  const columns = Math.floor((space.width + gap) / (SMALLEST + gap));
  const rows = Math.floor((space.height + gap) / (Math.ceil(SMALLEST / RATIO) + FOOTER + gap));
  return Math.min(MOST_TILES, Math.max(1, columns * rows));
}

/**
 * What each page shows, at least one page. On the first there is room for oneself, the last on it; where a page holds one
 * tile only, oneself is on a page of one's own at the end.
 *
 * @param others in their order.
 * @param most tiles on one page.
 */
export function pagesOf<T>(others: readonly T[], most: number): readonly (readonly T[])[] {
  const first = Math.max(0, most - 1);
  if (first === 0) return [...others.map((one) => [one]), []];
  const pages: T[][] = [others.slice(0, first)];
  for (let from = first; from < others.length; from += most) pages.push(others.slice(from, from + most));
  return pages;
}
