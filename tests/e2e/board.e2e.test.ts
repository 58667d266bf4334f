/** The board in two real Chromiums: the tutor's and a student's. Each tool family, whose undo takes back what, and rights. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signIn, until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, TUTOR, enterLesson, paidLesson } from '../support/lesson.ts';
import { strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let student: Page;
let code = '';
const complaints: string[] = [];

type At = readonly [x: number, y: number];

/** A point of the board in parts of its width and height, as page coordinates. */
async function at(page: Page, [x, y]: At): Promise<At> {
  const box = await page.locator('[data-board] .surface').boundingBox();
  if (!box) throw new Error('There is no board');
  return [box.x + box.width * x, box.y + box.height * y];
}

async function drag(page: Page, from: At, to: At, steps = 12): Promise<void> {
  const [a, b] = [await at(page, from), await at(page, to)];
  await page.mouse.move(...a);
  await page.mouse.down();
  await page.mouse.move(...b, { steps });
  await page.mouse.up();
}

async function press(page: Page, point: At): Promise<void> {
  await page.mouse.click(...(await at(page, point)));
}

/** Gives the board the keys, and takes a tool by its letter. */
async function take(page: Page, tool: string, letter: string): Promise<void> {
  await page.locator('[data-board] .surface').focus();
  await page.keyboard.press(letter);
  await page.locator(`[data-board] [data-tool="${tool}"]`).first().waitFor({ state: 'attached' });
}

const both = (count: number, what: string): Promise<unknown> =>
  until(what, async () => (await strokesOn(tutor)) === count && (await strokesOn(student)) === count, 15_000).catch(
    async (error: unknown) => {
      throw new Error(`${String(error)}: ${await strokesOn(tutor)} and ${await strokesOn(student)}`);
    },
  );

const selected = async (page: Page): Promise<number> =>
  Number(
    (await page
      .locator('[data-selected]')
      .getAttribute('data-selected', { timeout: 1_000 })
      .catch(() => '0')) ?? 0,
  );

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  ({ code } = await paidLesson(product.url));
  [tutor, student] = [await personPage(browser, complaints), await personPage(browser, complaints)];
  await enterLesson(tutor, product.url, TUTOR, code);
  await enterLesson(student, product.url, ASHA, code);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'board', { tutor, student }));

describe('tools', () => {
  it('of each family leave what the other one sees: ink, shapes, words', async () => {
    await take(tutor, 'pen', 'p');
    await drag(tutor, [0.15, 0.2], [0.3, 0.25]);
    await take(tutor, 'highlighter', 'h');
    await drag(tutor, [0.15, 0.3], [0.3, 0.3]);
    await both(2, 'ink');
    await take(tutor, 'line', 'l');
    await drag(tutor, [0.15, 0.4], [0.3, 0.45]);
    await take(tutor, 'arrow', 'w');
    await drag(tutor, [0.15, 0.5], [0.3, 0.55]);
    await take(tutor, 'rectangle', 'r');
    await drag(tutor, [0.4, 0.15], [0.55, 0.3]);
    await take(tutor, 'ellipse', 'o');
    await drag(tutor, [0.4, 0.35], [0.55, 0.5]);
    await take(tutor, 'polygon', 'y');
    for (const corner of [
      [0.42, 0.7],
      [0.55, 0.7],
      [0.48, 0.58],
      [0.42, 0.7],
    ] as const)
      await press(tutor, corner);
    await both(7, 'shapes');
    await take(tutor, 'text', 't');
    await press(tutor, [0.62, 0.2]);
    await tutor.getByRole('textbox', { name: 'Text on the board' }).fill('Where do they meet?');
    await both(8, 'a text while it is written');
    await tutor.keyboard.press('Escape');
    await take(tutor, 'note', 'n');
    await press(tutor, [0.62, 0.35]);
    await tutor.getByRole('textbox', { name: 'Sticky note' }).fill('Homework: 3, 4 and 7');
    await tutor.keyboard.press('Escape');
    await both(9, 'words');
    await student.locator('[data-summary]', { hasText: '9 things by Kavita Rao' }).waitFor({ state: 'attached' });
    await student.getByText('Sticky note: Homework: 3, 4 and 7').waitFor({ state: 'attached' });
  });

  it('of the keyboard alone put a shape down, move it, and take it away', async () => {
    await take(student, 'rectangle', 'r');
    await student.keyboard.press('Enter');
    await both(10, 'a shape by a key');
    const box = student.locator('[data-selected]');
    const before = await box.boundingBox();
    await student.keyboard.press('Shift+ArrowRight');
    await until('it to move', async () => ((await box.boundingBox())?.x ?? 0) > (before?.x ?? 0) + 5);
    await student.keyboard.press('Delete');
    await both(9, 'it to go');
  });

  it('point: the other one sees the laser', async () => {
    await take(tutor, 'laser', 'k');
    await tutor.mouse.move(...(await at(tutor, [0.5, 0.5])));
    await tutor.mouse.down();
    await tutor.mouse.move(...(await at(tutor, [0.6, 0.5])), { steps: 10 });
    await student.locator('[data-laser]').waitFor({ state: 'attached' });
    await tutor.mouse.up();
  });
});

describe('undo', () => {
  it("takes back one's own acts only, and in their order", async () => {
    await take(tutor, 'pen', 'p');
    await take(student, 'pen', 'p');
    await drag(student, [0.2, 0.75], [0.3, 0.75]);
    await both(10, 'a stroke of the student');
    await drag(tutor, [0.2, 0.8], [0.3, 0.8]);
    await both(11, 'a stroke of the tutor');
    await student.keyboard.press('Control+z');
    await both(10, "the student's own to go");
    await tutor.locator('[data-summary]', { hasText: '10 things by Kavita Rao' }).waitFor({ state: 'attached' });
    await student.keyboard.press('Control+Shift+z');
    await both(11, 'it to come back');
    await tutor.keyboard.press('Control+z');
    await both(10, "the tutor's own to go");
  });
});

describe('what is there', () => {
  it('is moved, copied, grouped, locked and erased by its author; a student cannot touch what the tutor drew', async () => {
    await take(student, 'select', 'a');
    await press(student, [0.475, 0.15]);
    expect(await selected(student)).toBe(0);
    await student.getByText('Drawn by Kavita Rao').waitFor();
    await take(student, 'eraser', 'e');
    await drag(student, [0.35, 0.1], [0.6, 0.4]);
    await both(10, 'nothing to happen');

    await take(tutor, 'select', 'a');
    await press(tutor, [0.475, 0.15]);
    expect(await selected(tutor)).toBe(1);
    await drag(tutor, [0.475, 0.15], [0.475, 0.1]);
    await tutor.keyboard.press('Control+d');
    await both(11, 'a copy');
    await tutor.keyboard.press('Control+a');
    expect(await selected(tutor)).toBe(11);
    await tutor.keyboard.press('Control+g');
    await tutor.getByRole('button', { name: 'Ungroup' }).waitFor();
    await tutor.keyboard.press('Escape');
    await press(tutor, [0.475, 0.1]);
    expect(await selected(tutor)).toBe(11);
    await tutor.keyboard.press('Control+Shift+g');
    await tutor.keyboard.press('Escape');
    await press(tutor, [0.475, 0.1]);
    await tutor.keyboard.press('Shift+l');
    await tutor.getByRole('button', { name: 'Unlock' }).waitFor();
    await tutor.keyboard.press('Delete');
    await take(tutor, 'eraser', 'e');
    await drag(tutor, [0.475, 0.06], [0.475, 0.105]);
    await tutor.waitForTimeout(200);
    expect(await strokesOn(tutor)).toBe(11);
  });

  it('is rubbed out in part, and the host erases what the student drew', async () => {
    await take(student, 'rubber', 'x');
    await drag(student, [0.25, 0.72], [0.25, 0.78]);
    await take(student, 'select', 'a');
    await press(student, [0.25, 0.75]);
    expect(await selected(student)).toBe(0);
    await press(student, [0.21, 0.75]);
    expect(await selected(student)).toBe(1);
    await student.keyboard.press('Control+z');
    await student.keyboard.press('Escape');
    await press(student, [0.25, 0.75]);
    expect(await selected(student)).toBe(1);
    await both(11, 'the stroke to be whole');
    await take(tutor, 'eraser', 'e');
    await drag(tutor, [0.25, 0.72], [0.25, 0.78]);
    await both(10, "the student's stroke to go");
  });

  it('is cleared for everyone by the host, but for what is locked, and comes back with one undo', async () => {
    await tutor.getByRole('button', { name: /^More tools/ }).click();
    await tutor.getByRole('button', { name: 'Clear the page' }).click();
    await both(1, 'everything but what is locked to go');
    await tutor.keyboard.press('Control+z');
    await both(10, 'it to come back');
  });

  it('stays as it is after a reload', async () => {
    await student.reload();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await both(10, 'the board after a reload');
    expect(complaints).toEqual([]);
  });
});

describe('pages', () => {
  it('are added, duplicated, turned and deleted; each has its own ink and paper', async () => {
    await tutor.getByRole('button', { name: 'Add a page' }).click();
    await tutor.getByRole('button', { name: 'Page 2 of 2' }).waitFor();
    await both(0, 'the student to be taken along to the empty page');
    await take(tutor, 'pen', 'p');
    await drag(tutor, [0.3, 0.4], [0.5, 0.5]);
    await both(1, 'ink on page 2');
    await tutor.getByRole('button', { name: 'Page 2 of 2' }).click();
    await tutor.getByText('Squares').click();
    await student.getByRole('button', { name: 'Stop' }).click();
    await tutor.getByRole('button', { name: 'Duplicate page 1' }).click();
    await until('the copy to be open at the tutor', async () => (await strokesOn(tutor)) === 10);
    await student.locator('[data-elsewhere="2"]', { hasText: 'Kavita is on page 2' }).waitFor();
    expect(await strokesOn(student)).toBe(1);
    await student.getByRole('button', { name: 'Page 3 of 3' }).click();
    await student.getByRole('button', { name: 'Page 2, Kavita is here' }).waitFor();
    await student.screenshot({ path: 'test-results/board-elsewhere-1280.png' });
    await student.keyboard.press('Escape');
    await tutor.getByRole('button', { name: 'Delete page 2' }).click();
    await tutor.keyboard.press('Escape');
    await tutor.getByRole('button', { name: 'Page 2 of 2' }).waitFor();
    await both(1, 'the tutor to stand on what was page 3');
    await take(tutor, 'pen', 'p');
    await tutor.keyboard.press('Control+z');
    await tutor.getByRole('button', { name: 'Page 3 of 3' }).waitFor();
    await tutor.keyboard.press('PageUp');
    await until('the copy to be back', async () => (await strokesOn(tutor)) === 10);
  });
});

describe('following', () => {
  const pageOf = (page: Page): Promise<string | null> =>
    page.locator('[data-board] [data-page]').getAttribute('data-page');

  it('takes along again whoever asks for it, and a page on which the tutor stays is told to the lesson', async () => {
    expect(await pageOf(student)).not.toBe(await pageOf(tutor));
    await student.getByRole('button', { name: 'Go', exact: true }).click();
    await until('the page of the tutor', async () => (await pageOf(student)) === (await pageOf(tutor)));
    await student.locator('[data-following]').waitFor({ state: 'attached' });
    const client = await signIn(product.url, TUTOR);
    const page = await pageOf(tutor);
    await until('the lesson to be told', async () => {
      const { body } = await client.get<{ chapters: readonly { kind: string; page: string | null }[] }>(
        `/api/v1/lessons/${code}/history`,
      );
      return body.chapters.findLast(({ kind }) => kind === 'page-turned')?.page === page;
    });
  });

  it('goes on where both were when their pages are loaded anew, and everyone can be called again', async () => {
    const call = async (): Promise<void> => {
      await tutor.getByRole('button', { name: /^Where the others look/ }).click();
      await tutor.getByRole('button', { name: 'Bring everyone to me' }).click();
    };
    await call();
    await student.getByRole('button', { name: 'Stop' }).click();
    await student.locator('[data-board] .surface').focus();
    await student.keyboard.press('PageUp');
    const [theirs, own] = [await pageOf(tutor), await pageOf(student)];
    expect(own).not.toBe(theirs);
    for (const page of [tutor, student]) {
      // Who goes while something is not safe is asked first.
      await page.locator('section.board[data-unsaved="0"]').waitFor({ state: 'attached' });
      await page.reload();
      await page.getByRole('button', { name: 'Join lesson' }).click();
    }
    for (const [page, key] of [
      [tutor, theirs],
      [student, own],
    ] as const)
      await until('the page of before', async () => (await pageOf(page)) === key, 30_000);
    await student.locator('[data-elsewhere]').waitFor();
    await call();
    await student.locator('[data-following]').waitFor({ state: 'attached' });
    await until('the page of the tutor', async () => (await pageOf(student)) === theirs);
  });

  it('shows the student what the tutor sees, until they go their own way, and not while all are kept', async () => {
    const lead = tutor.getByRole('button', { name: /^Where the others look/ });
    await lead.click();
    await tutor.getByRole('button', { name: 'Bring everyone to me' }).click();
    await student.locator('[data-following]').waitFor({ state: 'attached' });
    await until('the same page', async () => (await pageOf(student)) === (await pageOf(tutor)));
    await take(tutor, 'move', 'd');
    await tutor.keyboard.press('PageDown');
    await until('the next page, too', async () => (await pageOf(student)) === (await pageOf(tutor)));
    await student.getByRole('button', { name: 'Stop' }).click();
    await tutor.keyboard.press('PageUp');
    await tutor.waitForTimeout(400);
    expect(await pageOf(student)).not.toBe(await pageOf(tutor));

    await lead.click();
    await tutor.getByRole('button', { name: 'Keep everyone with me' }).click();
    await student.getByText('Kavita leads').waitFor();
    await until('the page of the tutor', async () => (await pageOf(student)) === (await pageOf(tutor)));
    await student.mouse.move(...(await at(student, [0.5, 0.5])));
    await student.mouse.wheel(0, 300);
    await student.locator('[data-following]').waitFor({ state: 'attached' });
    expect(await student.getByRole('button', { name: 'Stop' }).count()).toBe(0);
    await lead.click();
    await tutor.getByRole('button', { name: 'Let everyone go their own way' }).click();
    await student.getByRole('button', { name: 'Stop' }).click();
    await student.getByRole('button', { name: 'Follow Kavita' }).waitFor();
  });
});

describe('files', () => {
  it('are the page as a picture or a drawing, and all pages as a PDF', async () => {
    await take(tutor, 'maths', 'f');
    await press(tutor, [0.6, 0.8]);
    await tutor.getByRole('textbox', { name: 'Formula in LaTeX' }).fill('\\frac{1}{2}');
    await tutor.keyboard.press('Escape');
    // Dashed and filled, on the screen and in every file.
    const menu = tutor.locator('[data-menu="shapes"]');
    await menu.click();
    await tutor.getByRole('radio', { name: 'Dashed' }).click();
    await tutor.locator('[data-fill]').click();
    await tutor.screenshot({ path: 'test-results/board-shapes-1280.png' });
    await tutor.locator('[data-popover] [data-tool="ellipse"]').click();
    await drag(tutor, [0.25, 0.7], [0.55, 0.92]);
    // What is selected takes another style.
    await take(tutor, 'select', 'a');
    await press(tutor, [0.4, 0.81]);
    await until('the ellipse to be selected', async () => (await selected(tutor)) === 1);
    await menu.click();
    await tutor.getByRole('radio', { name: 'Dotted' }).click();
    await tutor.screenshot({ path: 'test-results/board-dotted-1280.png' });
    await tutor.keyboard.press('Escape');
    await tutor.getByRole('button', { name: /^Page \d of \d$/ }).click();
    const saved = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([
        tutor.waitForEvent('download', { timeout: 30_000 }),
        tutor.getByRole('button', { name }).click(),
      ]);
      names.push(download.suggestedFilename());
      return readFile(await download.path());
    };
    const names: string[] = [];
    expect((await saved('Save this page as PNG')).subarray(1, 4).toString()).toBe('PNG');
    const svg = (await saved('Save this page as SVG')).toString();
    expect(svg).toMatch(/^<svg /);
    expect(svg).toContain('Where do they meet?');
    expect(svg).toContain('stroke-dasharray="0.01 ');
    expect(svg).toContain('opacity="0.18"');
    // The formula is a path by now, not its source.
    expect(svg).not.toContain('frac');
    const pdf = (await saved('Save all pages as PDF')).toString('latin1');
    expect(pdf).toMatch(/^%PDF-1\.7/);
    expect(pdf).toContain('/Count 3');
    await tutor.screenshot({ path: 'test-results/board-files.png' });
    const zips = [
      await saved('Save all pages as PNG, in a ZIP file'),
      await saved('Save all pages as SVG, in a ZIP file'),
    ];
    expect(zips.map((zip) => [zip.subarray(0, 2).toString(), zip.readUInt16LE(zip.length - 12)])).toEqual([
      ['PK', 3],
      ['PK', 3],
    ]);
    expect(zips[0]?.toString('latin1')).toContain(', page 3.png');
    expect(names.at(-1)).toMatch(/^\S+ nx-\S+, \d{4}-\d\d-\d\d, SVG\.zip$/);
    expect(complaints).toEqual([]);
  });
});
