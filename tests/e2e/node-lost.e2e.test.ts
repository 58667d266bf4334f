/**
 * A node of media that is killed, frozen or stopped under a lesson, between two real Chromiums: pages, board and chat are
 * served by another process, all of them on one real PostgreSQL and one real Redis.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn, until } from '../support/api.ts';
import { openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { startCluster, type Cluster } from '../support/cluster.ts';
import { ASHA, TUTOR, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { openToMeasure } from '../support/media.ts';
import { backOver, connectionsOf, watchMedia } from '../support/moved.ts';
import { picturesAdvance } from '../support/pages.ts';
import type { Product } from '../support/product.ts';

let cluster: Cluster;
let browser: Browser;
let tutor: Page;
let asha: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

beforeAll(async () => {
  cluster = await startCluster(2);
  browser = await openBrowser();
  lesson = await paidLesson(cluster.front.url, { students: [ASHA] });
  [tutor, asha] = [await personPage(browser, complaints), await personPage(browser, complaints)];
  await Promise.all([openToMeasure(tutor), openToMeasure(asha)]);
  await enterLesson(tutor, cluster.front.url, TUTOR, lesson.code);
  await enterLesson(asha, cluster.front.url, ASHA, lesson.code);
  await bothSee();
  await Promise.all([watchMedia(tutor), watchMedia(asha)]);
});
afterAll(async () => {
  await browser.close();
  await cluster.close();
});
afterEach(({ task }) => shootFailed(task.result?.state, 'node-lost', { tutor, asha }));

const bothSee = (): Promise<unknown> => Promise.all([picturesAdvance(tutor, 1), picturesAdvance(asha, 1)]);

/** Where the door sends somebody of this lesson, and the process that is there. */
async function home(): Promise<{ url: string; node: Product }> {
  const client = await signIn(cluster.front.url, ASHA);
  const { body } = await client.post<{ signalling: { url: string } }>(`/api/v1/lessons/${lesson.code}/join`);
  const { url } = body.signalling;
  const node = cluster.media.get(url);
  if (node === undefined) throw new Error(`There is no node at ${url}`);
  return { url, node };
}

/** Does something to the node that has the lesson, and measures until both are seen and heard over other connections. */
async function over(act: (node: Product, url: string) => Promise<unknown>): Promise<{ seen: number; heard: number }> {
  const before = await home();
  const pages = await Promise.all(
    [tutor, asha].map(async (page) => ({ page, connections: await connectionsOf(page) })),
  );
  const at = Date.now();
  await act(before.node, before.url);
  const back = await Promise.all(pages.map(({ page, connections }) => backOver(page, at, connections, 60_000)));
  await bothSee();
  expect((await home()).url).not.toBe(before.url);
  const worst = {
    seen: Math.max(...back.map(({ seen }) => seen)),
    heard: Math.max(...back.map(({ heard }) => heard)),
  };
  process.stdout.write(`Back at another node, ms: ${JSON.stringify(worst)}\n`);
  return worst;
}

describe('a lesson whose node of media', () => {
  it('[N6] is killed goes on at another one within seconds, and its people are told of nothing', async () => {
    const { seen, heard } = await over(async (node, url) => {
      await node.kill();
      cluster.media.delete(url);
    });
    // 3 s and 5 s where nothing else is at work (`npm run test:chaos -- --node-kills N` shows it); here they must come back.
    expect(seen).toBeLessThan(20_000);
    expect(heard).toBeLessThan(20_000);
    for (const page of [tutor, asha]) await page.locator('[data-phase="live"]').waitFor();
  });

  it('[N6] stands still for long goes on at another one, once, and the one that wakes lets go', async () => {
    await cluster.addMedia();
    let frozen: Product | null = null;
    await over((node) => {
      frozen = node;
      process.kill(node.pid, 'SIGSTOP');
      return Promise.resolve();
    });
    const { url } = await home();
    if (frozen !== null) process.kill((frozen as Product).pid, 'SIGCONT');
    await tutor.waitForTimeout(3_000);
    expect((await home()).url).toBe(url);
    await bothSee();
    for (const page of [tutor, asha]) expect(await page.locator('video[data-person]:not(.mirrored)').count()).toBe(1);
  });

  it('[N2] is stopped goes on at another one at once', async () => {
    await over(async (node, url) => {
      cluster.media.delete(url);
      await node.stop();
    });
    await until(
      'one visit each that is not over',
      async () => {
        const client = await signIn(cluster.front.url, TUTOR);
        const { body } = await client.get<{ attendance: readonly { here: readonly { to: number | null }[] }[] }>(
          `/api/v1/lessons/${lesson.code}`,
        );
        const open = body.attendance.map(({ here }) => here.filter(({ to }) => to === null).length);
        return open.length === 2 && open.every((visits) => visits === 1) ? true : null;
      },
      60_000,
    );
    expect(complaints.filter((line) => !/ERR_CONNECTION|WebSocket/.test(line))).toEqual([]);
  });
});
