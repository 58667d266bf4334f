/** How many columns show `count` pictures largest. Pure; sizes in CSS pixels. */
export interface GridShape {
  readonly columns: number;
  /** Width and height of one tile. */
  readonly width: number;
  readonly height: number;
}

/** A picture of a camera, and below it the line with the name. */
const RATIO = 16 / 9;
const FOOTER = 28;

export function gridFor(count: number, space: { width: number; height: number }, gap: number): GridShape {
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
