/** A pen in a page, moved as a hand moves it: 60 times a second, along rows that nobody else draws on. */
import type { Page } from 'playwright-core';

const SAMPLES = 60;
const EVERY_MS = 1_000 / 60;
/** Parts of the board's width and height. */
const ROWS = { from: 0.25, to: 0.6, top: 0.76, step: 0.011, count: 8 } as const;

/** Where the samples of the n-th row are, in CSS pixels from the board's corner. */
async function rows(page: Page, n: number): Promise<[number, number][]> {
  const { width, height } = await boardOf(page);
  const y = Math.round(height * (ROWS.top + ROWS.step * (n % ROWS.count)));
  return Array.from({ length: SAMPLES }, (_, i) => [
    Math.round(width * (ROWS.from + ((i + 1) / SAMPLES) * (ROWS.to - ROWS.from))),
    y,
  ]);
}

/** Where another page shows what is drawn there: the middle of the board is the same, and at 100 % every distance from it. */
export async function rowsSeen(drawing: Page, seeing: Page, n: number): Promise<[number, number][]> {
  for (const page of [drawing, seeing])
    if (!(await page.locator('[data-board] .zoom').innerText()).includes('100'))
      throw new Error('The two boards are of different sizes');
  const [from, to] = [await boardOf(drawing), await boardOf(seeing)];
  return (await rows(drawing, n)).map(([x, y]) => [
    Math.round(x + (to.width - from.width) / 2),
    Math.round(y + (to.height - from.height) / 2),
  ]);
}

async function boardOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await page.locator('[data-board] .surface').boundingBox();
  if (!box) throw new Error('There is no board');
  return box;
}

/** Draws the n-th row; the schedule waits for no page. */
export async function dragAcross(page: Page, n: number): Promise<void> {
  const { x: left, y: top, width } = await boardOf(page);
  const points = await rows(page, n);
  const [, y] = points[0] ?? [0, 0];
  await page.mouse.move(left + width * ROWS.from, top + y);
  await page.mouse.down();
  const began = performance.now();
  for (const [i, [px, py]] of points.entries()) {
    const wait = began + (i + 1) * EVERY_MS - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await page.mouse.move(left + px, top + py);
  }
  await page.mouse.up();
}
