/** Who may write, in three real Chromiums: the tutor's and two students', one of them on a phone. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, ROHAN, TUTOR, endLesson, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { draw, strokesOn } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let asha: Page;
let rohan: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/rights-${name}.png`, animations: 'disabled' });
const why = (page: Page): Promise<string | null> => page.locator('section.board').getAttribute('data-why');
const mayWrite = (page: Page, may: boolean): Promise<unknown> =>
  page.locator(`section.board[data-may="${may}"]`).waitFor({ state: 'attached' });
const strokes = (page: Page, count: number, what: string): Promise<unknown> =>
  until(what, async () => (await strokesOn(page)) === count, 15_000);
const shown = (page: Page, what: string): Promise<unknown> => page.locator(`[data-shown="${what}"]`).waitFor();
const menu = async (item: string): Promise<void> => {
  await tutor.locator('[data-menu="lead"]').click();
  await tutor.getByRole('button', { name: item, exact: true }).click();
};
const tab = (page: Page, name: string) => page.getByRole('group', { name: 'Boards' }).first().getByText(name);

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url, { students: [ASHA, ROHAN] });
  [tutor, asha, rohan] = [
    await personPage(browser, complaints),
    await personPage(browser, complaints),
    await personPage(browser, complaints, { width: 390, height: 844 }),
  ];
  for (const [page, email] of [
    [tutor, TUTOR],
    [asha, ASHA],
    [rohan, ROHAN],
  ] as const)
    await enterLesson(page, product.url, email, lesson.code);
  await tutor.getByRole('tab', { name: /People/ }).click();
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'rights-failed', { tutor, asha, rohan }));

describe('the tutor', () => {
  it('lets everybody write, only some, or nobody, and each page says so in words', async () => {
    await draw(asha, 0.3);
    await strokes(tutor, 1, 'Asha’s stroke to reach the tutor');
    await tutor.getByRole('group', { name: 'Who writes on the board' }).getByText('Only me').click();
    await Promise.all([mayWrite(asha, false), mayWrite(rohan, false)]);
    await asha.getByText('Only Kavita writes on the board now. You can look.').waitFor();
    await shot(tutor, 'nobody-tutor');
    await shot(asha, 'nobody-student');
    await shot(rohan, 'nobody-phone');
    await draw(asha, 0.5);
    expect(await strokesOn(asha)).toBe(1);
    await tutor.getByRole('checkbox', { name: 'Rohan Gupta writes on the board' }).check();
    await mayWrite(rohan, true);
    await asha.getByText('Kavita has chosen who writes now. You can look.').waitFor();
    await draw(rohan, 0.6);
    await strokes(asha, 2, 'Rohan’s stroke to reach Asha');
    await tutor.getByRole('group', { name: 'Who writes on the board' }).getByText('Everyone').click();
    await Promise.all([mayWrite(asha, true), mayWrite(rohan, true)]);
  });

  it('locks a page, and the others stay open', async () => {
    await tutor.getByRole('button', { name: 'Add a page' }).click();
    await menu('Lock this page');
    await menu('Turn everyone to this page');
    await Promise.all(
      [asha, rohan].map((page) => until('the page to be turned', async () => (await why(page)) === 'page-locked')),
    );
    await asha.getByText('Kavita has locked this page. You can look.').waitFor();
    await shot(asha, 'page-locked');
    await asha.locator('.surface').focus();
    await asha.keyboard.press('PageUp');
    await mayWrite(asha, true);
    await menu('Unlock this page');
    await mayWrite(rohan, true);
    await tutor.getByRole('button', { name: 'Page before, Page Up' }).click();
    await menu('Turn everyone to this page');
  });

  it('lets students write and add no pages', async () => {
    const add = asha.getByRole('button', { name: 'Add a page' });
    await add.waitFor();
    await tutor.getByRole('checkbox', { name: 'Students may add pages' }).uncheck();
    await add.waitFor({ state: 'detached' });
    await mayWrite(asha, true);
    await shot(tutor, 'no-pages-tutor');
    await tutor.getByRole('checkbox', { name: 'Students may add pages' }).check();
    await add.waitFor();
  });

  it('keeps everybody with them: nobody wanders off', async () => {
    await tab(asha, 'My board').click();
    await asha.locator('.boards:not([data-shown="common"])').waitFor();
    await menu('Keep everyone with me');
    await shown(asha, 'common');
    await asha.getByText('Kavita leads').waitFor();
    expect(await asha.getByRole('radio', { name: 'My board' }).isDisabled()).toBe(true);
    await asha.locator('.surface').focus();
    await asha.keyboard.press('PageDown');
    await tutor.getByRole('button', { name: 'Next page, Page Down' }).click();
    const page = (one: Page) => one.locator('section.board').getAttribute('data-page');
    await until('Asha to be taken along', async () => (await page(asha)) === (await page(tutor)));
    // Also once the tutor's page was loaded anew; with everything stored nobody is asked whether they want to leave.
    await tutor.locator('section.board[data-unsaved="0"]').waitFor({ state: 'attached' });
    await tutor.reload();
    await tutor.getByRole('button', { name: 'Join lesson' }).click();
    await tutor.locator('[data-menu="lead"][aria-label*="kept with you"]').waitFor();
    await asha.getByText('Kavita leads').waitFor();
    await menu('Let everyone go their own way');
    await asha.getByText('Kavita leads').waitFor({ state: 'hidden' });
    await tutor.getByRole('tab', { name: /People/ }).click();
    await tab(asha, 'My board').click();
    await asha.locator('.boards:not([data-shown="common"])').waitFor();
    await tutor.getByRole('button', { name: 'Page before, Page Up' }).click();
    await menu('Turn everyone to this page');
    await shown(asha, 'common');
    await until('Asha to be turned too', async () => (await page(asha)) === (await page(tutor)));
  });
});

describe('what was refused', () => {
  it('is gone from the page that drew it, which says so; what had arrived stays, and later it draws again', async () => {
    const before = await strokesOn(tutor);
    const box = await asha.locator('[data-board] .surface').boundingBox();
    if (!box) throw new Error('Asha has no board');
    await asha.mouse.move(box.x + 300, box.y + 300);
    await asha.mouse.down();
    await asha.mouse.move(box.x + 500, box.y + 320, { steps: 10 });
    await strokes(tutor, before + 1, 'the beginning of a stroke to arrive');
    await tutor.getByRole('checkbox', { name: 'Lock the board' }).check();
    // The pen is put down where the lock meets it, and how the stroke ends is refused.
    await asha.getByText('Your last strokes were not taken').waitFor();
    await asha.mouse.move(box.x + 500, box.y + 500, { steps: 5 });
    await asha.mouse.up();
    await asha.getByText('Kavita has locked the board. You can look.').waitFor();
    await shot(asha, 'denied');
    await shot(tutor, 'locked-tutor');
    expect([await strokesOn(asha), await strokesOn(tutor)]).toEqual([before + 1, before + 1]);
    await tutor.getByRole('checkbox', { name: 'Lock the board' }).uncheck();
    await mayWrite(asha, true);
    await draw(asha, 0.7);
    await strokes(tutor, before + 2, 'the next stroke to arrive');
  });
});

describe('a student’s own board', () => {
  it('is theirs to arrange; the tool in the hand and what can be undone stay with each board', async () => {
    const connected = () => asha.locator('[data-board] [data-status="connected"]').waitFor({ state: 'attached' });
    await mayWrite(asha, true);
    const before = await strokesOn(asha);
    await draw(asha, 0.8);
    await strokes(tutor, before + 1, 'Asha’s stroke to reach the tutor');
    await asha.locator('[data-board] .surface').focus();
    await asha.keyboard.press('h');
    await tab(asha, 'My board').click();
    await connected();
    // In the bar above, and where something would be drawn.
    await until('it to say who sees it', async () => {
      return (await asha.getByText('Only you and Kavita see this board.').count()) === 2;
    });
    expect(await asha.getByText('Everyone in the lesson sees it').count()).toBe(0);
    await asha.locator('[data-board] [data-tool="highlighter"]').first().waitFor({ state: 'attached' });
    await asha.getByRole('button', { name: 'Page 1 of 1' }).click();
    await asha.getByText('Squares').click();
    await asha.getByRole('radio', { name: 'Squares', checked: true }).waitFor({ state: 'attached' });
    await shot(asha, 'own-pages');
    await asha.keyboard.press('Escape');
    await asha.locator('[data-board] .surface').focus();
    await asha.keyboard.press('p');
    await draw(asha, 0.4);
    await strokes(asha, 1, 'a stroke on the own board');
    await tab(asha, 'Class board').click();
    await strokes(asha, before + 1, 'the class’s board');
    await asha.locator('[data-board] .surface').focus();
    await asha.keyboard.press('Control+z');
    await strokes(tutor, before, 'the stroke on the class’s board to go');
    await tab(asha, 'My board').click();
    await connected();
    await strokes(asha, 1, 'the stroke on the own board');
    await asha.locator('[data-board] .surface').focus();
    await asha.keyboard.press('Control+z');
    await strokes(asha, 0, 'that one to go, too');
    await tab(asha, 'Class board').click();
    await mayWrite(asha, true);
  });

  it('is seen by the tutor, by everybody while it is shown, and then by nobody else', async () => {
    await tab(asha, 'My board').click();
    await asha.getByText('Only you and Kavita see this board.').first().waitFor();
    await asha.locator('[data-board] [data-status="connected"]').waitFor();
    await draw(asha, 0.4);
    await tutor.getByRole('button', { name: 'Look at Asha Menon’s own board' }).click();
    await strokes(tutor, 1, 'the tutor to see it');
    await draw(tutor, 0.5);
    await strokes(asha, 2, 'Asha to see what the tutor drew there');
    await shot(asha, 'own-student');
    await shot(tutor, 'own-tutor');
    await tutor.getByRole('button', { name: 'Show to everybody' }).click();
    await strokes(rohan, 2, 'Rohan to see it');
    await asha.getByText('Kavita shows your board to everybody.').waitFor();
    await mayWrite(rohan, false);
    await tutor.getByRole('button', { name: 'Back to the class board' }).click();
    await shown(tutor, 'common');
    await tutor.getByRole('button', { name: 'Asha’s board', exact: true }).click();
    await shot(rohan, 'shown-phone');
    await shot(tutor, 'shown-tutor');
    await draw(rohan, 0.6);
    expect(await strokesOn(rohan)).toBe(2);
    await tutor.getByRole('button', { name: 'Stop showing' }).click();
    await shown(rohan, 'common');
    expect(await tab(rohan, 'Asha’s board').count()).toBe(0);
    await tutor.getByRole('button', { name: 'Back to the class board' }).click();
    await shown(tutor, 'common');
    await tab(asha, 'Class board').click();
    await mayWrite(asha, true);
  });
});

describe('afterwards', () => {
  it('a student’s own board is on the lesson’s page for them and for the tutor, and for nobody else', async () => {
    await endLesson(product.url, lesson);
    for (const [page, label] of [
      [asha, 'My board'],
      [tutor, 'Asha’s board'],
    ] as const) {
      await page.locator('[data-phase="ended"]').waitFor({ timeout: 30_000 });
      await page.getByRole('combobox', { name: 'Whose board' }).selectOption({ label });
      await strokes(page, 2, 'the strokes of Asha’s own board');
    }
    await shot(tutor, 'after-tutor');
    await rohan.locator('[data-phase="ended"]').waitFor({ timeout: 30_000 });
    await rohan.locator('[data-board] [data-strokes]').waitFor();
    expect(await rohan.getByRole('combobox', { name: 'Whose board' }).count()).toBe(0);
  });
});

it('no page complained', () => expect(complaints).toEqual([]));
