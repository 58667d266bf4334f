/** What the browser tests do again and again on the product's pages. */
import type { Page } from 'playwright-core';
import { until } from './api.ts';

/** Opens a page and waits until it is awake: a click before that is lost. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.locator('html[data-awake]').waitFor({ state: 'attached' });
}

/** The one-click button of a demo account, on the sign-in page that is open. */
export const demoButton = (page: Page, email: string) => page.getByRole('button').filter({ hasText: email });

export async function signInAs(page: Page, base: string, email: string): Promise<void> {
  await open(page, `${base}/sign-in`);
  await demoButton(page, email).click();
  await page.waitForURL('**/home');
}

/** In the browser as it is, with whatever the one before left in it; `email` is a demo account. */
export async function signInInstead(page: Page, base: string, email: string): Promise<void> {
  const status = await page.evaluate(
    async ([account, password]) =>
      (
        await fetch('/api/auth/sign-in/email', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email: account, password }),
        })
      ).status,
    [email, 'nexused-demo'],
  );
  if (status !== 200) throw new Error(`Signing in answered ${status}`);
  await open(page, `${base}/home`);
}

/** Frames that each remote picture has shown so far. */
const framesOf = (page: Page): Promise<number[]> =>
  page
    // One's own is a mirror.
    .locator('video[data-person]:not(.mirrored)')
    .evaluateAll((videos) => videos.map((video) => Number(video.getAttribute('data-frames') ?? 0)));

/** Waits until `count` remote pictures have each advanced by ten more frames. */
export async function picturesAdvance(page: Page, count: number, ms = 30_000): Promise<void> {
  const before = await until(
    `${count} remote pictures`,
    async () => {
      const frames = await framesOf(page);
      return frames.filter((shown) => shown > 0).length >= count ? frames : null;
    },
    ms,
  );
  await until(
    'the pictures to move',
    async () => {
      const now = await framesOf(page);
      return now.length >= count && now.filter((shown, index) => shown > (before[index] ?? 0) + 10).length >= count;
    },
    ms,
  );
}

export const strokesOn = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-strokes]').getAttribute('data-strokes'));

/** One stroke across the board, at `y` of its height (0–1). */
export async function draw(page: Page, y: number): Promise<void> {
  const box = await page.locator('[data-strokes] canvas').first().boundingBox();
  if (!box) throw new Error('There is no board');
  const [left, top] = [box.x + box.width * 0.3, box.y + box.height * y];
  await page.mouse.move(left, top);
  await page.mouse.down();
  for (let step = 1; step <= 20; step += 1) await page.mouse.move(left + step * 8, top + Math.sin(step / 3) * 20);
  await page.mouse.up();
}

export async function joinLesson(page: Page, base: string, code: string): Promise<void> {
  await open(page, `${base}/lessons/${code}`);
  await page.getByRole('button', { name: 'Join lesson' }).click();
  await page.locator('[data-phase="live"]').waitFor();
}
