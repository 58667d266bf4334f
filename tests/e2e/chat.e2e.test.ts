/** The chat in two real Chromiums, the tutor's and a student's: what they do, what is hostile, and how it looks. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personPage, shootFailed } from '../support/browser.ts';
import { ASHA, TUTOR, endLesson, enterLesson, paidLesson, type PaidLesson } from '../support/lesson.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let tutor: Page;
let student: Page;
let phone: Page;
let lesson: PaidLesson;
const complaints: string[] = [];

async function newPage(options: Parameters<typeof personPage>[2] = {}): Promise<Page> {
  const page = await personPage(browser, complaints, options);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return page;
}

const chat = (page: Page): Locator => page.locator('section.chat');
const field = (page: Page): Locator => chat(page).getByRole('textbox', { name: 'Message' });
/** The last message that holds these words, in a quote of what it answers too. */
const message = (page: Page, words: string | RegExp): Locator =>
  chat(page).locator('[data-message]').filter({ hasText: words }).last();
/** The message that says these words itself. */
const saying = (page: Page, words: string): Locator =>
  chat(page)
    .locator('[data-message]')
    .filter({ has: page.locator('.body', { hasText: words }) });

async function say(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press('Enter');
}

async function act(page: Page, on: Locator, name: string): Promise<void> {
  await on.hover();
  await on.getByRole('button', { name, exact: true }).click();
}

async function choose(page: Page, on: Locator, item: string | RegExp): Promise<void> {
  await act(page, on, 'More');
  await page.getByRole('menuitem', { name: item }).click();
}

const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/chat-${name}.png`, animations: 'disabled' });

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  lesson = await paidLesson(product.url);
  [tutor, student] = [await newPage(), await newPage()];
  await enterLesson(tutor, product.url, TUTOR, lesson.code);
  await enterLesson(student, product.url, ASHA, lesson.code);
});

afterAll(() => closeAll(browser, product));

afterEach(({ task }) => shootFailed(task.result?.state, 'chat-failed', { tutor, student }));

describe('a conversation', () => {
  it('has formulas, emphasis, links and mentions, and says who is writing', async () => {
    await field(student).pressSequentially('Where do they ');
    await chat(tutor).getByText('Asha Menon is writing').waitFor();
    await field(student).pressSequentially('**meet**? I get $x^2 = 4x - x^2$');
    await field(student).press('Enter');
    const asked = message(tutor, 'Where do they');
    await asked.locator('strong', { hasText: 'meet' }).waitFor();
    await asked.getByRole('img', { name: 'x^2 = 4x - x^2' }).waitFor();
    await field(tutor).pressSequentially('@as');
    await tutor.getByRole('option', { name: /Asha/ }).waitFor();
    await field(tutor).press('Enter');
    await field(tutor).pressSequentially('see https://example.org/areas. At $0$ and $2$.');
    await field(tutor).press('Enter');
    const answer = message(student, 'see');
    await answer.locator('.mention.me', { hasText: 'Asha' }).waitFor();
    expect(await answer.getByRole('link').getAttribute('href')).toBe('https://example.org/areas');
    expect(await chat(student).locator('[data-said]').innerText()).toContain('Kavita Rao: @Asha');
  });

  it('is answered with a quote that leads back, reacted to, and edited before everyone’s eyes', async () => {
    await act(student, message(student, 'see'), 'Reply');
    await say(student, 'So 0 and 2 are the roots');
    const reply = message(tutor, 'So 0 and 2');
    await reply
      .locator('.quote', { hasText: 'Kavita Rao' })
      .or(reply.locator('.quote', { hasText: 'You' }))
      .waitFor();
    await act(tutor, reply, 'React');
    await tutor.getByRole('button', { name: 'Celebrate' }).click();
    await message(student, 'So 0 and 2')
      .getByRole('button', { name: /Celebrate, 1: Kavita Rao/ })
      .click();
    await reply.getByRole('button', { name: /Celebrate, 2/ }).waitFor();
    await field(student).press('ArrowUp');
    expect(await field(student).inputValue()).toBe('So 0 and 2 are the roots');
    await say(student, 'So 0 and 2 are the two roots');
    await message(tutor, 'two roots').getByRole('button', { name: 'edited' }).click();
    await message(tutor, 'two roots').getByRole('list', { name: 'Before' }).getByText('are the roots').waitFor();
    expect(await field(student).inputValue()).toBe('');
    await message(tutor, 'two roots').locator('.quote').click();
  });

  it('takes files by the button and by pasting, and shows pictures', async () => {
    const png = await student.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [320, 200];
      const context = canvas.getContext('2d');
      if (context) {
        context.fillStyle = '#dce6f4';
        context.fillRect(0, 0, 320, 200);
        context.strokeStyle = '#24386e';
        context.lineWidth = 4;
        context.beginPath();
        for (let x = 0; x <= 320; x += 8) context.lineTo(x, 190 - (x * (320 - x)) / 150);
        context.stroke();
      }
      return canvas.toDataURL('image/png').split(',')[1] ?? '';
    });
    await chat(student)
      .locator('input[type="file"]')
      .setInputFiles([
        { name: 'parabola.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') },
        { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('Areas between curves') },
      ]);
    await chat(student).getByRole('button', { name: 'Remove parabola.png' }).waitFor();
    await until('the files to be there', () => chat(student).getByRole('button', { name: 'Send' }).isEnabled());
    await say(student, 'My sketch');
    const sketch = message(tutor, 'My sketch');
    const image = sketch.getByRole('img', { name: 'parabola.png' });
    await image.waitFor();
    await until('the picture', () =>
      image.evaluate((img) => img instanceof HTMLImageElement && img.naturalWidth === 320),
    );
    await sketch.getByRole('link', { name: /notes\.txt/ }).waitFor();
    await field(tutor).evaluate((node, bytes) => {
      const data = new DataTransfer();
      const content = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
      data.items.add(new File([content], 'pasted.png', { type: 'image/png' }));
      node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, png);
    await until('the pasted file', () => chat(tutor).getByRole('button', { name: 'Send' }).isEnabled());
    await field(tutor).press('Enter');
    await chat(student).getByRole('img', { name: 'pasted.png' }).waitFor();
  });

  it('is searched, pinned and deleted from', async () => {
    await choose(tutor, saying(tutor, 'areas. At'), 'Pin');
    await student.getByRole('button', { name: /^Pinned .*areas/ }).click();
    const last = message(tutor, 'pasted').or(chat(tutor).locator('[data-message]').last()).last();
    await choose(tutor, last, 'Delete');
    await chat(tutor).getByText('Message deleted').waitFor();
    await tutor.getByRole('region', { name: 'Messages' }).getByRole('button', { name: 'Undo' }).click();
    await chat(tutor).getByText('Message deleted').waitFor({ state: 'detached' });
    expect(await chat(student).getByText('Message deleted').count()).toBe(0);
    await choose(tutor, last, 'Delete');
    await chat(student).getByText('Message deleted').waitFor();
    await chat(student).getByRole('button', { name: 'Search the chat' }).click();
    await chat(student).getByRole('searchbox').fill('roots');
    await chat(student).getByText('1 of 1').waitFor();
    await chat(student).locator('mark', { hasText: 'roots' }).waitFor();
    await shot(student, 'search-1280');
    await chat(student).getByRole('searchbox').press('Escape');
  });
});

describe('the host', () => {
  it('closes the chat and mutes a person, who is told why', async () => {
    await chat(tutor).getByRole('button', { name: 'Rights in the chat' }).click();
    await tutor.getByRole('menuitem', { name: 'Close the chat for others' }).click();
    await chat(student).getByText('The chat is closed. It can be read.').waitFor();
    await chat(tutor).getByRole('button', { name: 'Rights in the chat' }).click();
    await tutor.getByRole('menuitem', { name: 'Open the chat for all' }).click();
    await field(student).waitFor();
    await choose(tutor, message(tutor, 'two roots'), /^Mute/);
    await chat(student).getByText('You cannot write here for now').waitFor();
    await choose(tutor, message(tutor, 'two roots'), /^Unmute/);
    await field(student).waitFor();
    await tutor.getByRole('tab', { name: /People/ }).click();
    await tutor.getByRole('button', { name: 'Mute Asha Menon in the chat' }).click();
    await chat(student).getByText('You cannot write here for now').waitFor();
    await tutor.getByRole('button', { name: 'Mute Asha Menon in the chat' }).click();
    await say(student, 'Thank you');
    await tutor.getByRole('tab', { name: /Chat 1 new/ }).click();
    await shot(tutor, 'host-1280');
  });
});

describe('the private line', () => {
  it('is between the student and the tutor, with counts of its own, until the host forbids it', async () => {
    await chat(student).getByRole('radio', { name: 'Tutor' }).check({ force: true });
    await student.getByText('Only you and Kavita Rao read this').waitFor();
    await student.locator('section.chat[data-status="connected"]').waitFor();
    await say(student, 'I did not understand the second step');
    await tutor.getByRole('button', { name: 'Private lines' }).locator('.count').waitFor();
    await shot(student, 'private-1280');
    await tutor.getByRole('button', { name: 'Private lines' }).click();
    await tutor.getByRole('menuitemradio', { name: /Asha Menon, 1 new/ }).click();
    await message(tutor, 'second step').waitFor();
    await say(tutor, 'We will do it again');
    await message(student, 'We will do it again').waitFor();
    await tutor.getByRole('button', { name: 'Private lines' }).click();
    await tutor.getByRole('menuitemradio', { name: 'Everyone' }).click();
    await tutor.getByRole('button', { name: 'Private lines' }).click();
    await tutor.getByRole('menuitem', { name: 'Forbid private lines' }).click();
    await student.getByText('Only you and Kavita Rao read this').waitFor({ state: 'detached' });
    expect(await chat(student).getByRole('radio', { name: 'Tutor' }).count()).toBe(0);
    await message(student, 'two roots').waitFor();
  });
});

const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=alert(2)><style>*{display:none}</style>',
  '[click](javascript:alert(3)) <a href="data:text/html,<script>alert(4)</script>">x</a> javascript:alert(5)',
  '\u202Egnp.exe\u202C \u2066\u2067 a\u200B\u200B\u200Bb\uFEFF',
  `${'> '.repeat(900)}deep`,
  `${'- '.repeat(900)}deep`,
  `Z${'\u0301\u0316'.repeat(1_900)}`,
  `$${'{'.repeat(250)}x${'}'.repeat(250)}$ $$\\hspace{9999em}x$$ $\\href{javascript:alert(6)}{x}$`,
  `${'W'.repeat(3_990)}`,
  'مرحبا، أين يلتقيان؟ **هنا** 3 + 4',
];

describe('hostile text', () => {
  it('[C11] is inert, and stays in its place', async () => {
    for (const words of HOSTILE) await say(student, words);
    await say(student, 'after all of that');
    await message(tutor, 'after all of that').waitFor();
    expect(await chat(tutor).locator('script, style, iframe, object').count()).toBe(0);
    const links = await chat(tutor)
      .locator('a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    for (const href of links) expect(href).toMatch(/^(https?:\/\/|\/api\/v1\/)/);
    const wide = await chat(tutor).evaluate((section) => section.scrollWidth - section.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    const marks = await message(tutor, /^Z|Z\u0301/).boundingBox();
    expect(marks?.height ?? 0).toBeLessThan(120);
    expect(complaints).toEqual([]);
    await shot(tutor, 'hostile-1280');
  });

  it('[C9] does not grow the page: of many messages a part is drawn, and all can be reached', async () => {
    const sketch = saying(tutor, 'My sketch');
    await sketch.hover();
    const place = await sketch.boundingBox();
    for (let i = 0; i < 180; i += 1) await say(student, `Message number ${i}`);
    const latest = chat(tutor).getByRole('button', { name: /^1[89]\d new messages/ });
    await latest.waitFor();
    expect(await sketch.boundingBox()).toEqual(place);
    await latest.click();
    await message(tutor, 'Message number 179').waitFor();
    const drawn = await chat(tutor).locator('[data-message]').count();
    expect(drawn).toBeLessThanOrEqual(170);
    await chat(tutor).getByRole('log').hover();
    // Older ones come a part at a time, each when the one before it was scrolled through.
    await until(
      'the first message',
      async () => {
        await tutor.mouse.wheel(0, -4_000);
        return (await chat(tutor).getByText('Where do they').count()) > 0;
      },
      30_000,
    );
    await say(student, 'One more while you read above');
    await chat(tutor).getByRole('button', { name: '1 new message' }).click();
    await message(tutor, 'One more while you read above').waitFor();
  });
});

describe('on a phone', () => {
  it('is a sheet where everything is in reach, and what came meanwhile is counted', async () => {
    phone = await newPage({ width: 390, height: 844 });
    await student.context().close();
    student = phone;
    await enterLesson(phone, product.url, ASHA, lesson.code);
    await say(tutor, 'Welcome back');
    await say(tutor, 'Look at page 2, $\\int_0^2 (4x - 2x^2)\\,dx = \\frac{8}{3}$');
    const button = phone.getByRole('button', { name: /^Chat/ }).first();
    await until('the count', async () => /[1-9]/.test(await button.innerText()));
    await button.click();
    await chat(phone).locator('[data-divider]').waitFor();
    await message(phone, 'Look at page 2').waitFor();
    await shot(phone, 'phone-390');
    await say(phone, 'I am here');
    await message(tutor, 'I am here').waitFor();
    const wide = await chat(phone).evaluate((section) => section.scrollWidth - section.clientWidth);
    expect(wide).toBeLessThanOrEqual(0);
    await shot(phone, 'phone-sent-390');
    expect(complaints).toEqual([]);
  });
});

describe('afterwards', () => {
  it('the private line is on the lesson’s page beside everyone’s chat, for the two of it', async () => {
    await endLesson(product.url, lesson);
    for (const [page, label] of [
      [tutor, 'Asha Menon'],
      [phone, 'Kavita Rao'],
    ] as const) {
      await page.locator('[data-phase="ended"]').waitFor({ timeout: 30_000 });
      await page.getByRole('combobox', { name: 'Which conversation' }).selectOption({ label });
      await message(page, 'I did not understand the second step').waitFor();
      await page.getByText(`Only you and ${label} read this`).scrollIntoViewIfNeeded();
    }
    await shot(tutor, 'after-1280');
    await shot(phone, 'after-390');
    expect(complaints).toEqual([]);
  });
});
