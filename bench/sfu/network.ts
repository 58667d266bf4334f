/** The whole product in real browsers: on the loopback, over the fault proxies, and on a slow phone. */
import type { Browser, Page } from 'playwright-core';
import { CLEAR } from '../../tests/proxies/link.ts';
import { until } from '../../tests/support/api.ts';
import { startBadNetwork, type BadNetwork } from '../../tests/support/bad-network.ts';
import { closeAll, openBrowser, personPage } from '../../tests/support/browser.ts';
import { makeFakeMedia } from '../../tests/support/fake-media.ts';
import { firstPictureOf, stepsOf, watchFirstPicture } from '../../tests/support/first-picture.ts';
import { glassToGlass, watchCamera } from '../../tests/support/glass.ts';
import { ASHA, enterLesson, paidLesson, TUTOR, type PaidLesson } from '../../tests/support/lesson.ts';
import { open, picturesAdvance, signInAs } from '../../tests/support/pages.ts';
import { startProduct, type Product } from '../../tests/support/product.ts';
import { enterOnSlowPhone, slowPhone } from '../../tests/support/slow-phone.ts';
import { concealment } from '../../tests/support/sound.ts';
import { watchWays } from '../../tests/support/ways.ts';
import { p95, type Say } from './tools.ts';

export const NETWORK_TARGETS = {
  glassP95Ms: 200,
  firstPictureP95Ms: 900,
  backAfterCutMs: 3_000,
  concealed: 0.05,
  phoneInClassMs: 10_000,
} as const;

interface Sizes {
  readonly joins: number;
  readonly cuts: number;
  readonly phoneCuts: number;
  readonly seconds: number;
}

const HUNDRED_MS = { ...CLEAR, delayMs: 50 };
const CUT_MS = 5_000;

interface Stage {
  readonly product: Product;
  readonly browser: Browser;
  readonly lesson: PaidLesson;
  readonly tutor: Page;
  readonly student: Page;
  readonly network: BadNetwork;
}

const framesOf = (page: Page): Promise<number> =>
  page
    .locator('video[data-person]:not(.mirrored)')
    .evaluateAll((videos) => videos.reduce((sum, video) => sum + Number(video.getAttribute('data-frames') ?? 0), 0));

/** From now until a new picture is shown, ms. */
async function nextPicture(page: Page): Promise<number> {
  const [from, before] = [performance.now(), await framesOf(page)];
  let last = before;
  await until(
    'another picture',
    async () => {
      const now = await framesOf(page);
      // Elements made anew count from nothing.
      if (now < last) last = 0;
      return now > last + 1;
    },
    60_000,
  );
  return Math.round(performance.now() - from);
}

async function joinAgain({ student, lesson }: Stage, base: string): Promise<number> {
  await open(student, `${base}/lessons/${lesson.code}`);
  await student.waitForTimeout(2_000);
  await student.getByRole('button', { name: 'Join lesson' }).click();
  return until('the first picture', () => firstPictureOf(student), 30_000);
}

async function firstPictures(stage: Stage, base: string, joins: number, say: Say) {
  const all: number[] = [];
  let slowest: readonly (readonly [string, number])[] = [];
  for (let round = 0; round < joins; round += 1) {
    const ms = await joinAgain(stage, base);
    if (ms > Math.max(0, ...all)) slowest = await stepsOf(stage.student);
    all.push(ms);
  }
  say(`  first picture: ${all.join(' ')} ms`);
  return { ...p95(all), all, slowest };
}

export async function measureNetwork(quick: boolean, say: Say) {
  const sizes: Sizes = quick
    ? { joins: 3, cuts: 1, phoneCuts: 1, seconds: 5 }
    : { joins: 12, cuts: 3, phoneCuts: 10, seconds: 20 };
  const fake = makeFakeMedia();
  const product = await startProduct({ env: { MEDIA_ADDRESS: '127.0.0.1' } });
  const browser = await openBrowser(fake.browserOptions);
  const network = await startBadNetwork(product, CLEAR, 11);
  const complaints: string[] = [];
  try {
    const lesson = await paidLesson(product.url);
    const tutor = await personPage(browser, complaints);
    const student = await personPage(browser, complaints);
    await watchFirstPicture(student);
    for (const page of [tutor, student]) await watchWays(page);
    await watchCamera(tutor);
    await enterLesson(tutor, product.url, TUTOR, lesson.code);
    await enterLesson(student, product.url, ASHA, lesson.code);
    const stage = { product, browser, lesson, tutor, student, network };
    await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(student, 1)]);
    const glass = p95(await glassToGlass(tutor, student, lesson.tutorId, sizes.seconds * 1_000));
    say(`  glass to glass: p95 ${glass.p95} ms`);
    const loopback = await firstPictures(stage, product.url, sizes.joins, say);
    const far = await measureFar(stage, sizes, say);
    await student.context().close();
    const phone = await measurePhone(stage, sizes, complaints, say);
    return {
      glassToGlass: { ...glass, met: glass.p95 <= NETWORK_TARGETS.glassP95Ms },
      firstPicture: {
        loopback,
        far: { ...far.first, met: far.first.p95 <= NETWORK_TARGETS.firstPictureP95Ms },
      },
      cut: far.cut,
      rebind: far.rebind,
      concealed: far.concealed,
      phone,
      complaints,
    };
  } finally {
    await closeAll(browser, product);
    await network.close();
    fake.remove();
  }
}

async function measureFar(stage: Stage, sizes: Sizes, say: Say) {
  const { network, student, tutor } = stage;
  await network.prepare(student);
  network.change({ ...HUNDRED_MS, loss: 0.01 });
  await signInAs(student, network.url, ASHA);
  const first = await firstPictures(stage, network.url, sizes.joins, say);
  const both = async (): Promise<number> =>
    Math.max(...(await Promise.all([nextPicture(student), nextPicture(tutor)])));
  const cuts: number[] = [];
  for (let round = 0; round < sizes.cuts; round += 1) {
    await picturesAdvance(tutor, 1);
    await network.cut(CUT_MS);
    cuts.push(await both());
    await student.waitForTimeout(3_000);
  }
  const live = (await student.locator('[data-phase="live"]').count()) === 1;
  say(`  back after a cut: ${cuts.join(' ')} ms`);
  await network.rebind();
  const rebind = await both();
  network.change({ ...HUNDRED_MS, loss: 0.1 });
  await student.waitForTimeout(5_000);
  const ms = sizes.seconds * 1_000;
  const [down, up] = await Promise.all([concealment(student, ms), concealment(tutor, ms)]);
  say(`  made up of the voices at 10 % loss: ${down.toFixed(4)} ${up.toFixed(4)}`);
  return {
    first,
    cut: { ms: cuts, sameConnection: live, met: live && Math.max(...cuts) <= NETWORK_TARGETS.backAfterCutMs },
    rebind: { ms: rebind },
    concealed: { down, up, met: Math.max(down, up) < NETWORK_TARGETS.concealed },
  };
}

async function measurePhone({ browser, product, lesson }: Stage, sizes: Sizes, complaints: string[], say: Say) {
  const slow = await slowPhone(browser, product, complaints);
  try {
    const entered = await enterOnSlowPhone(slow, lesson.code, ASHA);
    const backs: number[] = [];
    let ejected = 0;
    for (let round = 0; round < sizes.phoneCuts; round += 1) {
      await slow.network.cut(CUT_MS);
      backs.push(await nextPicture(slow.page));
      if ((await slow.page.locator('[data-phase="live"],[data-phase="reconnecting"]').count()) === 0) ejected += 1;
      await slow.page.locator('[data-phase="live"]').waitFor();
      await slow.page.waitForTimeout(2_000);
    }
    say(
      `  slow phone: in after ${entered.fromTap} ms (${entered.fromOpening} from opening), back ${backs.join(' ')} ms`,
    );
    const inTime = entered.fromOpening <= NETWORK_TARGETS.phoneInClassMs;
    return { ...entered, cuts: backs, ejected, met: inTime && ejected === 0 };
  } finally {
    await slow.close();
  }
}
