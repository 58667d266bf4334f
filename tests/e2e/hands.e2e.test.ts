/** The board under a hand: fingers and a stylus on a phone, the keys alone at a desk, and what goes through the clipboard. */
import type { Browser, CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, TUTOR, enterLesson, paidLesson } from '../support/lesson.ts';
import { joinLesson, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
/** At a desk, and with a phone. */
let tutor: Page;
let student: Page;
let glass: CDPSession;
let code = '';
const complaints: string[] = [];

type At = readonly [x: number, y: number];

async function at(page: Page, [x, y]: At): Promise<{ x: number; y: number }> {
  const box = await page.locator('[data-board] .surface').boundingBox();
  if (!box) throw new Error('There is no board');
  return { x: box.x + box.width * x, y: box.y + box.height * y };
}

/** What lies on the student's glass now: fingers, and hands. */
async function touch(type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: At[]): Promise<void> {
  const touchPoints = await Promise.all(points.map(async (one, id) => ({ ...(await at(student, one)), id })));
  await glass.send('Input.dispatchTouchEvent', { type, touchPoints });
}

async function tap(point: At): Promise<void> {
  await touch('touchStart', point);
  await touch('touchEnd');
}

/** A stroke of the student's stylus. */
async function penDraws(from: At, to: At, meanwhile: () => Promise<void> = async () => undefined): Promise<void> {
  const pen = { button: 'left', pointerType: 'pen', force: 0.6 } as const;
  const [a, b] = [await at(student, from), await at(student, to)];
  await glass.send('Input.dispatchMouseEvent', { type: 'mousePressed', ...pen, ...a, buttons: 1, clickCount: 1 });
  for (let i = 1; i <= 8; i += 1) {
    const [x, y] = [a.x + ((b.x - a.x) * i) / 8, a.y + ((b.y - a.y) * i) / 8];
    await glass.send('Input.dispatchMouseEvent', { type: 'mouseMoved', ...pen, x, y, buttons: 1 });
    if (i === 4) await meanwhile();
  }
  await glass.send('Input.dispatchMouseEvent', { type: 'mouseReleased', ...pen, ...b, buttons: 0, clickCount: 1 });
}

const both = (count: number, what: string): Promise<unknown> =>
  until(what, async () => (await strokesOn(tutor)) === count && (await strokesOn(student)) === count, 20_000).catch(
    async (error: unknown) => {
      throw new Error(`${String(error)}: ${await strokesOn(tutor)} and ${await strokesOn(student)}`);
    },
  );
const zoomOf = (page: Page): Promise<string | null> => page.locator('[data-board] .whole span').textContent();
const toolOf = (page: Page): Promise<string | null> => page.locator('[data-tool]').first().getAttribute('data-tool');
const heard = (page: Page, words: string): Promise<void> =>
  page.locator('[data-said]', { hasText: words }).waitFor({ state: 'attached' });
const selected = (page: Page, count: number): Promise<void> =>
  page.locator(`[data-selected="${count}"]`).waitFor({ state: 'attached' });
const focusSurface = (page: Page): Promise<void> => page.locator('[data-board] .surface').focus();
const hasKeys = (page: Page): Promise<boolean> =>
  page.locator('[data-board] .surface').evaluate((surface) => surface === document.activeElement);
/** What has the focus, as it is called. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '');

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  ({ code } = await paidLesson(product.url));
  tutor = await personPage(browser, complaints);
  student = await personPage(browser, complaints, { width: 390, height: 844, touch: true });
  glass = await student.context().newCDPSession(student);
  await enterLesson(tutor, product.url, TUTOR, code);
  await enterLesson(student, product.url, ASHA, code);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'hands', { tutor, student }));

describe('fingers', () => {
  it('draw with one, and with two zoom without leaving anything', async () => {
    await touch('touchStart', [0.3, 0.3]);
    for (const x of [0.35, 0.4, 0.5, 0.6]) await touch('touchMove', [x, 0.3]);
    await touch('touchEnd');
    await both(1, 'a stroke of a finger');
    const before = await zoomOf(student);
    await touch('touchStart', [0.45, 0.5]);
    await touch('touchStart', [0.45, 0.5], [0.55, 0.5]);
    for (const by of [0.05, 0.1, 0.2, 0.3]) await touch('touchMove', [0.45 - by, 0.5], [0.55 + by, 0.5]);
    await touch('touchEnd');
    expect(await zoomOf(student)).not.toBe(before);
    await both(1, 'no more than that');
    await student.getByRole('button', { name: 'Show everything' }).tap();
  });

  it('open a writing with a double tap, or with the button beside it', async () => {
    await student.locator('[data-tool="text"]').first().tap();
    await tap([0.3, 0.45]);
    const field = student.getByRole('textbox', { name: 'Text on the board' });
    await field.fill('Where do they meet?');
    await student.keyboard.press('Escape');
    await both(2, 'a text');
    await student.locator('[data-tool="select"]').first().tap();
    await tap([0.35, 0.46]);
    await tap([0.35, 0.46]);
    await field.fill('Where do the lines meet?');
    await student.keyboard.press('Escape');
    await tutor.getByText('Text: Where do the lines meet?').waitFor({ state: 'attached' });
    await selected(student, 1);
    await student.getByRole('button', { name: 'Edit' }).tap();
    await field.waitFor();
    await student.keyboard.press('Escape');
  });

  it('copy and paste, and move things to another page, with buttons alone', async () => {
    await selected(student, 1);
    await student.getByRole('button', { name: 'More for the selection' }).tap();
    await student.getByRole('button', { name: /^Copy/ }).tap();
    await student.getByRole('button', { name: /^More tools/ }).tap();
    await student.locator('[data-paste]').tap();
    await both(3, 'a copy');
    await student.getByRole('button', { name: 'Add a page' }).tap();
    await student.getByRole('button', { name: 'Page 2 of 2' }).waitFor();
    await student.keyboard.press('PageUp');
    await both(3, 'the first page');
    await student.locator('[data-tool="select"]').first().tap();
    await tap([0.35, 0.46]);
    await student.getByRole('button', { name: 'More for the selection' }).tap();
    await student.getByRole('button', { name: 'Move to page' }).tap();
    await student.getByRole('button', { name: 'Page 2', exact: true }).tap();
    await student.getByRole('button', { name: 'Page 2 of 2' }).waitFor();
    await until('it to be there', async () => (await strokesOn(student)) === 1);
    await until('it to be gone here', async () => (await strokesOn(tutor)) === 2);
    await student.getByRole('button', { name: 'Undo my last act' }).tap();
    await student.keyboard.press('PageUp');
    await both(3, 'both to be back, with one undo');
  });

  it('find everything large enough on a phone', async () => {
    const small = (): Promise<string[]> =>
      student.locator('[data-board]').evaluate((board) =>
        [...board.querySelectorAll('button, label')].flatMap((one) => {
          if (!one.checkVisibility({ visibilityProperty: true })) return [];
          const { width, height } = one.getBoundingClientRect();
          return Math.min(width, height) < 43.5
            ? [`${one.getAttribute('aria-label') ?? one.textContent}: ${Math.round(width)} x ${Math.round(height)}`]
            : [];
        }),
      );
    expect(await small()).toEqual([]);
    for (const menu of ['[data-menu="style"]', '[data-menu="shapes"]', '[data-menu="more"]', '.pages .where']) {
      await student.locator(menu).tap();
      expect(await small(), menu).toEqual([]);
      if (menu.includes('shapes')) await student.screenshot({ path: 'test-results/hands-shapes-390.png' });
      await student.keyboard.press('Escape');
    }
  });
});

describe('a stylus', () => {
  it('draws though a hand lay there before it, and nothing of the hand stays', async () => {
    await student.locator('[data-tool="pen"]').first().tap();
    const zoom = await zoomOf(student);
    await touch('touchStart', [0.8, 0.7]);
    await touch('touchMove', [0.82, 0.71]);
    await student.waitForTimeout(200);
    await touch('touchMove', [0.83, 0.72]);
    await penDraws([0.2, 0.6], [0.5, 0.6], () => touch('touchMove', [0.86, 0.74]));
    await touch('touchEnd');
    await both(4, 'one stroke, of the pen');
    await touch('touchStart', [0.8, 0.7]);
    await touch('touchStart', [0.8, 0.7], [0.7, 0.8]);
    await penDraws([0.2, 0.65], [0.5, 0.65], () => touch('touchMove', [0.83, 0.72], [0.6, 0.85]));
    await touch('touchEnd');
    await both(5, 'another one, though two parts of the hand lay there');
    expect(await zoomOf(student)).toBe(zoom);
  });

  it('leaves the board to the fingers, unless they are to draw, too', async () => {
    await student.getByText('Fingers move the board now').waitFor();
    const drag = async (y: number): Promise<void> => {
      await touch('touchStart', [0.3, y]);
      for (const x of [0.35, 0.45, 0.5]) await touch('touchMove', [x, y]);
      await touch('touchEnd');
    };
    await drag(0.5);
    await student.locator('.zoom.moved').waitFor({ state: 'attached' });
    await both(5, 'no stroke of a finger');
    await student.getByRole('button', { name: /^More tools/ }).tap();
    const fingers = student.locator('[data-fingers]');
    expect(await fingers.getAttribute('aria-pressed')).toBe('false');
    await fingers.tap();
    await student.keyboard.press('Escape');
    await drag(0.55);
    await both(6, 'a stroke of a finger');
  });

  it('is told when the eraser of parts meets what has none', async () => {
    await student.getByRole('button', { name: /^More tools/ }).tap();
    await student.locator('.popover [data-tool="rubber"]').tap();
    await student.getByRole('button', { name: 'Show everything' }).tap();
    await penDraws([0.34, 0.43], [0.36, 0.47]);
    await student.getByText('Only ink is rubbed out in part').waitFor();
  });
});

describe('the keys alone', () => {
  it('draw, write, select several and change them, and say what they do', async () => {
    const { keyboard } = tutor;
    await focusSurface(tutor);
    await keyboard.press('r');
    await keyboard.press('Enter');
    await both(7, 'a rectangle');
    await heard(tutor, 'Rectangle by you selected');
    await keyboard.press('Shift+ArrowUp');
    await keyboard.press('w');
    await keyboard.press('Enter');
    await keyboard.press('t');
    await keyboard.press('Enter');
    await tutor.keyboard.type('Meet here');
    await keyboard.press('Escape');
    await both(9, 'an arrow and a text');
    await keyboard.press('a');
    await keyboard.press('Shift+q');
    await heard(tutor, 'Text “Meet here” by you selected, in the middle');
    await keyboard.press('b');
    await heard(tutor, '1 held');
    await keyboard.press('Shift+q');
    await selected(tutor, 2);
    await heard(tutor, '2 things selected: 1 arrow and 1 text');
    await keyboard.press('b');
    await keyboard.press('Shift+q');
    await selected(tutor, 3);
    await keyboard.press('Control+g');
    await tutor.getByRole('button', { name: 'Ungroup' }).waitFor();
    await keyboard.press('Delete');
    await both(6, 'all three to go');
    await keyboard.press('Control+z');
    await heard(tutor, 'Undone');
    await both(9, 'all three to come back');
    await keyboard.press('?');
    await tutor.getByRole('dialog', { name: 'Keys of the board' }).waitFor();
    await keyboard.press('Escape');
    await until('the board to have the keys again', () => hasKeys(tutor));
  });

  it('walk along the bar without moving the board, and in and out of what it opens', async () => {
    const { keyboard } = tutor;
    await keyboard.press('Escape');
    const zoom = tutor.locator('.zoom');
    await tutor.getByRole('button', { name: 'Show everything' }).click();
    const bar = tutor.getByRole('toolbar', { name: 'Board tools' });
    await bar.locator('[data-tool="select"]').focus();
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowUp');
    expect(await focused(tutor)).toMatch(/^Pen,/);
    await keyboard.press('Tab');
    expect(await focused(tutor)).toMatch(/^Ink,/);
    await keyboard.press('ArrowRight');
    expect(await focused(tutor)).toMatch(/^Blue,/);
    expect(await zoom.getAttribute('class')).not.toContain('moved');
    await bar.locator('[data-menu="shapes"]').focus();
    await keyboard.press('Enter');
    await until('what it opens to have the focus', async () => (await focused(tutor)).startsWith('Line'));
    await keyboard.press('ArrowDown');
    expect(await focused(tutor)).toMatch(/^Arrow/);
    await keyboard.press('Escape');
    expect(await focused(tutor)).toMatch(/^Shapes/);
    await keyboard.press('Enter');
    await until('it to be open', async () => (await focused(tutor)).startsWith('Line'));
    await keyboard.press('Enter');
    await until('the board to have the keys', () => hasKeys(tutor));
    expect(await toolOf(tutor)).toBe('line');
  });

  it('do nothing by accident when single keys are off, and all of it with the focus on the board', async () => {
    await tutor.getByRole('button', { name: 'People', exact: true }).click();
    const single = tutor.getByRole('checkbox', { name: 'Single keys as shortcuts' });
    await single.uncheck();
    await single.blur();
    await tutor.keyboard.press('e');
    await tutor.waitForTimeout(200);
    expect(await toolOf(tutor)).toBe('line');
    await focusSurface(tutor);
    await tutor.keyboard.press('e');
    await until('the eraser', async () => (await toolOf(tutor)) === 'eraser');
    await single.check();
    await single.blur();
    await tutor.keyboard.press('r');
    await until('the rectangle', async () => (await toolOf(tutor)) === 'rectangle');
  });
});

describe('a line', () => {
  it('is bent by either of its ends, and its author alone has them', async () => {
    const { mouse, keyboard } = tutor;
    const drag = async (from: At, to: At): Promise<void> => {
      const [a, b] = [await at(tutor, from), await at(tutor, to)];
      await mouse.move(a.x, a.y);
      await mouse.down();
      await mouse.move(b.x, b.y, { steps: 8 });
      await mouse.up();
    };
    await focusSurface(tutor);
    await keyboard.press('w');
    await drag([0.3, 0.3], [0.5, 0.3]);
    await both(10, 'an arrow');
    await keyboard.press('a');
    await keyboard.press('Shift+q');
    const box = tutor.locator('[data-selected]');
    const before = await box.boundingBox();
    await drag([0.5, 0.3], [0.6, 0.42]);
    const after = await box.boundingBox();
    expect(after?.x).toBeCloseTo(before?.x ?? 0, -1);
    expect(Math.abs((after?.width ?? 0) / (before?.width ?? 1) - 1.5)).toBeLessThan(0.1);
    await keyboard.press('Control+z');
    await until(
      'it to be as it was',
      async () => Math.abs(((await box.boundingBox())?.width ?? 0) - (before?.width ?? 0)) < 2,
    );
    await keyboard.press('Delete');
    await both(9, 'it to go');
  });
});

describe('the clipboard', () => {
  it('brings words of other programs as a text', async () => {
    await focusSurface(tutor);
    await tutor.evaluate(() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', `Given: two lines.\nFind ${'where they meet, '.repeat(9)}`);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await both(10, 'a text');
    await student.getByText(/^Text: Given: two lines\./).waitFor({ state: 'attached' });
    await tutor.evaluate(() => {
      const clipboardData = new DataTransfer();
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await tutor.getByText('Nothing to paste').waitFor();
  });

  it('takes things of the board to another tab', async () => {
    await focusSurface(tutor);
    await tutor.keyboard.press('Escape');
    await tutor.keyboard.press('Control+a');
    await tutor.keyboard.press('Control+c');
    const copied = await selectedCount(tutor);
    expect(copied).toBeGreaterThan(2);
    const before = await strokesOn(tutor);
    const tab = await tutor.context().newPage();
    await joinLesson(tab, product.url, code);
    await tab.locator('[data-board] [data-status="connected"]').waitFor({ state: 'attached' });
    await until('the board there', async () => (await strokesOn(tab)) === before, 20_000);
    await focusSurface(tab);
    await tab.keyboard.press('Control+v');
    await until('what was copied', async () => (await strokesOn(student)) === before + copied, 20_000);
    await selected(tab, copied);
    expect(complaints).toEqual([]);
  });
});

const selectedCount = async (page: Page): Promise<number> =>
  Number(await page.locator('[data-selected]').getAttribute('data-selected'));
