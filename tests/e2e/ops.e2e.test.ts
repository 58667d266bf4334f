/** Ops and an auditor at work on the money of one disputed lesson, on their pages, through the whole program. */
import { randomUUID } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankState, businessNow, payOrder, signIn, tutorBySlug, until, type Client } from '../support/api.ts';
import { verifyDocument } from '#events/store/audit/document.ts';
import { closeAll, openBrowser, personContext } from '../support/browser.ts';
import { joinLesson, open } from '../support/pages.ts';
import { readPdf } from '../support/pdf-text.ts';
import { startProduct, type Product } from '../support/product.ts';

const MINUTE = 60_000;
/** Above what one person decides alone, paise. */
const PRICE = 800_000;

let product: Product;
let browser: Browser;
let bookingId = '';
const contexts: BrowserContext[] = [];
const complaints: string[] = [];

async function pageOf(who: string): Promise<Page> {
  const context = await personContext(browser);
  contexts.push(context);
  await context.request.post(`${product.url}/api/v1/demo-sign-in`, { data: { email: `${who}@demo.test` } });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
  return page;
}

/** A form of one of the pages, as a script sends it. */
async function send(page: Page, path: string, fields: readonly (readonly [string, string])[]): Promise<void> {
  const multipart = new FormData();
  for (const [name, value] of fields) multipart.append(name, value);
  const headers = { origin: product.url, 'x-sveltekit-action': 'true' };
  const answer = await page.context().request.post(product.url + path, { multipart, headers });
  expect(await answer.json()).toMatchObject({ type: 'success' });
}

const clockTo = (page: Page, to: number): Promise<void> =>
  send(page, '/sandbox?/clock', [['to', String(Math.floor(to))]]);

/** A lesson of `PRICE` that tutor and student came to, and about which both have spoken. */
async function disputedLesson(asha: Client): Promise<string> {
  const [tutor, student] = [await pageOf('tutor'), await pageOf('student')];
  await send(tutor, '/tutor/profile?/offers', [
    ['requestId', randomUUID()],
    ['offerId', 'hour'],
    ['title', 'One hour'],
    ['minutes', '60'],
    ['seats', '1'],
    ['price', String(PRICE / 100)],
  ]);
  const { tutorId, slots } = await tutorBySlug(product.url, 'kavita-rao');
  const now = await businessNow(product.url);
  const slot = slots.find(({ offerId, startsAt }) => offerId === 'hour' && startsAt > now + 120 * MINUTE);
  if (!slot) throw new Error('No free hour');
  const { body } = await asha.book({ tutorId, offerId: 'hour', startsAt: slot.startsAt });
  await payOrder(product.url, body.orderId ?? '');
  const booked = await asha.bookingWhen(body.bookingId, ({ code }) => code !== null);
  await until('the transfer', async () => (await bankState(product.url)).transfers.length > 0);

  await clockTo(tutor, slot.startsAt - 5 * MINUTE);
  await joinLesson(tutor, product.url, booked.code ?? '');
  await joinLesson(student, product.url, booked.code ?? '');
  await clockTo(tutor, slot.startsAt + 20 * MINUTE);
  const key = (): Record<string, string> => ({ 'idempotency-key': randomUUID() });
  await until('the dispute to be open', async () => {
    const complaint = { cause: 'cut-short', text: 'The sound was gone for most of it.' };
    return (await asha.post(`/api/v1/bookings/${body.bookingId}/dispute`, complaint, key())).status === 200;
  });
  const kavita = await signIn(product.url, 'tutor@demo.test');
  const answer = { text: 'My router failed. I stayed longer.' };
  await until('the answer to be taken', async () => {
    return (await kavita.post(`/api/v1/bookings/${body.bookingId}/dispute/answer`, answer, key())).status === 200;
  });
  // Their sound and picture would only take time from the pages to come.
  for (const context of contexts.splice(0)) await context.close();
  return body.bookingId;
}

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  bookingId = await disputedLesson(await signIn(product.url, 'student@demo.test'));
}, 120_000);

afterAll(() => closeAll(browser, product));

describe('what waits, and what leaves the house of it', () => {
  it('Q1, Q3, EV16, LK2: a queue is narrowed down in its address; evidence is taken along whole, signed and noted', async () => {
    const nikhil = await pageOf('ops');
    await open(nikhil, `${product.url}/ops`);
    const row = nikhil.getByRole('link', { name: 'The lesson was cut short' });
    await row.waitFor();
    await nikhil.getByText('The facts:').waitFor();
    await nikhil.locator('.finer select').first().selectOption('tutor');
    await row.waitFor({ state: 'detached' });
    await nikhil.waitForURL('**/ops?waits=tutor');
    await nikhil.reload();
    await nikhil.getByText('Nothing that waits fits.').waitFor();
    await nikhil.getByRole('button', { name: 'Clear the filter' }).first().click();
    await row.waitFor();
    await nikhil.getByRole('button', { name: 'Above ₹5,000' }).click();
    await nikhil.waitForURL('**/ops?large=1');
    await row.waitFor();
    await row.click();
    await nikhil.waitForURL(`**/ops/cases/${bookingId}`);

    const path = `${product.url}/ops/cases/${bookingId}/evidence`;
    const { request } = nikhil.context();
    await nikhil.getByRole('link', { name: 'Signed file of the evidence as it stands now' }).waitFor();
    const file = await (await request.get(`${path}.json`)).body();
    const { publicKey } = await (await request.get(`${product.url}/api/v1/audit/key`)).json();
    const verdict = await verifyDocument(file, [publicKey]);
    expect(verdict).toMatchObject({ kind: 'document', document: { kind: 'evidence', paper: { bookingId } } });
    const { pages } = await readPdf(await (await request.get(`${path}.pdf`)).body());
    expect(pages.join('\n')).toContain('PaymentCaptured');
    expect((await request.get(`${path}.pdf?kept=nothing`)).status()).toBe(404);
    const asha = await pageOf('student');
    expect((await asha.context().request.get(`${path}.json`)).status()).toBe(404);

    await until('the copies to be noted', async () => {
      await nikhil.reload();
      const looks = nikhil.getByRole('region', { name: 'Who looked at this case' });
      await looks.locator('summary').click();
      return (await looks.getByText('Took a copy of its evidence').count()) === 2;
    });
    for (const context of contexts.splice(0)) await context.close();
  });
});

describe('a refund above ₹5,000', () => {
  it('is decided by two people of ops on the page of the case; the one who proposed it cannot agree', async () => {
    const [nikhil, divya] = [await pageOf('ops'), await pageOf('ops2')];
    await open(nikhil, `${product.url}/ops`);
    await nikhil.getByRole('link', { name: 'The lesson was cut short' }).waitFor();
    await nikhil.keyboard.press('j');
    await nikhil.locator('[data-row] a:focus').waitFor();
    await nikhil.keyboard.press('Enter');
    await nikhil.waitForURL(`**/ops/cases/${bookingId}`);
    const facts = nikhil.getByRole('region', { name: 'What the facts say' });
    await facts.getByText('The lesson is not over yet. This grows by itself.').waitFor();
    await facts.getByRole('listitem').filter({ hasText: 'was paid once, as agreed' }).getByRole('link').click();
    await nikhil.locator('li:target details[open]').getByText('PaymentCaptured').first().waitFor();
    await nikhil.getByRole('radio', { name: /^A part/ }).check();
    await nikhil.getByRole('textbox', { name: 'Amount in rupees' }).fill('6,000.50');
    await nikhil.getByRole('textbox', { name: 'Reason' }).fill('Most of the lesson could not be heard.');
    await nikhil.getByText('a second person must agree').waitFor();
    // money.md §4: the tutor's part of the refund, to the paisa.
    await nikhil.getByText('₹5,400.45').waitFor();
    await nikhil.getByRole('button', { name: 'Propose: refund ₹6,000.50' }).click();
    await nikhil.getByRole('dialog').getByRole('button', { name: 'Propose', exact: true }).click();
    await nikhil.getByText('You proposed this.').waitFor();
    expect(await nikhil.getByRole('button', { name: /^Agree/ }).count()).toBe(0);
    expect((await bankState(product.url)).reversals).toHaveLength(0);

    await open(divya, `${product.url}/ops`);
    await divya.getByText('Nikhil Shah proposes to refund ₹6,000.50.').waitFor();
    await divya.getByRole('link', { name: 'Look and confirm' }).click();
    await divya.getByRole('button', { name: 'Agree: refund ₹6,000.50' }).click();
    await divya.getByRole('dialog').getByRole('button', { name: 'Agree: refund ₹6,000.50' }).click();
    await divya.getByText('Decided by Nikhil Shah, agreed by Divya Pillai').waitFor();

    const kept = divya.getByRole('region', { name: 'What the facts say' });
    await kept.getByText(/Kept with the decision/).waitFor();
    await kept.getByText(/Kept with the second person’s yes/).waitFor();

    const refund = await until('the refund at the bank', async () => (await bankState(product.url)).refunds[0]);
    expect(refund.amount).toBe(600_050);
    expect((await bankState(product.url)).reversals.map(({ amount }) => amount)).toEqual([540_045]);
  });
});

describe('an auditor', () => {
  it('sees debits and credits equal, of all books and of the booking, and takes them along', async () => {
    const suresh = await pageOf('auditor');
    await until('the refund to be posted', async () => {
      await open(suresh, `${product.url}/audit/bookings/${bookingId}`);
      return (await suresh.locator('dl.equation').innerText()).includes('₹6,000.50');
    });
    expect(await suresh.getByText('It adds up.').count()).toBe(1);
    const journal = await suresh.context().request.get(`${product.url}/audit/bookings/${bookingId}/journal.csv`);
    expect((await journal.text()).split('\r\n')[0]).toContain('debit_inr');

    await open(suresh, `${product.url}/audit`);
    expect(await suresh.locator('[data-sum]').getAttribute('data-sum')).toBe('0');
    await suresh.getByText('the sum is ₹0.00').waitFor();
    const csv = await suresh.context().request.get(`${product.url}/audit/trial-balance.csv`);
    expect((await csv.text()).trimEnd().split('\r\n').at(-1)).toMatch(/^total,,,(\d+\.\d\d),\1,0\.00$/);
    expect(complaints).toEqual([]);
  });

  it('finds nothing posted before the first payment', async () => {
    const suresh = await pageOf('auditor');
    await open(suresh, `${product.url}/audit?at=2020-01-01T00:00`);
    const total = await suresh.locator('tfoot').first().innerText();
    expect(total.match(/₹[\d,.]+/g)).toEqual(['₹0.00', '₹0.00', '₹0.00']);
  });

  it('[AO1] [AO8] [AO9] goes back event by event, and sees what differs from now', async () => {
    const suresh = await pageOf('auditor');
    await open(suresh, `${product.url}/audit/bookings/${bookingId}`);
    await suresh.getByRole('link', { name: 'As of an earlier time' }).click();
    await suresh.getByRole('heading', { name: 'As it stood then' }).waitFor();
    const stood = (id: string) => suresh.locator(`[data-stood="${id}"] dd`);
    expect(await stood('refunded').innerText()).toBe('₹6,000.50');

    await open(suresh, `${product.url}/audit/bookings/${bookingId}/then?by=recorded&at=1000`);
    await suresh.getByText('This booking did not exist yet.').waitFor();
    await suresh.getByRole('link', { name: 'One event later' }).click();
    await stood('state').getByText('waits for the tutor').waitFor();
    await stood('payment').getByText('nothing asked yet').waitFor();

    await suresh.getByRole('link', { name: 'Compare with now' }).click();
    const differs = (id: string) => suresh.locator(`[data-differs="${id}"]`);
    await differs('refunded').getByText('+₹6,000.50').waitFor();
    await differs('gross').getByText('+₹8,000.00').waitFor();
    expect(await differs('price').count()).toBe(0);
    const ops = await pageOf('ops');
    const refused = await ops.context().request.get(`${product.url}/audit/bookings/${bookingId}/then`);
    expect(refused.status()).toBe(404);
    expect(complaints).toEqual([]);
  });

  it('decides nothing', async () => {
    const suresh = await pageOf('auditor');
    await open(suresh, `${product.url}/audit/bookings/${bookingId}`);
    expect(await suresh.locator('form').count()).toBe(0);
    const headers = { origin: product.url, 'x-sveltekit-action': 'true' };
    const forged = await suresh.context().request.post(`${product.url}/ops/cases/${bookingId}?/decide`, {
      form: { requestId: randomUUID(), refund: '0', reason: 'mine' },
      headers,
    });
    expect(await forged.json()).toMatchObject({ type: 'error', error: { code: 'not-found' } });
  });
});
