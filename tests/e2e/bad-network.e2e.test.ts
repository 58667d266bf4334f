/**
 * A lesson over bad networks: far away, lossy, cut, behind a router that forgets, on a slow phone. The tutor is on the
 * product's own machine, the student behind the fault proxies. The bounds here are for any machine; `npm run bench -- sfu`
 * has the strict ones.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { percentiles } from '../../bench/events/measure.ts';
import { CLEAR } from '../proxies/link.ts';
import { until } from '../support/api.ts';
import { startBadNetwork, type BadNetwork } from '../support/bad-network.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { makeFakeMedia } from '../support/fake-media.ts';
import { firstPictureOf, hasItsWay, stepsOf, watchFirstPicture } from '../support/first-picture.ts';
import { glassToGlass, watchCamera } from '../support/glass.ts';
import { ASHA, enterLesson, paidLesson, TUTOR, type PaidLesson } from '../support/lesson.ts';
import { open, picturesAdvance } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';
import { enterOnSlowPhone, slowPhone } from '../support/slow-phone.ts';
import { concealment } from '../support/sound.ts';
import { watchWays } from '../support/ways.ts';

const ROUND_TRIP_100 = { ...CLEAR, delayMs: 50 };

const fake = makeFakeMedia();
let product: Product;
let network: BadNetwork;
let browser: Browser;
let tutor: Page;
let student: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

beforeAll(async () => {
  product = await startProduct({ env: { MEDIA_ADDRESS: '127.0.0.1' } });
  network = await startBadNetwork(product, CLEAR);
  browser = await openBrowser(fake.browserOptions);
  lesson = await paidLesson(product.url);
  tutor = await personPage(browser, complaints);
  student = await personPage(browser, complaints);
  await network.prepare(student);
  await watchFirstPicture(student);
  for (const page of [tutor, student]) await watchWays(page);
  await watchCamera(tutor);
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(student, network.url, ASHA, lesson.code);
});
afterAll(async () => {
  await closeAll(browser, product);
  await network.close();
  fake.remove();
});
afterEach(async ({ task }) => shootFailed(task.result?.state, 'bad-network', { tutor, student }));

/** Both see each other, and the student has never left the room. */
const bothGoOn = (ms: number): Promise<unknown> =>
  Promise.all([picturesAdvance(tutor, 1, ms), picturesAdvance(student, 1, ms)]);

async function comeAnew(): Promise<void> {
  await open(student, `${network.url}/lessons/${lesson.code}`);
  await until('the way to the media server', () => hasItsWay(student), 30_000);
  await student.getByRole('button', { name: 'Join lesson' }).click();
}

describe('a lesson over a bad network', () => {
  it('shows what a camera saw a moment ago', async () => {
    await bothGoOn(30_000);
    const delays = await glassToGlass(tutor, student, lesson.tutorId, 6_000);
    expect(delays.length).toBeGreaterThan(15);
    expect(percentiles(delays).p50).toBeLessThan(600);
  });

  it('shows the first picture soon, 100 ms away and with one packet in a hundred lost', async () => {
    network.change({ ...ROUND_TRIP_100, loss: 0.01 });
    for (let round = 0; round < 3; round += 1) {
      await comeAnew();
      const ms = await until('the first picture', () => firstPictureOf(student), 30_000);
      const steps = await stepsOf(student);
      expect(ms, JSON.stringify(steps)).toBeLessThan(5_000);
      // The connection was made in the preview: what is said first is the join.
      expect(steps.find(([step]) => /^(socket|said)/.test(step))?.[0]).toMatch(/^said .*join/);
    }
    expect(network.media.lost).toBeGreaterThan(0);
  });

  it('makes up little of the voices where one packet in ten is lost', async () => {
    // Lost sound that is not asked for again makes it 0.096 (sfu/README.md). A machine that halts for moments makes up
    // sound as well, so there is a second look; before and after it somebody comes anew, who has given nothing up yet.
    const shares: number[] = [];
    while (shares.length < 2 && !shares.some((share) => share < 0.07)) {
      if (shares.length > 0) await comeAnew();
      await bothGoOn(30_000);
      network.change({ ...ROUND_TRIP_100, loss: 0.1 });
      await student.waitForTimeout(5_000);
      const [down, up] = await Promise.all([concealment(student, 12_000), concealment(tutor, 12_000)]);
      shares.push(Math.max(down, up));
      network.change({ ...ROUND_TRIP_100, loss: 0 });
    }
    if (shares.length > 1) await comeAnew();
    expect(Math.min(...shares), shares.join(', ')).toBeLessThan(0.07);
  });

  it('goes on after a cut of five seconds, as the same connection', async () => {
    network.change({ ...ROUND_TRIP_100, loss: 0 });
    await bothGoOn(30_000);
    await network.cut(5_000);
    await bothGoOn(20_000);
    await student.locator('[data-phase="live"]').waitFor();
  });

  it('goes on when the router between gives it another port', async () => {
    await network.rebind();
    await bothGoOn(30_000);
    expect(await student.locator('[data-phase="live"]').count()).toBe(1);
  });

  it('holds on a slow phone, over cuts', async () => {
    await student.close();
    const slow = await slowPhone(browser, product, complaints);
    try {
      const { fromTap } = await enterOnSlowPhone(slow, lesson.code, ASHA);
      expect(fromTap).toBeLessThan(20_000);
      for (let round = 0; round < 2; round += 1) {
        await slow.network.cut(5_000);
        await slow.page.locator('[data-phase="live"]').waitFor({ timeout: 60_000 });
        await picturesAdvance(slow.page, 1, 60_000);
      }
    } finally {
      await slow.close();
    }
    expect(complaints).toEqual([]);
  });
});
