/** A pen in a page, moved as a hand moves it: 60 times a second, along rows that nobody else draws on. */
import type { Page } from 'playwright-core';
import { MOST_ZOOM, fit } from '#sync/draw/camera.ts';

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

/**
 * Where another page shows what is drawn there, whether it looks for itself or follows: the middle of the board is the same,
 * and whoever follows has all of the other's window in their own.
 */
export async function rowsSeen(drawing: Page, seeing: Page, n: number): Promise<[number, number][]> {
  const [from, to] = [await boardOf(drawing), await boardOf(seeing)];
  const [left, top] = [-from.width / 2, -from.height / 2];
  const following = fit({ left, top, right: -left, bottom: -top }, to, 0, MOST_ZOOM);
  const [own, seen] = [await percentOf(drawing), await percentOf(seeing)];
  const zoom = [1, following.zoom].find((one) => Math.round(one * 100) === seen);
  if (own !== 100 || zoom === undefined) throw new Error(`The boards are shown at ${own} % and ${seen} %`);
  return (await rows(drawing, n)).map(([x, y]) => [
    Math.round((x + left) * zoom + to.width / 2),
    Math.round((y + top) * zoom + to.height / 2),
  ]);
}

const percentOf = async (page: Page): Promise<number> =>
  Number(/\d+/.exec(await page.locator('[data-board] .zoom .whole').innerText())?.[0]);

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
