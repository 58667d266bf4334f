/** Pictures and PDFs on the board, in two real Chromiums: dropped, pasted and chosen; seen by the other one; saved. */
import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { businessNow, until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { ASHA, ROHAN, TUTOR, enterLesson, paidLesson } from '../support/lesson.ts';
import { open, signInAs, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';
import { pdfWith, pngOf } from '../support/samples.ts';

type Colour = readonly [number, number, number];
type At = readonly [x: number, y: number];

const RED: Colour = [220, 20, 60];
const BLUE: Colour = [30, 60, 200];
const PDF = pdfWith([
  { words: 'Limits, sheet one', colour: [0, 0.6, 0] },
  { words: 'Limits, sheet two', colour: [1, 0.6, 0] },
  { words: 'Limits, sheet three', colour: [0.5, 0, 0.5] },
]);
const GREEN: Colour = [0, 153, 0];
const PURPLE: Colour = [128, 0, 128];

let product: Product;
let browser: Browser;
let tutor: Page;
let student: Page;
let code = '';
const complaints: string[] = [];

/** The colour of the lower canvas at a point, in parts of its width and height. */
const colourAt = (page: Page, [x, y]: At): Promise<number[]> =>
  page
    .locator('[data-board] canvas, .board canvas')
    .first()
    .evaluate(
      (canvas, [u, v]) => {
        if (!(canvas instanceof HTMLCanvasElement)) return [];
        const context = canvas.getContext('2d');
        return [...(context?.getImageData(canvas.width * u, canvas.height * v, 1, 1).data.subarray(0, 3) ?? [])];
      },
      [x, y] as const,
    );

const isNear = (found: readonly number[], wanted: Colour): boolean =>
  wanted.every((value, i) => Math.abs((found[i] ?? -999) - value) < 12);

/** Whether a colour is anywhere on the board: its place depends on the window. */
const shows = (page: Page, colour: Colour): Promise<boolean> =>
  page
    .locator('.board canvas')
    .first()
    .evaluate((canvas, [r, g, b]) => {
      if (!(canvas instanceof HTMLCanvasElement)) return false;
      const context = canvas.getContext('2d');
      const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      let count = 0;
      for (let i = 0; i + 3 < data.length; i += 4)
        if (
          Math.abs((data[i] ?? 0) - r) < 12 &&
          Math.abs((data[i + 1] ?? 0) - g) < 12 &&
          Math.abs((data[i + 2] ?? 0) - b) < 12
        )
          count += 1;
      return count > 400;
    }, colour);

const sees = (page: Page, colour: Colour): Promise<unknown> =>
  until(`rgb(${colour.join(', ')})`, () => shows(page, colour), 20_000);
const both = (count: number): Promise<unknown> =>
  until(
    `${count} on both`,
    async () => (await strokesOn(tutor)) === count && (await strokesOn(student)) === count,
    20_000,
  );

/** Drops a file, as from the desktop. */
async function drop(page: Page, name: string, type: string, bytes: Buffer, [x, y]: At): Promise<void> {
  await page.locator('.board .surface').evaluate(
    (surface, given) => {
      const whole = Uint8Array.from(atob(given.bytes), (char) => char.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([whole], given.name, { type: given.type }));
      const { left, top, width, height } = surface.getBoundingClientRect();
      const at = { clientX: left + width * given.x, clientY: top + height * given.y };
      const event = (kind: string) =>
        surface.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true, ...at }));
      event('dragover');
      event('drop');
    },
    { name, type, bytes: bytes.toString('base64'), x, y },
  );
}

async function paste(page: Page, name: string, type: string, bytes: Buffer): Promise<void> {
  await page.locator('.board .surface').evaluate(
    (surface, given) => {
      const whole = Uint8Array.from(atob(given.bytes), (char) => char.charCodeAt(0));
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([whole], given.name, { type: given.type }));
      surface.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    },
    { name, type, bytes: bytes.toString('base64') },
  );
}

async function take(page: Page, letter: string): Promise<void> {
  await page.locator('.board .surface').focus();
  await page.keyboard.press(letter);
}
const selected = (page: Page): Promise<number> => page.locator('[data-selected]').count();

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  ({ code } = await paidLesson(product.url));
  [tutor, student] = [
    await personPage(browser, complaints),
    await personPage(browser, complaints, { width: 390, height: 844 }),
  ];
  await enterLesson(tutor, product.url, TUTOR, code);
  await enterLesson(student, product.url, ASHA, code);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'pictures', { tutor, student }));

describe('a picture', () => {
  it('that is dropped stands where it was dropped, and the other one sees its pixels', async () => {
    await drop(tutor, 'triangle.png', 'image/png', pngOf(300, 200, RED), [0.5, 0.4]);
    await both(1);
    await sees(tutor, RED);
    expect(isNear(await colourAt(tutor, [0.5, 0.4]), RED)).toBe(true);
    await sees(student, RED);
    await student.getByText('Picture: triangle.png').waitFor({ state: 'attached' });
    expect(await tutor.locator('[data-arrivals]').count()).toBe(0);
    expect(await selected(tutor)).toBe(1);
    await tutor.screenshot({ path: 'test-results/pictures-dropped-1280.png' });
    await student.screenshot({ path: 'test-results/pictures-dropped-390.png' });
  });

  it('is drawn on; the eraser takes what was drawn and not the picture', async () => {
    await take(tutor, 'p');
    const box = await tutor.locator('.board .surface').boundingBox();
    if (!box) throw new Error('There is no board');
    const point = ([x, y]: At): [number, number] => [box.x + box.width * x, box.y + box.height * y];
    const drag = async (from: At, to: At): Promise<void> => {
      await tutor.mouse.move(...point(from));
      await tutor.mouse.down();
      await tutor.mouse.move(...point(to), { steps: 8 });
      await tutor.mouse.up();
    };
    await drag([0.45, 0.4], [0.55, 0.4]);
    await both(2);
    await take(tutor, 'e');
    await drag([0.5, 0.35], [0.5, 0.45]);
    await both(1);
    await sees(student, RED);
  });

  it('is selected, copied by keys, moved, and taken back with undo', async () => {
    await take(tutor, 'a');
    await tutor.keyboard.press('Control+a');
    expect(await tutor.locator('[data-selected="1"]').count()).toBe(1);
    await tutor.keyboard.press('Control+c');
    await tutor.keyboard.press('Control+v');
    await both(2);
    await tutor.keyboard.press('Shift+ArrowRight');
    await tutor.keyboard.press('Control+z');
    await tutor.keyboard.press('Control+z');
    await both(1);
  });

  it('that is pasted by a student is theirs, and stays after a reload', async () => {
    await paste(student, 'image.png', 'image/png', pngOf(200, 200, BLUE));
    await both(2);
    await sees(student, BLUE);
    await sees(tutor, BLUE);
    await student.keyboard.press('Escape');
    await student.reload();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await both(2);
    await sees(student, RED);
    await sees(student, BLUE);
  });

  it('in the background lies under the others, and a drag across it catches what is on it only', async () => {
    await take(student, 'a');
    await student.keyboard.press('q');
    await student.getByRole('button', { name: 'More for the selection' }).click();
    await student.getByRole('button', { name: 'Put into the background' }).click();
    await student.keyboard.press('Escape');
    await student.keyboard.press('Control+a');
    // The red one is the tutor's, and the own one is a background.
    expect(await selected(student)).toBe(0);
    await student.getByRole('button', { name: /^More tools/ }).click();
    await student.getByRole('button', { name: 'Select the background' }).click();
    await student.locator('[data-selected="1"]').waitFor();
    await student.keyboard.press('Delete');
    await both(1);
  });
});

describe('what cannot be taken', () => {
  it('is said in plain words, and can be let go', async () => {
    await drop(
      tutor,
      'drawing.svg',
      'image/svg+xml',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      [0.5, 0.5],
    );
    await tutor.getByText('This kind of file cannot stand on the board.').waitFor();
    await drop(tutor, 'broken.png', 'image/png', Buffer.from('no picture'), [0.5, 0.5]);
    await tutor.getByText('This browser cannot read the picture.').waitFor();
    await tutor.screenshot({ path: 'test-results/pictures-refused-1280.png' });
    for (const name of ['drawing.svg', 'broken.png'])
      await tutor.getByRole('button', { name: `Remove ${name} from this list` }).click();
    await tutor.locator('[data-arrivals]').waitFor({ state: 'detached' });
    expect(await strokesOn(tutor)).toBe(1);
  });

  it('for want of a connection waits, and is sent when that is back', async () => {
    await student.context().setOffline(true);
    await paste(student, 'offline.png', 'image/png', pngOf(120, 120, BLUE));
    await student.locator('[data-arrivals] [data-code="unreachable"]').waitFor();
    await student.screenshot({ path: 'test-results/pictures-offline-390.png' });
    await student.context().setOffline(false);
    await both(2);
    await sees(tutor, BLUE);
    await student.keyboard.press('Control+z');
    await both(1);
  });
});

describe('a PDF', () => {
  it('becomes pages of the board, those that were chosen, one after the other', async () => {
    await tutor.getByRole('button', { name: 'Add a page' }).click();
    await tutor.getByRole('button', { name: 'Page 2 of 2' }).waitFor();
    const chooser = tutor.waitForEvent('filechooser');
    await take(tutor, 'i');
    await (await chooser).setFiles({ name: 'limits.pdf', mimeType: 'application/pdf', buffer: PDF });
    await tutor.getByText('limits.pdf has 3 pages.').waitFor();
    const field = tutor.getByRole('textbox', { name: 'Pages' });
    expect(await field.inputValue()).toBe('1-3');
    await tutor.screenshot({ path: 'test-results/pictures-pdf-dialog-1280.png' });
    await field.fill('9');
    await tutor.getByText('Write page numbers from 1 to 3').waitFor();
    await field.fill('1, 3');
    await tutor.getByRole('button', { name: 'Add 2 pages' }).click();
    await tutor.locator('[data-pages="3"]').waitFor();
    await tutor.locator('[data-arrivals]').waitFor({ state: 'detached' });
    await sees(tutor, GREEN);
    await tutor.screenshot({ path: 'test-results/pictures-pdf-1280.png' });
    await tutor.keyboard.press('PageDown');
    await sees(tutor, PURPLE);
  });

  it('is seen by the other one, page by page, and drawn on', async () => {
    await student.locator('[data-pages="3"]').waitFor();
    await student.locator('.board .surface').focus();
    // From wherever the tutor has taken them.
    for (const key of ['PageUp', 'PageUp', 'PageDown']) await student.keyboard.press(key);
    await sees(student, GREEN);
    await student.screenshot({ path: 'test-results/pictures-pdf-390.png' });
    await student.keyboard.press('PageDown');
    await sees(student, PURPLE);
    await tutor.getByRole('button', { name: 'Page 3 of 3' }).click();
    await tutor.waitForTimeout(1_500);
    await tutor.screenshot({ path: 'test-results/pictures-thumbnails-1280.png' });
    await tutor.keyboard.press('Escape');
  });

  it('cannot be moved or cleared away by accident', async () => {
    await take(tutor, 'a');
    const box = await tutor.locator('.board .surface').boundingBox();
    if (!box) throw new Error('There is no board');
    await tutor.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await tutor.mouse.down();
    await tutor.mouse.move(box.x + box.width / 2 + 120, box.y + box.height / 2 + 60, { steps: 6 });
    await tutor.mouse.up();
    expect(await selected(tutor)).toBe(0);
    await tutor.getByRole('button', { name: /^More tools/ }).click();
    await tutor.getByRole('button', { name: 'Clear the page' }).click();
    await tutor.waitForTimeout(300);
    expect(await strokesOn(tutor)).toBe(1);
  });
});

describe('the board as a file', () => {
  const save = async (name: string): Promise<Buffer> => {
    await tutor.getByRole('button', { name: /^Page \d of 3$/ }).click();
    const download = tutor.waitForEvent('download');
    await tutor.getByRole('button', { name }).click();
    const path = await (await download).path();
    await tutor.keyboard.press('Escape');
    return readFile(path);
  };

  it('has the pictures in it: SVG, PNG and PDF', async () => {
    const svg = (await save('Save this page as SVG')).toString();
    expect(svg).toMatch(/<image [^>]*href="data:image\/jpeg;base64,[A-Za-z0-9+/=]{1000,}"/);
    const png = await save('Save this page as PNG');
    const dominant = await tutor.evaluate(async (bytes) => {
      const whole = Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([whole], { type: 'image/png' }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d');
      context?.drawImage(bitmap, 0, 0);
      return [...(context?.getImageData(bitmap.width / 2, bitmap.height * 0.5, 1, 1).data.subarray(0, 3) ?? [])];
    }, png.toString('base64'));
    expect(isNear(dominant, PURPLE)).toBe(true);
    const pdf = (await save('Save all pages as PDF')).toString('latin1');
    expect(pdf).toContain('/Count 3');
    expect(pdf.match(/\/DCTDecode/g)).toHaveLength(2);
  });
});

describe('afterwards', () => {
  it('the board shows its pictures to those who were there, and to nobody else', async () => {
    const asked = await tutor.evaluate(async (lesson) => {
      const [entry] = performance
        .getEntriesByType('resource')
        .map(({ name }) => name)
        .filter((name) => name.includes(`/lessons/${lesson}/files/f`));
      return entry ?? '';
    }, code);
    expect(asked).toContain('/files/f');
    expect((await tutor.request.get(asked)).status()).toBe(200);
    const stranger = await personPage(browser, complaints);
    expect((await stranger.request.get(asked)).status()).toBe(401);
    await signInAs(stranger, product.url, ROHAN);
    expect((await stranger.request.get(asked)).status()).toBe(404);
    await moveClockTo(product.url, (await businessNow(product.url)) + 5 * 60_000);
    const ended = await tutor.evaluate(
      (lesson) => fetch(`/api/v1/lessons/${lesson}/end`, { method: 'POST' }).then((answer) => answer.text()),
      code,
    );
    expect(ended).toContain('ended');
    await until('the lesson to end', async () => (await student.locator('[data-phase="ended"]').count()) === 1, 20_000);
    await open(student, `${product.url}/lessons/${code}`);
    await sees(student, RED);
    expect(complaints).toEqual([]);
  });
});
