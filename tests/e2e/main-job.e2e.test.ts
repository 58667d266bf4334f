/**
 * The main job in real Chromium, with a fake camera and microphone: a stranger on the landing page, a booking, a
 * payment, a lesson with video, board and chat through a kill -9, and the tutor paid 72 hours later, once.
 */
import { writeFile } from 'node:fs/promises';
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ask, bankState, businessNow, signIn, until, type Client } from '../support/api.ts';
import { openBrowser, personContext } from '../support/browser.ts';
import { demoButton, draw, joinLesson, open, picturesAdvance, signInAs, strokesOn } from '../support/pages.ts';
import { removeData, startProduct, type Product } from '../support/product.ts';

let product: Product;
let browser: Browser;
let student: Page;
let tutor: Page;
const contexts: BrowserContext[] = [];
const complaints: string[] = [];
let bookingId = '';
let code = '';

async function newPage(options: Parameters<typeof personContext>[1] = {}): Promise<Page> {
  const context = await personContext(browser, options);
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

const checkoutOf = (page: Page): FrameLocator => page.frameLocator('iframe.razorpay-checkout-frame');

interface Attended {
  readonly name: string;
  readonly hereMs: number;
  readonly sent: readonly { readonly to: number | null }[];
  readonly received: readonly { readonly to: number | null }[];
}

async function say(page: Page, words: string): Promise<void> {
  const box = page.getByRole('textbox', { name: /message/i });
  if (!(await box.isVisible())) await page.getByRole('button', { name: /^chat/i }).first().click();
  await box.fill(words);
  await box.press('Enter');
}

async function moveClock(page: Page, press: RegExp | string): Promise<void> {
  await open(page, `${product.url}/sandbox`);
  const before = await businessNow(product.url);
  await page.getByRole('button', { name: press }).first().click();
  await until('the clock to move', async () => (await businessNow(product.url)) > before + 60_000);
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  [student, tutor] = [await newPage(), await newPage()];
});

afterAll(async () => {
  for (const context of contexts) await context.close();
  await browser.close();
  await product.stop();
  await removeData(product);
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const [name, page] of Object.entries({ student, tutor }))
    await page.screenshot({ path: `test-results/main-job-${name}.png` });
  await writeFile('test-results/main-job.log', `${complaints.join('\n')}\n${product.output()}`);
});

describe('the main job', () => {
  it('1–2: it starts, says what it is, and a stranger finds a tutor with free times in their own zone', async () => {
    const health = await ask<Record<string, unknown>>(`${product.url}/health`);
    expect(health.body).toMatchObject({
      status: 'ok',
      roles: ['web', 'sync', 'sfu', 'worker'],
      adapters: { events: 'pglite', documents: 'pglite', bus: 'memory', objects: 'folder', payments: 'sandbox' },
    });
    await open(student, `${product.url}/`);
    await student.getByRole('button', { name: 'Find tutors' }).click();
    await student.waitForURL('**/tutors**');
    await student.getByText('14 tutors').first().waitFor();
    await open(student, `${product.url}/tutors?subject=Mathematics`);
    await student
      .getByRole('link', { name: /Kavita Rao/ })
      .first()
      .click();
    await student.waitForURL('**/tutors/kavita-rao**');
    await student.locator('html[data-awake]').waitFor({ state: 'attached' });
    await student
      .getByText(/Asia\/Kolkata/)
      .first()
      .waitFor();
  });

  it('3–4: signing in half-way returns to the chosen slot; a declined card is tried again; the booking is confirmed', async () => {
    await student.getByText('60 min', { exact: true }).first().click();
    await student
      .getByRole('link', { name: /\d{1,2}:\d\d\s?(am|pm)/ })
      .last()
      .click();
    await student.getByRole('link', { name: 'Book this seat' }).first().click();
    await student.waitForURL('**/sign-in?next=**');
    await demoButton(student, 'student@demo.test').click();
    await student.waitForURL((url) => url.pathname === '/book/kavita-rao');
    await student.locator('html[data-awake]').waitFor({ state: 'attached' });
    await student.getByRole('button', { name: /Book and pay ₹800/ }).click();
    await student.waitForURL('**/bookings/*');
    bookingId = new URL(student.url()).pathname.split('/').at(-1) ?? '';

    // The checkout opens by itself after “Book and pay”.
    const checkout = checkoutOf(student);
    await checkout.getByRole('button', { name: /Visa.*Declined by the bank/ }).click();
    await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
    await checkout.getByLabel('One-time password').fill('123456');
    await checkout.getByRole('button', { name: 'Confirm' }).click();
    await checkout.getByRole('heading', { name: 'Payment failed' }).waitFor();
    await checkout.getByRole('button', { name: 'Try again' }).click();
    await checkout.getByRole('tab', { name: 'UPI' }).click();
    await checkout.getByRole('button', { name: /success@razorpay/ }).click();
    await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
    // Booked for within the hour of the last free time of a day, the classroom may be open already.
    await student.getByText(/^(Your lesson is booked|The classroom is open)$/).waitFor();

    const mail = await until('the mail with its calendar file', async () => {
      const { body } = await ask<{ messages: { subject: string; attachments: unknown[] }[] }>(
        `${product.url}/sandbox/mail/messages?to=student@demo.test`,
      );
      return body.messages.find(({ subject }) => subject.startsWith('Booked'));
    });
    expect(JSON.stringify(mail.attachments)).toContain('.ics');
    const client = await signIn(product.url, 'student@demo.test');
    code = (await client.bookingWhen(bookingId, (booking) => booking.code !== null)).code ?? '';
    const { transfers } = await bankState(product.url);
    expect(transfers).toMatchObject([{ amount: 72_000, on_hold: true }]);
  });

  it('5: a waiting student sees the tutor come in without reloading; video, board and chat work both ways', async () => {
    await signInAs(tutor, product.url, 'tutor@demo.test');
    await moveClock(tutor, /next lesson/i);
    await open(student, `${product.url}/home`);
    let reloads = 0;
    student.on('framenavigated', (frame) => (reloads += frame === student.mainFrame() ? 1 : 0));
    await joinLesson(tutor, product.url, code);
    await student
      .getByText(/is in the classroom|your tutor is there/i)
      .first()
      .waitFor();
    expect(reloads).toBe(0);

    await joinLesson(student, product.url, code);
    await Promise.all([picturesAdvance(tutor, 1), picturesAdvance(student, 1)]);

    await draw(tutor, 0.4);
    await until('the tutor’s ink at the student', async () => (await strokesOn(student)) === 1);
    await draw(student, 0.6);
    await until('the student’s ink at the tutor', async () => (await strokesOn(tutor)) === 2);
    await say(student, 'Is this the right limit?');
    await say(tutor, 'Yes, go on.');
    await student.getByText('Yes, go on.').first().waitFor();

    await student.reload();
    await student.getByRole('button', { name: 'Join lesson' }).click();
    await until('the board after a reload', async () => (await strokesOn(student)) === 2);
    await student.getByText('Is this the right limit?').first().waitFor();
    await picturesAdvance(student, 1);
  });

  it('kill -9 in the middle of the lesson: the browsers come back by themselves and nothing is lost', async () => {
    const port = Number(new URL(product.url).port);
    await product.kill();
    product = await startProduct({ port, dataDir: product.dataDir });
    await Promise.all([picturesAdvance(tutor, 1, 60_000), picturesAdvance(student, 1, 60_000)]);
    expect(await strokesOn(student)).toBe(2);
    await draw(tutor, 0.7);
    await until('ink after the restart', async () => (await strokesOn(student)) === 3, 20_000);
    const client = await signIn(product.url, 'student@demo.test');
    const booking = await client.booking(bookingId);
    expect(booking).toMatchObject({ payment: 'paid', code });
  });

  it('6: the lesson ends, attendance comes from what happened, and the payout waits 72 hours', async () => {
    const clock = await newPage();
    await signInAs(clock, product.url, 'auditor@demo.test');
    const host = await signIn(product.url, 'tutor@demo.test');
    // A jump counts as minutes of media that flows by then: what flows is noticed every few seconds.
    const stillOpen = (intervals: readonly { to: number | null }[]): boolean => intervals.some(({ to }) => to === null);
    const flowing = (): Promise<boolean> =>
      until(
        'media of both to be counted',
        async () => {
          const { body } = await host.get<{ attendance: Attended[] }>(`/api/v1/lessons/${code}`);
          return body.attendance.filter(({ sent, received }) => stillOpen(sent) && stillOpen(received)).length === 2;
        },
        30_000,
      );
    await flowing();
    await moveClock(clock, '+30 min');
    await picturesAdvance(tutor, 1);
    await flowing();
    await moveClock(clock, '+30 min');
    await picturesAdvance(student, 1);
    await tutor.getByRole('button', { name: 'End lesson' }).click();
    await tutor.getByRole('button', { name: 'End for everyone' }).click();
    await student.locator('[data-phase="ended"]').waitFor();
    const client = host;
    const held = await until('the hold to run', async () => {
      const { body } = await client.get<{
        rows: { bookingId: string; state: string; t0: number; releaseAt: number; share: number }[];
      }>('/api/v1/earnings');
      return body.rows.find((row) => row.bookingId === bookingId && row.state === 'hold-running');
    });
    expect(held.releaseAt - held.t0).toBe(72 * 3_600_000);
    expect(held.share).toBe(72_000);
    await open(tutor, `${product.url}/tutor/earnings`);
    await tutor.getByText('₹720.00').first().waitFor();
    const { body: lesson } = await client.get<{ attendance: Attended[] }>(`/api/v1/lessons/${code}`);
    expect(lesson.attendance.map(({ name }) => name).sort()).toEqual(['Asha Menon', 'Kavita Rao']);
    for (const one of lesson.attendance) {
      expect(one.hereMs).toBeGreaterThan(55 * 60_000);
      expect(one.sent.length).toBeGreaterThan(0);
      expect(one.received.length).toBeGreaterThan(0);
    }
  });

  it('6: after 72 hours it is released, exactly once', async () => {
    expect((await bankState(product.url)).transfers[0]).toMatchObject({ on_hold: true });
    await moveClock(tutor, '+72 h');
    const client: Client = await signIn(product.url, 'tutor@demo.test');
    await until('the release', async () => {
      const { body } = await client.get<{ rows: { bookingId: string; state: string }[] }>('/api/v1/earnings');
      return body.rows.some((row) => row.bookingId === bookingId && row.state === 'released');
    });
    await moveClock(tutor, '+72 h');
    const { transfers } = await bankState(product.url);
    expect(transfers).toMatchObject([{ amount: 72_000, on_hold: false, amount_reversed: 0, holdsLifted: 1 }]);
    const { body } = await client.get<{ events: { type: string }[] }>(`/api/v1/bookings/${bookingId}/timeline`);
    for (const once of ['PaymentCaptured', 'TransferProcessed', 'HoldStarted', 'ReleaseAuthorized', 'HoldLifted'])
      expect(
        body.events.filter(({ type }) => type === once),
        once,
      ).toHaveLength(1);
  });

  it('7: ops and the auditor read every event of booking, payment, payout and lesson in order', async () => {
    for (const [email, path] of [
      ['ops@demo.test', `/ops/cases/${bookingId}`],
      ['auditor@demo.test', `/audit/bookings/${bookingId}`],
    ] as const) {
      const page = await newPage();
      await signInAs(page, product.url, email);
      await open(page, product.url + path);
      const text = await until('the timeline', async () => {
        const all = await page.locator('main').innerText();
        return /released/i.test(all) ? all : null;
      });
      for (const word of ['Asha Menon', 'Kavita Rao']) expect(text).toContain(word);
      expect((await page.goto(`${product.url}/tutor/earnings`))?.status()).toBe(404);
    }
    expect(complaints).toEqual([]);
  });
});
