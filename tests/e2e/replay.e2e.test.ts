/** The replay in real Chromium: two people draw and write, the lesson ends, and it is played, scrubbed, filtered and jumped in. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodeHistory } from '#sync/documents/history.ts';
import { handwriting } from '#sync/testing/history.ts';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { ASHA, ROHAN, TUTOR, paidLesson } from '../support/lesson.ts';
import { draw, joinLesson, open, signInAs, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let student: Page;
let code = '';
let startsAt = 0;
const complaints: string[] = [];

async function newPage(email: string, options: Parameters<typeof personPage>[2] = {}): Promise<Page> {
  const page = await personPage(browser, complaints, options);
  await signInAs(page, product.url, email);
  return page;
}

const both = (count: number, what: string): Promise<unknown> =>
  until(what, async () => (await strokesOn(tutor)) === count && (await strokesOn(student)) === count, 15_000);

async function say(page: Page, text: string): Promise<void> {
  const field = page.locator('[role="tabpanel"] textarea').first();
  await field.fill(text);
  await field.press('Enter');
}

const things = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-things]').getAttribute('data-things'));
const messages = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-messages]').getAttribute('data-messages'));
/** ms from the start. */
const moment = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-time]').getAttribute('data-time'));

async function openReplay(page: Page, query = ''): Promise<void> {
  await open(page, `${product.url}/lessons/${code}/replay${query}`);
  await page.locator('[data-replay="ready"]').waitFor();
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  const { code: booked, slot } = await paidLesson(product.url, { before: -1_000 });
  [code, startsAt] = [booked, slot.startsAt];
  [tutor, student] = [await newPage(TUTOR), await newPage(ASHA)];
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'replay', { tutor, student }));

describe('somebody who comes late', () => {
  it('catches up with what was drawn, leaves when they like, and nobody notices', async () => {
    await joinLesson(tutor, product.url, code);
    await tutor.locator('[data-board] [data-status="connected"]').waitFor();
    await draw(tutor, 0.2);
    await draw(tutor, 0.3);
    await until('two strokes', async () => (await strokesOn(tutor)) === 2);
    await say(tutor, 'Shall we begin?');
    await moveClockTo(product.url, startsAt + 240_000);
    await draw(tutor, 0.4);
    await until('three strokes', async () => (await strokesOn(tutor)) === 3);

    await joinLesson(student, product.url, code);
    const offer = student.locator('[data-catch-up="offered"]');
    await offer.getByText(/You missed \d minutes/).waitFor();
    await offer.getByRole('button', { name: 'Catch up' }).click();
    const over = student.locator('[data-catch-up="playing"]');
    await over.waitFor();
    await student.screenshot({ path: 'test-results/replay-catch-up.png' });
    await until('the strokes to come again', async () => (await things(student)) >= 1);
    expect(await tutor.locator('[data-catch-up]').count()).toBe(0);
    await over.waitFor({ state: 'detached', timeout: 60_000 });
    await both(3, 'the live board');
  });

  it('may stop at once', async () => {
    await student.reload();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await student.locator('[data-phase="live"]').waitFor();
    await both(3, 'the live board');
    expect(await student.locator('[data-catch-up="playing"]').count()).toBe(0);
    await draw(student, 0.6);
    await both(4, 'the own stroke');
    await say(student, 'Yes, with the second one');
    await draw(student, 0.7);
    await both(5, 'one more');
  });
});

describe('the replay', () => {
  it('is where the lesson leads when it is over, and opens as it ended', async () => {
    await tutor.getByRole('button', { name: /^End/ }).first().click();
    await tutor.getByRole('dialog').getByRole('button', { name: /End/ }).click();
    await student.locator('[data-phase="ended"]').waitFor();
    await student.getByRole('link', { name: 'Play the lesson' }).click();
    await student.locator('[data-replay="ready"]').waitFor();
    expect(await things(student)).toBe(5);
    expect(await messages(student)).toBe(2);
    await student.waitForTimeout(300);
    await student.screenshot({ path: 'test-results/replay-end.png' });
  });

  it('scrubs board and chat together, with the keyboard alone', async () => {
    await student.keyboard.press('Home');
    await until('the empty board', async () => (await things(student)) === 0 && (await messages(student)) === 0);
    expect(await moment(student)).toBe(0);
    await student.keyboard.press('Shift+ArrowRight');
    expect(await moment(student)).toBe(30_000);
    await student.keyboard.press('ArrowLeft');
    expect(await moment(student)).toBe(25_000);
    await student.keyboard.press('End');
    await until('the whole board', async () => (await things(student)) === 5 && (await messages(student)) === 2);
    const slider = student.getByRole('slider', { name: 'Moment of the lesson' });
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/minutes? .* of .*(am|pm)/);
  });

  it('goes to the moment of a message, and has what was there by then', async () => {
    const first = student.locator('[data-message]').first();
    await first.getByRole('button').click();
    await until('one message', async () => (await messages(student)) === 1);
    expect(await things(student)).toBe(2);
    await student.keyboard.press('End');
  });

  it('goes to the moment at which a stroke was drawn', async () => {
    const box = await student.locator('[data-things] .surface').boundingBox();
    if (!box) throw new Error('There is no board');
    await until('the whole board', async () => (await things(student)) === 5);
    // Along a line down the middle of the strokes there is one sooner or later.
    let picked = false;
    for (let part = 0.1; part < 0.9 && !picked; part += 0.01) {
      await student.mouse.click(box.x + box.width * 0.4, box.y + box.height * part);
      picked = (await student.locator('[data-picked]').count()) > 0;
    }
    expect(picked).toBe(true);
    expect(await student.locator('[data-picked]').innerText()).toMatch(/Drawn by .+\d:\d\d:\d\d/s);
    expect(await things(student)).toBeLessThan(5);
    await student.screenshot({ path: 'test-results/replay-picked.png' });
    await student.keyboard.press('End');
  });

  it('shows what one person did alone', async () => {
    await student.getByRole('tab', { name: 'People' }).click();
    await student.getByRole('button', { name: /^Show only Kavita/ }).click();
    await until("the tutor's strokes", async () => (await things(student)) === 3);
    await student.screenshot({ path: 'test-results/replay-people.png' });
    await student.getByRole('checkbox', { name: 'Everybody' }).click();
    await until('everybody’s', async () => (await things(student)) === 5);
    await student.getByRole('tab', { name: 'Moments' }).click();
    await student
      .getByRole('button', { name: /Kavita Rao joined/ })
      .first()
      .waitFor();
    await student.getByRole('tab', { name: 'Chat' }).click();
  });

  it('plays, at a speed, over pauses, to its end', async () => {
    await student.keyboard.press('Home');
    await student.getByText('16×').click();
    await student.locator('[data-things] .surface').focus();
    await student.keyboard.press('Space');
    await until('it to play', async () => (await moment(student)) > 1_000);
    await until(
      'it to come to its end',
      async () => (await things(student)) === 5 && (await messages(student)) === 2,
      30_000,
    );
    await student.getByRole('button', { name: 'Play from the start' }).waitFor({ timeout: 30_000 });
  });

  it('opens at the moment of a link, for the other side too, and for nobody else', async () => {
    await openReplay(tutor, '?t=30');
    expect(await moment(tutor)).toBe(30_000);
    expect(await things(tutor)).toBeLessThan(5);
    const stranger = await newPage(ROHAN);
    const answer = await stranger.goto(`${product.url}/lessons/${code}/replay`);
    expect(answer?.status()).toBe(404);
    await stranger.close();
  });

  it('fits a phone', async () => {
    const phone = await newPage(ASHA, { width: 390, height: 844 });
    await openReplay(phone);
    expect(await things(phone)).toBe(5);
    await phone.waitForTimeout(300);
    await phone.screenshot({ path: 'test-results/replay-phone.png' });
    await phone.getByRole('button', { name: 'Chat and people' }).click();
    await phone.locator('[data-messages="2"]').waitFor();
    await phone.screenshot({ path: 'test-results/replay-phone-chat.png' });
    const wide = await phone.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(390);
    for (const page of [phone, student]) {
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
    await phone.close();
    expect(complaints).toEqual([]);
  });
});

describe('four hours with 10,000 strokes', () => {
  it('[L1] are there in a while, and from then on at any moment at once', async () => {
    const rows = handwriting(10_000, 8, { personId: 'p-asha', name: 'Asha' }, 4 * 3_600_000);
    const [from, to] = [rows[0]?.at ?? 0, rows.at(-1)?.at ?? 0];
    const body = Buffer.from(encodeHistory(rows));
    const page = await newPage(ASHA);
    await page.route('**/api/v1/lessons/*/history', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ json: { ...(await answer.json()), opensAt: from, from, to } });
    });
    await page.route('**/api/v1/lessons/*/history/board', (route) => route.fulfill({ body }));
    await page.route('**/api/v1/lessons/*/history/chat', (route) => route.fulfill({ status: 204 }));
    const started = Date.now();
    await open(page, `${product.url}/lessons/${code}/replay`);
    await page.locator('[data-replay="ready"]').waitFor({ timeout: 60_000 });
    const ready = Date.now() - started;
    await until('all strokes', async () => (await things(page)) === 10_000);
    // From the key to the frame that shows it.
    const took = await page.evaluate(async () => {
      const slider = document.querySelector<HTMLInputElement>('[data-moment]');
      if (!slider) throw new Error('There is no slider');
      const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
      const found: number[] = [];
      const whole = Number(slider.max);
      for (const part of [0.5, 0.2, 0.9, 0.1, 1, 0.4, 0.6, 0.3, 0.7, 0.8, 0.05, 0.95, 0.5, 0.45, 0.55]) {
        await frame();
        const before = performance.now();
        slider.value = String(Math.round(part * whole));
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await frame();
        await frame();
        found.push(Math.round(performance.now() - before));
      }
      return found;
    });
    await page.screenshot({ path: 'test-results/replay-long.png' });
    const median = took.toSorted((a, b) => a - b)[7] ?? 0;
    if (process.env.SHOW_TIMES) console.log({ ready, median, took });
    expect(median).toBeLessThan(400);
    await page.close();
    expect(complaints).toEqual([]);
  });
});
