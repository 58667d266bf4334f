/** The checkout in a real browser, inside a merchant's page with a strict CSP and behind a plain proxy. */
import { createHmac } from 'node:crypto';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type FrameLocator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { startHost, type Host } from '../../testing/host.ts';
import {
  KEY_ID,
  KEY_SECRET,
  startSandboxProcess,
  temporaryFolder,
  type RunningSandbox,
} from '../../testing/process.ts';
import { createSdk, type Sdk } from '../../testing/sdk.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let sdk: Sdk;
let host: Host;
let browser: Browser;
const complaints: string[] = [];

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
  sdk = createSdk(sandbox.url);
  host = await startHost(sandbox.url);
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-quic',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
});
afterAll(async () => {
  await browser.close();
  await host.close();
  await sandbox.stop();
  folder.remove();
});
afterEach(() => {
  expect(complaints.splice(0)).toEqual([]);
});

interface Opened {
  readonly page: Page;
  readonly checkout: FrameLocator;
  readonly orderId: string;
  /** What the merchant's page was told, in order. */
  told(): Promise<{ kind: string; detail: Record<string, unknown> }[]>;
}

async function open({
  width = 1280,
  height = 800,
  scheme = 'light',
  query = '',
}: { width?: number; height?: number; scheme?: 'light' | 'dark'; query?: string } = {}): Promise<Opened> {
  const order = await sdk.razorpay.orders.create({ amount: 80_000, currency: 'INR' });
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused/.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(host.url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(`${host.url}/?key=${KEY_ID}&order_id=${order.id}${query}`);
  await page.click('#pay');
  const checkout = page.frameLocator('iframe.razorpay-checkout-frame');
  await checkout.getByRole('tab', { name: 'Cards' }).waitFor();
  return {
    page,
    checkout,
    orderId: order.id,
    async told() {
      const lines = (await page.textContent('#log')) ?? '';
      return lines
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
    },
  };
}

async function payByCard(checkout: FrameLocator, instrument: RegExp, otp: string): Promise<void> {
  await checkout.getByRole('button', { name: instrument }).click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByLabel('One-time password').fill(otp);
  await checkout.getByRole('button', { name: 'Confirm' }).click();
}
const heading = (checkout: FrameLocator, name: string | RegExp) => checkout.getByRole('heading', { name });
const overlayGone = (page: Page) => page.locator('.razorpay-container').waitFor({ state: 'detached' });

it('pays by card and hands over a signature that proves it', async () => {
  const { page, checkout, orderId, told } = await open();
  await expect.poll(() => checkout.locator('#merchant').textContent()).toBe('NexusEd');
  await checkout.getByText('Test payment — no real money moves').waitFor();
  await payByCard(checkout, /Visa.*1007/, '1234');
  await overlayGone(page);
  const [{ kind, detail } = { kind: '', detail: {} }, ...rest] = await told();
  expect(rest).toEqual([]);
  expect(kind).toBe('paid');
  expect(detail).toMatchObject({ razorpay_order_id: orderId });
  expect(detail.razorpay_signature).toBe(
    createHmac('sha256', KEY_SECRET)
      .update(`${orderId}|${String(detail.razorpay_payment_id)}`)
      .digest('hex'),
  );
  expect(await sdk.razorpay.payments.fetch(String(detail.razorpay_payment_id))).toMatchObject({
    status: 'captured',
    method: 'card',
    amount: 80_000,
    email: 'asha@demo.test',
    notes: { page: 'merchant' },
  });
  await page.context().close();
});

it('shows why a card was declined, and takes UPI at the second try', async () => {
  const { page, checkout, orderId, told } = await open();
  await payByCard(checkout, /Visa.*Declined by the bank/, '123456');
  await heading(checkout, 'Payment failed').waitFor();
  await checkout.getByText(/declined by your bank/).waitFor();
  await checkout.getByText('card_declined').waitFor();
  await checkout.getByRole('button', { name: 'Try again' }).click();
  await checkout.getByRole('tab', { name: 'UPI' }).click();
  await checkout.getByRole('button', { name: /success@razorpay/ }).click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await heading(checkout, 'Waiting for your UPI app').waitFor();
  await overlayGone(page);
  expect((await told()).map(({ kind }) => kind)).toEqual(['failed', 'paid']);
  expect((await told())[0]?.detail).toMatchObject({ reason: 'card_declined', metadata: { order_id: orderId } });
  expect(await sdk.razorpay.orders.fetch(orderId)).toMatchObject({ status: 'paid', attempts: 2 });
  await page.context().close();
});

it('closes by its button and by Escape, and says so', async () => {
  for (const leave of ['button', 'key']) {
    const { page, checkout, orderId, told } = await open();
    if (leave === 'button') await checkout.getByRole('button', { name: 'Close the checkout' }).click();
    else await page.keyboard.press('Escape');
    await overlayGone(page);
    expect((await told()).map(({ kind }) => kind)).toEqual(['dismissed']);
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('pay');
    expect(await sdk.razorpay.orders.fetch(orderId)).toMatchObject({ status: 'created', attempts: 0 });
    await page.context().close();
  }
});

it('ends the attempt when it is closed in the middle of one', async () => {
  const { page, checkout, orderId, told } = await open();
  await checkout.getByRole('button', { name: /MasterCard.*1002/ }).click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByLabel('One-time password').waitFor();
  await checkout.getByRole('button', { name: 'Close the checkout' }).click();
  await overlayGone(page);
  expect((await told()).map(({ kind, detail }) => [kind, detail?.reason])).toEqual([
    ['failed', 'payment_cancelled'],
    ['dismissed', undefined],
  ]);
  const { items } = await sdk.razorpay.orders.fetchPayments(orderId);
  expect(items).toMatchObject([{ status: 'failed', error_reason: 'payment_cancelled' }]);
  await page.context().close();
});

it('refuses a short OTP, a card that is no test card, and an unknown UPI id, each in its place', async () => {
  const { page, checkout } = await open();
  await payByCard(checkout, /Visa.*1007/, '12');
  await checkout.getByText('incorrect_otp').waitFor();
  await checkout.getByRole('button', { name: 'Try again' }).click();
  const number = checkout.getByLabel('Card number');
  await number.fill('');
  await number.pressSequentially('4111111111111111');
  expect(await number.inputValue()).toBe('4111 1111 1111 1111');
  await checkout.getByLabel('CVV').fill('123');
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByText('Only test cards work here. Never type the number of a real card.').first().waitFor();
  expect(await number.getAttribute('aria-invalid')).toBe('true');
  await checkout.getByRole('tab', { name: 'UPI' }).click();
  await checkout.getByLabel('UPI ID').fill('me@bank');
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout
    .getByText(/No such UPI ID/)
    .first()
    .waitFor();
  await page.context().close();
});

it('asks at the mock bank, for netbanking and wallets, on a phone in the dark', async () => {
  const { page, checkout, told } = await open({ width: 390, height: 844, scheme: 'dark' });
  await checkout.getByRole('tab', { name: 'Netbanking' }).click();
  await checkout.getByText('Axis Bank').click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await heading(checkout, 'Axis Bank asks: pay ₹800.00?').waitFor();
  await checkout.getByRole('button', { name: 'Failure' }).click();
  await checkout.getByRole('button', { name: 'Try again' }).click();
  await checkout.getByRole('tab', { name: 'Wallet' }).click();
  await checkout.getByText('PhonePe').click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByRole('button', { name: 'Success' }).click();
  await overlayGone(page);
  expect((await told()).map(({ kind }) => kind)).toEqual(['failed', 'paid']);
  await page.context().close();
});

it('lets a card time out after the OTP', async () => {
  const { page, checkout } = await open();
  await checkout.getByText('21 more test cards').click();
  await payByCard(checkout, /Visa.*Times out/, '1234');
  await heading(checkout, 'Waiting for the bank').waitFor();
  await checkout.getByText('payment_timed_out').waitFor();
  await page.context().close();
});

it('closes by itself when the time that the merchant gives is over', async () => {
  const { page, checkout, told } = await open({ query: '&timeout=2' });
  await checkout.getByText(/Time left 0:0\d/).waitFor();
  await overlayGone(page);
  expect(await told()).toEqual([{ kind: 'dismissed', detail: 'timeout' }]);
  await page.context().close();
});

it('counts a cancelled UPI request as paid, as test mode does', async () => {
  const { page, checkout, told } = await open();
  await checkout.getByRole('tab', { name: 'UPI' }).click();
  await checkout.getByRole('button', { name: /success@razorpay/ }).click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByRole('button', { name: 'Cancel', exact: true }).click();
  await overlayGone(page);
  expect((await told()).map(({ kind }) => kind)).toEqual(['paid']);
  await page.context().close();
});

it('can be used with the keyboard alone', async () => {
  const { page, checkout, told } = await open();
  await checkout.getByRole('tab', { name: 'Cards' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => checkout.getByRole('tab', { name: 'UPI' }).getAttribute('aria-selected')).toBe('true');
  await page.keyboard.press('Tab');
  await page.keyboard.type('success@razorpay');
  await page.keyboard.press('Enter');
  await overlayGone(page);
  expect((await told()).map(({ kind }) => kind)).toEqual(['paid']);
  await page.context().close();
});

it('says so when the order is paid already', async () => {
  const { page, checkout, orderId } = await open();
  await checkout.getByRole('button', { name: 'Close the checkout' }).click();
  await overlayGone(page);
  await sandbox.control(`orders/${orderId}/pay`, {});
  await page.click('#pay');
  await heading(checkout, 'Already paid').waitFor();
  await page.context().close();
});

it.each([
  { width: 1280, height: 800, scheme: 'light' as const, tabs: ['Cards'] },
  { width: 390, height: 844, scheme: 'dark' as const, tabs: ['Netbanking', 'Cards'] },
])('has nothing that axe complains about, and scrolls nowhere sideways: $width px, $scheme', async (how) => {
  const { page, checkout } = await open(how);
  const found: string[] = [];
  const check = async (): Promise<void> => {
    const { violations } = await new AxeBuilder({ page }).include('iframe.razorpay-checkout-frame').analyze();
    found.push(...violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)));
    const overflow = await checkout
      .locator('html')
      .evaluate((root) => Math.max(root.scrollWidth - root.clientWidth, document.body.scrollWidth - root.clientWidth));
    if (overflow > 0) found.push(`${overflow} px too wide`);
  };
  for (const name of how.tabs) {
    await checkout.getByRole('tab', { name }).click();
    await check();
  }
  await checkout.getByRole('button', { name: /Visa.*1007/ }).click();
  await checkout.getByRole('button', { name: 'Pay ₹800.00' }).click();
  await checkout.getByLabel('One-time password').waitFor();
  await check();
  expect(found).toEqual([]);
  await page.context().close();
});
