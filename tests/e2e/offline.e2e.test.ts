/** Board and chat without a connection, in real Chromiums: what was drawn comes back, once, after whatever happened. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTcpProxy } from '../proxies/tcp.ts';
import { payOrder, signIn, tutorBySlug, until, type Client } from '../support/api.ts';
import { killProfile, openBrowser, openProfile, personContext } from '../support/browser.ts';
import { moveClockTo } from '../support/clock.ts';
import { freePort } from '../support/free-port.ts';
import { draw, joinLesson, open, signInAs, signInInstead, strokesOn } from '../support/pages.ts';
import { removeData, startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let port = 0;
let tutor: Page;
let student: Page;
let ways: { tutor: BrowserContext; student: BrowserContext };
let client: Client;
/** A browser of Asha's own at home. */
const profile = mkdtempSync(join(tmpdir(), 'nexused-profile-'));
const codes: string[] = [];
const starts: number[] = [];
const complaints: string[] = [];

async function newContext(options: Parameters<typeof personContext>[1] = {}): Promise<BrowserContext> {
  return personContext(browser, options);
}
async function newPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

async function book(index: number): Promise<void> {
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  // Far enough that no classroom is open yet.
  const far = Date.now() + 60 * 60_000;
  const alone = slots.filter(({ seats, minutes, startsAt }) => seats === 1 && minutes === 60 && startsAt > far);
  const slot = alone[index];
  if (!slot) throw new Error('The tutor has no free time');
  const { body } = await client.book({ tutorId, offerId: slot.offerId, startsAt: slot.startsAt });
  await payOrder(product.url, body.orderId ?? '');
  codes.push((await client.bookingWhen(body.bookingId, (booking) => booking.code !== null)).code ?? '');
  starts.push(slot.startsAt);
}

const connected = (page: Page): Promise<void> =>
  page.locator('[data-board] [data-status="connected"]').waitFor({ timeout: 40_000 });
const both = (count: number, what: string, ms = 40_000): Promise<unknown> =>
  until(what, async () => (await strokesOn(tutor)) === count && (await strokesOn(student)) === count, ms).catch(
    async (error: unknown) => {
      throw new Error(`${String(error)}: ${await strokesOn(tutor)} and ${await strokesOn(student)}`);
    },
  );
/** The page is put away, so that it can come back without a connection. */
const keptPage = (page: Page): Promise<unknown> =>
  until(
    'the page to be kept',
    () =>
      page.evaluate(async () => {
        for (const name of await caches.keys())
          if (await (await caches.open(name)).match(location.pathname))
            return navigator.serviceWorker.controller !== null;
        return false;
      }),
    30_000,
  );
/** Somewhere on the page that one sees. */
const said = (page: Page, words: string | RegExp): Promise<void> =>
  page.getByText(words).filter({ visible: true }).first().waitFor({ timeout: 60_000 });
const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: `test-results/offline-${name}.png` });

beforeAll(async () => {
  port = await freePort();
  product = await startProduct({ port });
  browser = await openBrowser();
  client = await signIn(product.url, 'student@demo.test');
  await book(0);
  await book(1);
  const [first = 0] = starts;
  ways = { tutor: await newContext(), student: await newContext() };
  [tutor, student] = [await newPage(ways.tutor), await newPage(ways.student)];
  await signInAs(tutor, product.url, 'tutor@demo.test');
  await signInAs(student, product.url, 'student@demo.test');
  expect(first).toBeGreaterThan(0);
});

afterAll(async () => {
  await browser.close();
  await product.stop();
  await removeData(product);
  await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  // One test that fails must not take the others with it.
  for (const way of Object.values(ways)) await way.setOffline(false);
  for (const [name, page] of Object.entries({ tutor, student }))
    await shot(page, `failed-${task.name.slice(0, 24).replaceAll(/\W/g, '-')}-${name}`);
});

describe('a board before its lesson', () => {
  it('[Q5] is prepared by the tutor, days before; nobody else sees it until the classroom opens', async () => {
    const [code = ''] = codes;
    await open(tutor, `${product.url}/lessons/${code}`);
    await tutor.getByRole('link', { name: 'Prepare the board' }).click();
    await connected(tutor);
    await draw(tutor, 0.5);
    await until('the stroke', async () => (await strokesOn(tutor)) === 1);
    await shot(tutor, 'prepare');
    await tutor.setViewportSize({ width: 390, height: 800 });
    await shot(tutor, 'prepare-390');
    await tutor.setViewportSize({ width: 1280, height: 800 });
    await until('it to be saved', async () => (await tutor.locator('[data-unsaved="0"]').count()) === 1);
    expect((await client.get(`/api/v1/lessons/${code}/documents/board`)).status).toBe(404);
    expect((await client.post(`/api/v1/lessons/${code}/prepare`)).status).toBe(403);

    await moveClockTo(product.url, (starts[0] ?? 0) - 60_000);
    await joinLesson(student, product.url, code);
    await until('the prepared board', async () => (await strokesOn(student)) === 1);
    const host = await signIn(product.url, 'tutor@demo.test');
    const { body } = await host.get<{ attendance: { workedMinutes: number[] }[] }>(`/api/v1/lessons/${code}`);
    expect(body.attendance.flatMap(({ workedMinutes }) => workedMinutes)).toEqual([]);
    await joinLesson(tutor, product.url, code);
    await both(1, 'both to see it');
  });
});

describe('without a connection', () => {
  it('OF1 OF2 OF3 OF9 what is drawn is kept, said to be, and sent once after a reload without a connection', async () => {
    await keptPage(student);
    await ways.student.setOffline(true);
    await draw(student, 0.2);
    await draw(student, 0.3);
    await said(student, '2 changes are kept on this device');
    await shot(student, 'drawing');

    await student.reload();
    await student.locator('html[data-awake]').waitFor({ state: 'attached' });
    await student.getByText('2 changes not sent yet').waitFor();
    await shot(student, 'lobby');
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await until('what was there before the reload', async () => (await strokesOn(student)) === 3);
    await draw(student, 0.7);
    await until('one more', async () => (await strokesOn(student)) === 4);
    await said(student, '3 changes are kept on this device');
    await student.setViewportSize({ width: 390, height: 800 });
    await shot(student, 'reloaded-390');
    await student.setViewportSize({ width: 1280, height: 800 });
    expect(await strokesOn(tutor)).toBe(1);

    await ways.student.setOffline(false);
    await both(4, 'the other side to see it');
    await student.getByText('3 changes are saved now').waitFor();
    await shot(student, 'back');
    await tutor.locator('[data-summary]', { hasText: /3 things by/ }).waitFor({ state: 'attached' });
  });

  it('OF3 what was drawn while the server was away, killed in the middle, and after the tab crashed is there once', async () => {
    await keptPage(student);
    await draw(student, 0.25);
    await product.kill();
    await draw(student, 0.35);
    await said(student, /kept on this device/);
    // The tab goes without a word.
    const crashed = await newPage(ways.student);
    await student.close({ runBeforeUnload: false });
    student = crashed;
    await student.goto(`${product.url}/lessons/${codes[0]}`);
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await until('what the tab had', async () => (await strokesOn(student)) === 6);
    await draw(tutor, 0.15);
    product = await startProduct({ port, dataDir: product.dataDir });
    await both(7, 'everything, once, on both sides', 60_000);
    await until('it to be saved', async () => (await student.locator('[data-unsaved="0"]').count()) === 1);
  });

  it('OF4 OF5 a second tab of the same person shows what the first drew without a connection, and writes under another id', async () => {
    await connected(student);
    await keptPage(student);
    const before = await strokesOn(student);
    await ways.student.setOffline(true);
    const second = await newPage(ways.student);
    await second.goto(`${product.url}/lessons/${codes[0]}`);
    await second.getByRole('button', { name: 'Join lesson' }).click();
    await until('the second tab', async () => (await strokesOn(second)) === before);
    await draw(student, 0.4);
    await until('what the first drew', async () => (await strokesOn(second)) === before + 1);
    await draw(second, 0.45);
    await until('what the second drew', async () => (await strokesOn(student)) === before + 2);
    await ways.student.setOffline(false);
    await until('all of it at the tutor', async () => (await strokesOn(tutor)) === before + 2, 40_000);
    // One at a time is in the lesson; whichever it is has everything.
    const replaced = async (page: Page): Promise<boolean> =>
      (await page.locator('[data-phase="replaced"]').count()) === 1;
    await until('one of them to step back', async () => (await replaced(student)) || (await replaced(second)), 40_000);
    await second.close();
    if (await replaced(student)) await student.getByRole('button', { name: 'Use this one instead' }).click();
    await both(before + 2, 'nothing doubled, nothing lost');
    expect(complaints).toEqual([]);
  });

  it('OF1 OF3 what is drawn on a board that is left while the server does not answer arrives when it does', async () => {
    const [code = ''] = codes;
    // The browser notices nothing: it is the server that does not answer.
    const way = await startTcpProxy({ host: '127.0.0.1', port });
    const address = `http://localhost:${way.port}`;
    await student.close();
    student = await newPage(ways.student);
    await open(student, `${address}/lessons/${code}`);
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await connected(student);
    const boardOf = (page: Page, name: string): Promise<void> =>
      page.locator('.boards > .bar').getByText(name, { exact: true }).click();
    await boardOf(student, 'My board');
    await connected(student);
    const shared = await strokesOn(tutor);
    await draw(student, 0.2);
    await until('it to be saved', async () => (await student.locator('[data-unsaved="0"]').count()) === 1);
    way.refuse();
    await draw(student, 0.3);
    await draw(student, 0.4);
    await said(student, /2 changes are kept on this device/);
    await boardOf(student, 'Class board');
    await until('the class board', async () => (await strokesOn(student)) === shared);
    way.mend();
    await connected(student);
    await tutor.getByRole('tab', { name: /People/ }).click();
    await tutor.getByRole('button', { name: /^Look at .* own board$/ }).click();
    await until('all of it at the tutor', async () => (await strokesOn(tutor)) === 3, 40_000);
    // Also where the page goes before that, and the board is not looked at again.
    await boardOf(student, 'My board');
    await connected(student);
    way.refuse();
    await draw(student, 0.5);
    await said(student, /1 change is kept on this device/);
    await student.close();
    way.mend();
    student = await newPage(ways.student);
    await open(student, `${address}/lessons/${code}`);
    await student.getByText('1 change not sent yet').waitFor();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await until('that, too', async () => (await strokesOn(tutor)) === 4, 40_000);
    await tutor.getByRole('button', { name: 'Back to the class board' }).click();
    await both(shared, 'the class board on both sides');
    expect(complaints).toEqual([]);
    await student.close();
    await way.close();
    student = await newPage(ways.student);
    await joinLesson(student, product.url, code);
  });

  it('OF6 what the host forbade meanwhile is named, and can be saved or thrown away; the board goes on', async () => {
    await connected(student);
    await keptPage(student);
    const before = await strokesOn(student);
    await ways.student.setOffline(true);
    await draw(student, 0.6);
    await draw(student, 0.65);
    await said(student, '2 changes are kept on this device');
    await tutor.getByRole('tab', { name: /People/ }).click();
    const writers = tutor.getByRole('group', { name: 'Who writes on the board' });
    await writers.getByText('Only me').click();
    await until('it to be stored', async () => (await tutor.locator('[data-unsaved="0"]').count()) === 1);
    await ways.student.setOffline(false);
    await student.getByRole('button', { name: 'Save or throw away' }).click({ timeout: 40_000 });
    const dialog = student.getByRole('dialog');
    await dialog.getByText('You could not write on the board when this was sent').waitFor();
    await shot(student, 'forbidden');
    const [download] = await Promise.all([
      student.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as PNG' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.png$/);
    await both(before, 'the board to be as everybody has it');
    await writers.getByText('Everyone').click();
    await dialog.getByRole('button', { name: 'Throw away' }).click();
    await dialog.getByRole('button', { name: 'Throw away for good' }).click();
    await dialog.waitFor({ state: 'detached' });
    await student.locator('section.board[data-may="true"]').waitFor({ state: 'attached' });
    await draw(student, 0.5);
    await both(before + 1, 'what is drawn afterwards');
    // Kept is what everybody has, also for a page that begins without a connection.
    await until('it to be saved', async () => (await student.locator('[data-unsaved="0"]').count()) === 1);
    await keptPage(student);
    await new Promise((done) => setTimeout(done, 3_000));
    await ways.student.setOffline(true);
    await student.reload();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await until('the board of before', async () => (await strokesOn(student)) === before + 1);
    expect(await student.getByText(/not sent yet|not taken/).count()).toBe(0);
    await ways.student.setOffline(false);
    await connected(student);
    expect(complaints).toEqual([]);
  });

  it('OF6 what comes after the end is said, kept, stands in the replay, and can be saved as a file', async () => {
    await connected(student);
    await keptPage(student);
    await ways.student.setOffline(true);
    await draw(student, 0.55);
    await said(student, '1 change is kept on this device');
    await student.getByRole('textbox', { name: 'Message' }).fill('Can you still read me?');
    await student.keyboard.press('Enter');
    await student.getByText('Can you still read me?').waitFor();
    await moveClockTo(product.url, (starts[0] ?? 0) + 60_000);
    const host = await signIn(product.url, 'tutor@demo.test');
    expect((await host.post(`/api/v1/lessons/${codes[0]}/end`)).status).toBe(200);
    await ways.student.setOffline(false);
    await student.locator('[data-phase="ended"]').waitFor({ timeout: 40_000 });
    const notice = student.locator('[data-kept="board"]');
    await notice.getByText('1 change not sent before the end').waitFor();
    await student.locator('[data-kept="chat"]').getByText('1 message not taken').waitFor();
    await shot(student, 'not-taken');
    await student.setViewportSize({ width: 390, height: 800 });
    await shot(student, 'not-taken-390');
    await student.setViewportSize({ width: 1280, height: 800 });
    for (const [name, start] of [
      ['Save as SVG', /\.svg$/],
      ['Save as PDF', /\.pdf$/],
    ] as const) {
      const [download] = await Promise.all([
        student.waitForEvent('download'),
        notice.getByRole('button', { name }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(start);
    }
    await student.reload();
    await notice.getByText('1 change not sent before the end').waitFor();
    await notice.getByRole('button', { name: 'Throw away' }).click();
    await notice.getByRole('button', { name: 'Throw away for good' }).click();
    await notice.waitFor({ state: 'detached' });
    await open(student, `${product.url}/lessons/${codes[0]}/replay`);
    await student.getByRole('tab', { name: 'People' }).click();
    await student.getByText('1 thing drawn without a connection').waitFor({ timeout: 30_000 });
  });
});

describe('a board in the next lesson', () => {
  it('[Q1] [Q2] is carried on when the tutor says so, with who drew what', async () => {
    const [, code = ''] = codes;
    await open(tutor, `${product.url}/lessons/${code}/prepare`);
    await connected(tutor);
    const offer = tutor.locator('[data-carry-on]');
    await offer.getByText(/^Continue the board of/).waitFor();
    await shot(tutor, 'carry-on');
    await offer.getByRole('button', { name: 'Continue it' }).click();
    await until('the board of before', async () => (await strokesOn(tutor)) === 10);
    await tutor.locator('[data-summary]', { hasText: 'by Kavita Rao' }).waitFor({ state: 'attached' });
    expect(await tutor.locator('[data-summary]').textContent()).toMatch(/8 things by (?!Kavita).* and 2 by Kavita Rao/);
    await tutor.reload();
    await until('it again', async () => (await strokesOn(tutor)) === 10);
    expect(await offer.count()).toBe(0);
  });

  it('[Q1] OF1 OF3 goes on in the lesson, also in a browser that is killed without a connection and opened again', async () => {
    const [, code = ''] = codes;
    await moveClockTo(product.url, (starts[1] ?? 0) - 60_000);
    await joinLesson(tutor, product.url, code);
    await connected(tutor);
    let home = await openProfile(profile);
    let page = await newPage(home);
    await signInAs(page, product.url, 'student@demo.test');
    // Closed once, so that who is signed in is on its disk: Chromium writes cookies every half minute.
    await home.close();
    home = await openProfile(profile);
    page = await newPage(home);
    await joinLesson(page, product.url, code);
    await until('the board of the last lesson', async () => (await strokesOn(page)) === 10);
    await shot(page, 'carried-on');
    await draw(page, 0.2);
    await until('what goes on', async () => (await strokesOn(tutor)) === 11);
    await keptPage(page);
    await home.setOffline(true);
    await draw(page, 0.25);
    await said(page, '1 change is kept on this device');
    const kill = async (): Promise<void> => {
      const gone = new Promise((done) => home.once('close', done));
      killProfile(profile);
      await gone;
      home = await openProfile(profile);
      page = await newPage(home);
    };
    await kill();
    await home.setOffline(true);
    await page.goto(`${product.url}/lessons/${code}`);
    await page.getByText('1 change not sent yet').waitFor();
    await page.getByRole('button', { name: 'Join lesson' }).click();
    await until('what the killed one had', async () => (await strokesOn(page)) === 12);
    await draw(page, 0.3);
    await said(page, '2 changes are kept on this device');
    expect(await strokesOn(tutor)).toBe(11);
    await home.setOffline(false);
    await until('all of it at the tutor', async () => (await strokesOn(tutor)) === 13, 60_000);
    await page.getByText('2 changes are saved now').waitFor();

    // And killed again, with the lesson over before it is opened again.
    await keptPage(page);
    await home.setOffline(true);
    await draw(page, 0.35);
    await said(page, '1 change is kept on this device');
    await kill();
    const host = await signIn(product.url, 'tutor@demo.test');
    await moveClockTo(product.url, (starts[1] ?? 0) + 60_000);
    expect((await host.post(`/api/v1/lessons/${code}/end`)).status).toBe(200);
    await page.goto(`${product.url}/lessons/${code}`);
    // Where the read models are behind, the page asks again only after 15 s.
    const late = page.locator('[data-kept="board"]').getByText('1 change not sent before the end');
    await late.waitFor({ timeout: 45_000 });
    await shot(page, 'killed-and-over');
    await home.close();
    expect(complaints).toEqual([]);
  });
});

describe('on a browser that others use', () => {
  /** What is kept in the browser, of whomever. */
  const keptIn = (page: Page): Promise<{ pages: string[]; rows: string[]; who: string | null }> =>
    page.evaluate(async () => {
      const pages: string[] = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys())
          if (new URL(url).pathname.startsWith('/lessons/')) pages.push(new URL(url).pathname);
      const db = await new Promise<IDBDatabase>((done, failed) => {
        const request = indexedDB.open('nexused-classroom');
        request.onerror = () => failed(request.error ?? new Error('There is no database'));
        request.onsuccess = () => done(request.result);
      });
      const all = <T>(request: IDBRequest<T>): Promise<T> =>
        new Promise((done) => (request.onsuccess = () => done(request.result)));
      const rows: { id: string }[] = await all(db.transaction('documents').objectStore('documents').getAll());
      const who: { person: string } | undefined = await all(db.transaction('who').objectStore('who').get('who'));
      db.close();
      return { pages, rows: rows.map(({ id }) => id), who: who?.person ?? null };
    });

  it('OF7 a page whose person is not signed in any more stops, and what they did not send waits for them', async () => {
    await book(2);
    const [, , code = ''] = codes;
    await moveClockTo(product.url, (starts[2] ?? 0) - 60_000);
    const one = await newPage(ways.student);
    let cut = false;
    const sockets = new Set<WebSocketRoute>();
    // Only the board and the chat of this page: the browser itself is online, and so is its other tab.
    await one.routeWebSocket(/\/sync\//, (socket) => {
      if (cut) return void socket.close({ code: 1001 });
      sockets.add(socket);
      socket.connectToServer();
    });
    await joinLesson(one, product.url, code);
    await connected(one);
    await keptPage(one);
    await joinLesson(tutor, product.url, code);
    await connected(tutor);
    await draw(one, 0.3);
    await until('the stroke', async () => (await strokesOn(tutor)) === 1);
    await until('it to be saved', async () => (await one.locator('[data-unsaved="0"]').count()) === 1);
    cut = true;
    for (const socket of sockets) await socket.close({ code: 1001 });
    await said(one, 'No connection.');
    await draw(one, 0.5);
    await said(one, '1 change is kept on this device');
    const asha = (await keptIn(one)).who ?? '';
    expect(asha).not.toBe('');

    const two = await newPage(ways.student);
    await open(two, `${product.url}/home`);
    await signInInstead(two, product.url, 'student2@demo.test');
    await one.getByText('Somebody else is signed in in this browser now').waitFor();
    await shot(one, 'somebody-else');
    expect(await one.locator('section.board').count()).toBe(0);
    cut = false;
    await until('the rest to go', async () => {
      const { who, pages, rows } = await keptIn(two);
      return who !== asha && pages.length === 0 && rows.length > 0 && rows.every((row) => row.startsWith(asha));
    });
    await new Promise((done) => setTimeout(done, 3_000));
    expect(await strokesOn(tutor)).toBe(1);
    // Of another lesson's chat, and of this board: what only this device has.
    expect((await keptIn(two)).rows.length).toBe(2);

    await signInInstead(two, product.url, 'student@demo.test');
    await joinLesson(two, product.url, code);
    await until('what waited', async () => (await strokesOn(tutor)) === 2, 40_000);
    await one.close();
    await student.close();
    student = two;
    expect(complaints).toEqual([]);
  });

  it('OF10 kept pages go when their lesson was over long ago, and when the session has ended', async () => {
    await keptPage(student);
    const lesson = new URL(student.url()).pathname;
    await student.evaluate(async () => {
      const [name = ''] = await caches.keys();
      const cache = await caches.open(name);
      const until = (at: number) => new Response('', { headers: { 'x-kept-until': String(at) } });
      await cache.put('/lessons/old', until(Date.now() - 1));
      await cache.put('/lessons/new', until(Date.now() + 60_000));
    });
    expect((await keptIn(student)).pages.length).toBe(3);
    const other = await newPage(ways.student);
    await open(other, `${product.url}/home`);
    await until('the old one to go', async () => !(await keptIn(student)).pages.includes('/lessons/old'));
    expect((await keptIn(student)).pages.sort()).toEqual([lesson, '/lessons/new'].sort());
    await other.close();

    await ways.student.setOffline(true);
    await student.reload();
    await student.getByText('This page and the board are from this device').waitFor();
    await ways.student.clearCookies();
    await ways.student.setOffline(false);
    await student.waitForURL('**/sign-in**', { timeout: 40_000 });
    await until('the pages to go', async () => (await keptIn(student)).pages.length === 0);
    await signInInstead(student, product.url, 'student@demo.test');
  });

  it('OF7 erasing the account leaves nothing of it here either, and what waits for somebody else', async () => {
    const page = await newPage(await newContext());
    await open(page, `${product.url}/sign-up`);
    await page.getByLabel('Name').fill('Ira Sen');
    await page.getByLabel('E-mail').fill('ira@offline.test');
    await page.getByLabel('Password', { exact: true }).fill('first password');
    await page.getByRole('button', { name: 'Create the account' }).click();
    await page.waitForURL('**/home');
    await until('the page to be hers', async () => ((await keptIn(page)).who ?? '') !== '');
    const { who } = await keptIn(page);
    // As a lesson leaves it that was never sent.
    await page.evaluate(async (person) => {
      await (await caches.open(`nexused-classroom-1 ${person}`)).put('/lessons/a', new Response(''));
      const db = await new Promise<IDBDatabase>((done) => {
        const request = indexedDB.open('nexused-classroom');
        request.onsuccess = () => done(request.result);
      });
      const tx = db.transaction('documents', 'readwrite');
      for (const whose of [person, 'p-somebody']) {
        const row = { person: whose, name: 'board:l', code: 'a', touched: Date.now(), lost: false };
        const clocks = { mine: new Map([[5, 7]]), safe: new Map() };
        tx.objectStore('documents').put({ ...row, ...clocks, id: `${whose} board:l` });
      }
      await new Promise((done) => (tx.oncomplete = done));
      db.close();
    }, who);
    expect(await keptIn(page)).toEqual({
      pages: ['/lessons/a'],
      rows: ['p-somebody board:l', `${who} board:l`].sort(),
      who,
    });
    await open(page, `${product.url}/settings`);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    await page.getByLabel('Your password').fill('first password');
    await page.getByRole('button', { name: 'Delete it for good' }).click();
    await page.waitForURL(`${product.url}/`);
    expect(await keptIn(page)).toEqual({ pages: [], rows: ['p-somebody board:l'], who: '' });
    await page.context().close();
  });

  it('OF7 signing out asks first, and leaves nothing of a person for the next one, in any tab', async () => {
    await student.goto(`${product.url}/home`);
    await student.getByRole('button', { name: /Account/ }).click();
    const other = await newPage(ways.student);
    await open(other, `${product.url}/bookings`);
    await student.getByRole('menuitem', { name: 'Sign out' }).click();
    const dialog = student.getByRole('dialog');
    await dialog.getByText('1 message only on this device').waitFor();
    await shot(student, 'sign-out');
    await dialog.getByRole('button', { name: 'Sign out and delete' }).click();
    await student.waitForURL(`${product.url}/`);
    // So does every other tab.
    await other.waitForURL(`${product.url}/`);
    expect(await keptIn(student)).toEqual({ pages: [], rows: [], who: '' });
    expect(await student.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).toEqual([
      'nexused-classroom',
    ]);
    expect(complaints).toEqual([]);
  });
});
