/** Direct messages and study groups in real browsers. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/api.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { demoButton, open, signInAs } from '../support/pages.ts';
import { startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;

async function newPage(options: Parameters<typeof personContext>[1] = {}): Promise<Page> {
  const context = await personContext(browser, options);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  const chat = page.getByRole('region', { name: /^Chat with/ });
  await chat.locator('textarea').fill(text);
  await chat.locator('textarea').press('Enter');
  await chat.getByText(text, { exact: true }).waitFor();
}
const heard = (page: Page, text: string): Promise<void> =>
  page
    .getByRole('region', { name: /^Chat with/ })
    .getByText(text, { exact: true })
    .waitFor();
/** Takes its picture, and has it looked at by axe. */
async function shot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `test-results/messages-${name}.png` });
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${name}: ${id} at ${nodes[0]?.target.join(' ')}`)).toEqual([]);
}
/** The badge in the bar; 0 where there is none. */
const badge = (page: Page, unread: number): Promise<void> =>
  page.getByRole('link', { name: unread === 0 ? 'Messages' : `Messages, ${unread} new`, exact: true }).waitFor();
const row = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Conversations' }).getByRole('link').filter({ hasText: name });

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
});
afterAll(() => closeAll(browser, product));

describe('a student and a tutor', () => {
  it('write to each other from the tutor’s profile, and every tab knows what is unread', async () => {
    const kavita = await newPage();
    await signInAs(kavita, product.url, 'tutor@demo.test');
    await badge(kavita, 0);

    const asha = await newPage();
    await signInAs(asha, product.url, 'student@demo.test');
    await open(asha, `${product.url}/tutors/kavita-rao`);
    await asha.getByRole('button', { name: 'Message Kavita' }).click();
    await asha.waitForURL('**/messages/dm-*');
    await asha.getByRole('heading', { name: 'Kavita Rao' }).waitFor();
    await say(asha, 'Do you take grade 11?');
    await row(asha, 'Kavita Rao').getByText('You: Do you take grade 11?').waitFor();

    // Her page is open somewhere else and hears of it.
    await badge(kavita, 1);
    // She does not look, so she is told.
    const notes = await kavita.context().newPage();
    await open(notes, `${product.url}/notifications`);
    await until(
      'a notice',
      async () => {
        await notes.reload();
        return (await notes.getByText('You have a new message').count()) > 0;
      },
      30_000,
    );
    await shot(notes, 'notice');
    await notes.close();
    await kavita.getByRole('link', { name: 'Messages, 1 new' }).click();
    const line = row(kavita, 'Asha Menon');
    await line.getByText('Do you take grade 11?').waitFor();
    await line.getByText('1 new').waitFor();
    await line.click();
    await heard(kavita, 'Do you take grade 11?');
    await shot(kavita, 'direct');
    await badge(kavita, 0);

    // Nobody of hers looks now; two tabs are told, and reading in one is reading in both.
    await asha.getByRole('link', { name: 'Home' }).click();
    await asha.waitForURL('**/home');
    const second = await asha.context().newPage();
    await open(second, `${product.url}/bookings`);
    await say(kavita, 'Yes, on Mondays.');
    await badge(asha, 1);
    await badge(second, 1);
    await open(second, `${product.url}/messages`);
    expect(await second.title()).toBe('(1) Messages · NexusEd');
    await row(second, 'Kavita Rao').click();
    await heard(second, 'Yes, on Mondays.');
    await badge(second, 0);
    expect(await second.title()).toBe('Kavita Rao · NexusEd');
    await badge(asha, 0);
    await shot(asha, 'home');

    // Nobody is the host: both pin, and either takes a pin away.
    const pinned = (page: Page) => page.getByRole('button', { name: /^Pinned.*Yes, on Mondays\./ });
    const act = async (page: Page, item: string): Promise<void> => {
      const message = page.locator('[data-message]').filter({ hasText: 'Yes, on Mondays.' });
      await message.hover();
      await message.getByRole('button', { name: /^More/ }).click();
      await page.getByRole('menuitem', { name: item }).click();
    };
    await act(second, 'Pin');
    await pinned(kavita).waitFor();
    await shot(kavita, 'pinned');
    await act(kavita, 'Unpin');
    await pinned(second).waitFor({ state: 'detached' });

    // Reported, ops read the message and say what came of it; she is a party of it and sees nothing of that.
    const message = second.locator('[data-message]').filter({ hasText: 'Yes, on Mondays.' });
    await message.hover();
    await message.getByRole('button', { name: /^More/ }).click();
    await second.getByRole('menuitem', { name: 'Report' }).click();
    const report = second.getByRole('dialog');
    await report.getByText('It is advertising or fraud').click();
    await shot(second, 'reporting');
    await report.getByRole('button', { name: 'Report', exact: true }).click();
    await second.getByText('Thank you, it was reported').waitFor();
    const ops = await newPage();
    await signInAs(ops, product.url, 'ops@demo.test');
    await open(ops, `${product.url}/ops/reports`);
    const reported = ops.getByRole('region', { name: 'Open' }).getByRole('listitem');
    await reported.getByText('Asha Menon reports Kavita Rao').waitFor();
    await reported.getByText('Yes, on Mondays.').waitFor();
    await shot(ops, 'reports');
    await ops.setViewportSize({ width: 390, height: 844 });
    await shot(ops, 'reports-390');
    await ops.getByRole('button', { name: 'No cause' }).click();
    await ops.getByRole('region', { name: 'Looked at' }).getByText('No cause').waitFor();
    expect(await ops.getByText('Yes, on Mondays.').count()).toBe(0);
    await ops.context().close();

    // Blocked, neither writes; taken back, both do, without a reload.
    await kavita.getByRole('button', { name: 'Block Asha Menon?' }).click();
    await kavita.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
    await kavita.getByText('You blocked Asha Menon').waitFor();
    await second.getByText('You two cannot write to each other now').waitFor();
    await shot(second, 'blocking');
    await shot(kavita, 'blocked');
    await second
      .getByRole('region', { name: /^Chat with/ })
      .locator('textarea')
      .waitFor({ state: 'detached' });
    await kavita.getByRole('button', { name: 'Take it back' }).click();
    await second.getByText('You two cannot write to each other now').waitFor({ state: 'detached' });
    await say(second, 'Thank you.');
    await heard(kavita, 'Thank you.');
    for (const page of [asha, kavita]) await page.context().close();
  });
});

describe('a study group', () => {
  it('is made, joined by its link, written in, and closed to who is taken out', async () => {
    const asha = await newPage();
    await signInAs(asha, product.url, 'student@demo.test');
    await open(asha, `${product.url}/messages`);
    await asha.getByRole('link', { name: 'New group' }).click();
    await shot(asha, 'new');
    await asha.getByLabel('Name of the group').fill('Physics, grade 11');
    await asha.getByRole('button', { name: 'Make the group' }).click();
    await asha.waitForURL('**/settings');
    await asha.getByLabel('For how many').selectOption({ label: '1 person' });
    await asha.getByRole('button', { name: 'Make a link' }).click();
    await asha.getByText('0 of 1 person joined by it.').waitFor();
    const link = await asha.getByRole('textbox', { name: 'Invite link' }).inputValue();
    expect(link).toMatch(/\/messages\/join\/[\w-]{32}$/);
    await shot(asha, 'settings-link');

    // Signed out: sign in first, then back to the link.
    const rohan = await newPage({ width: 390, height: 844 });
    await open(rohan, link);
    await rohan.waitForURL('**/sign-in?next=*');
    await demoButton(rohan, 'student2@demo.test').click();
    await rohan.getByRole('heading', { name: 'Join a study group' }).waitFor();
    await rohan.getByText('“Physics, grade 11”').waitFor();
    await rohan.getByText('Asha Menon').waitFor();
    await shot(rohan, 'join-390');
    await rohan.getByRole('button', { name: 'Join the group' }).click();
    await rohan.waitForURL('**/messages/group-*');
    await say(rohan, 'Here I am');
    await shot(rohan, 'group-390');
    // One at a time on a phone, and a way back.
    await rohan.getByRole('link', { name: 'All messages' }).click();
    await row(rohan, 'Physics, grade 11').getByText('You: Here I am').waitFor();
    await shot(rohan, 'list-390');
    expect(await rohan.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await row(rohan, 'Physics, grade 11').click();
    await heard(rohan, 'Here I am');

    await row(asha, 'Physics, grade 11').click();
    await heard(asha, 'Here I am');
    await asha.getByRole('link', { name: 'Settings of Physics, grade 11' }).click();
    await asha.getByText('2 members').or(asha.getByText('Rohan Gupta')).first().waitFor();
    await asha.getByText('We cannot show it again').waitFor();
    await shot(asha, 'settings');
    await asha.getByRole('button', { name: 'Take out: Rohan Gupta' }).click();
    await asha.getByRole('dialog').getByRole('button', { name: 'Take out' }).click();
    await rohan.getByText('This conversation is not open to you').waitFor();
    await shot(rohan, 'outside-390');
    await open(rohan, link);
    await rohan.getByText('As many people as it was made for have joined by it.').waitFor();
    await shot(rohan, 'join-ended-390');
    // Nobody had a lesson with anybody here: only the owner can bring back whom they took out.
    await asha.reload();
    await asha.getByText('As many people as it was made for have joined by it: nobody else does.').waitFor();
    await asha.getByLabel('Whom').selectOption({ label: 'Rohan Gupta' });
    await asha.getByRole('button', { name: 'Invite', exact: true }).click();
    await asha.getByText('Rohan Gupta was invited').waitFor();
    await shot(asha, 'settings-again');
    await open(rohan, `${product.url}/messages`);
    await row(rohan, 'Physics, grade 11').click();
    await rohan.getByRole('button', { name: 'Join', exact: true }).click();
    await heard(rohan, 'Here I am');
    await asha.getByRole('button', { name: 'Stop this link' }).click();
    await asha.getByText('There is no link').waitFor();
    await open(rohan, link);
    await rohan.getByText('This link does not work any more').waitFor();

    await asha.getByRole('button', { name: 'Leave the group' }).click();
    await asha.getByRole('dialog').getByRole('button', { name: 'Leave', exact: true }).click();
    await asha.waitForURL('**/messages');
    await row(asha, 'Physics, grade 11').waitFor({ state: 'detached' });
    for (const page of [asha, rohan]) await page.context().close();
  });
});
