/** A media worker that is killed under a lesson, between two real Chromiums with cameras and microphones that beep. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { openToMeasure } from '../support/media.ts';
import { backOver, connectionsOf, watchMedia, arrivedAt } from '../support/moved.ts';
import { picturesAdvance } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

/** From the death until others are seen and heard again, wall ms. */
const PICTURE_MS = 5_000;
const SOUND_MS = 3_000;
/** The fake microphone beeps once a second, and is silent in between. */
const BEEP_MS = 1_000;

let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA] });
  [tutor, asha] = [await personPage(browser, complaints), await personPage(browser, complaints)];
  await Promise.all([openToMeasure(tutor), openToMeasure(asha)]);
});
afterAll(() => closeAll(browser, product));
afterEach(({ task }) => shootFailed(task.result?.state, 'media-lost-failed', { tutor, asha }));

/** Process ids of the media workers of the product. */
function workers(): readonly number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const [, parent] = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
      const isWorker = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('mediasoup-worker');
      return Number(parent) === product.pid && isWorker ? [Number(pid)] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Infinity;

it('[P7] frames advance and sound arrives again within seconds, and nobody was seen to leave', async () => {
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(asha, product.url, ASHA, lesson.code);
  await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(asha, 1)]);
  await Promise.all([watchMedia(tutor), watchMedia(asha)]);
  await until('sound on both sides', async () =>
    (await Promise.all([arrivedAt(tutor), arrivedAt(asha)])).every(({ sound }) => sound.length > 3),
  );
  // Anybody who leaves takes their tile along, if only for a moment.
  for (const page of [tutor, asha])
    await page.evaluate(() => {
      const scope = globalThis as { phases?: string[] };
      const phases: string[] = [];
      scope.phases = phases;
      const note = (): void => {
        const phase = document.querySelector('[data-phase]')?.getAttribute('data-phase') ?? 'none';
        if (phases.at(-1) !== phase) phases.push(phase);
      };
      note();
      new MutationObserver(note).observe(document.body, { subtree: true, childList: true, attributes: true });
    });

  const pictures: number[] = [];
  const sound: number[] = [];
  for (let times = 1; times <= 3; times += 1) {
    const before = workers();
    expect(before.length).toBeGreaterThan(0);
    const pages = await Promise.all(
      [tutor, asha].map(async (page) => ({ page, connections: await connectionsOf(page) })),
    );
    const at = Date.now();
    for (const pid of before) process.kill(pid, 'SIGKILL');
    for (const { page, connections } of pages) {
      const back = await backOver(page, at, connections);
      pictures.push(back.seen);
      sound.push(back.heard);
    }
    await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(asha, 1)]);
    expect(workers().filter((pid) => before.includes(pid))).toEqual([]);
  }
  process.stdout.write(`Back after the death of every worker, ms: ${JSON.stringify({ pictures, sound })}\n`);
  // The middle one: a single one may fall into a moment in which the machine does other work.
  expect(median(pictures)).toBeLessThan(PICTURE_MS);
  expect(median(sound)).toBeLessThan(SOUND_MS + BEEP_MS);
  for (const page of [tutor, asha])
    expect(await page.evaluate(() => (globalThis as { phases?: string[] }).phases)).toEqual(['live']);
  expect(complaints).toEqual([]);
}, 300_000);
