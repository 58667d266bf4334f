import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandboxProcess, temporaryFolder, type RunningSandbox } from '../testing/process.ts';
import { createSdk, rejection, type Sdk } from '../testing/sdk.ts';

const folder = temporaryFolder();
let sandbox: RunningSandbox;
let sdk: Sdk;

beforeAll(async () => {
  sandbox = await startSandboxProcess(folder.path);
  sdk = createSdk(sandbox.url, undefined, 400);
});
afterAll(async () => {
  await sandbox.stop();
  folder.remove();
});

const inject = (kind: string, rest: Record<string, unknown> = {}) =>
  sandbox.control('faults', { method: 'POST', route: '/v1/orders', kind, ...rest });
const create = (receipt: string) => sdk.razorpay.orders.create({ amount: 1000, currency: 'INR', receipt });
const found = async (receipt: string) => (await sdk.razorpay.orders.all({ receipt })).items.length;

it('throttles, and only as often as asked', async () => {
  await inject('429', { times: 2 });
  expect(await rejection(create('throttled'))).toMatchObject({ statusCode: 429, error: { source: 'NA' } });
  expect(await rejection(create('throttled'))).toMatchObject({ statusCode: 429 });
  await create('throttled');
  expect(await found('throttled')).toBe(1);
});

it.each(['500', '502-html'])('%s: nothing happened', async (kind) => {
  await inject(kind);
  expect(await rejection(create(kind))).toMatchObject({ statusCode: kind === '500' ? 500 : 502 });
  expect(await found(kind)).toBe(0);
});

it('500-after-commit: an error, and yet it happened', async () => {
  await inject('500-after-commit');
  expect(await rejection(create('lied'))).toMatchObject({ statusCode: 500 });
  expect(await found('lied')).toBe(1);
});

it.each([
  ['timeout-before-commit', 0],
  ['timeout-after-commit', 1],
])('%s: no answer, and %i orders', async (kind, orders) => {
  await inject(kind);
  await expect(create(kind)).rejects.toThrow(/Cannot read properties of undefined/);
  expect(await found(kind)).toBe(orders);
});

it('logs each call with what became of it', async () => {
  await inject('timeout-after-commit', { ms: 0 });
  await expect(create('logged')).rejects.toThrow();
  const { log } = (await sandbox.state()).requests;
  expect(log.at(-1)).toMatchObject({
    method: 'POST',
    route: '/v1/orders',
    status: null,
    committed: true,
    fault: 'timeout-after-commit',
    body: expect.stringContaining('"receipt":"logged"'),
  });
});

it('keeps browsers away from the control surface', async () => {
  const answer = await fetch(`${sandbox.url}/control/state`, { headers: { origin: 'http://localhost:3000' } });
  expect(answer.status).toBe(403);
});
