/** The control page and the way its calls take, directly and through the pass-through of a merchant's site. */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost, type Host } from '../../testing/host.ts';
import { useScene } from '../../testing/scene.ts';
import { field } from '../../testing/shapes.ts';

const scene = useScene();
let host: Host;
beforeAll(async () => {
  host = await startHost(scene().sandbox.url);
});
afterAll(() => host.close());

const press = (url: string, path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}/sandbox/control/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, ...headers },
    body: JSON.stringify(body),
  });

describe('the control page', () => {
  it('comes with a policy that lets in nothing from elsewhere, and with every file it names', async () => {
    const page = await fetch(`${host.url}/sandbox/razorpay/control`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const html = await page.text();
    expect(html).not.toMatch(/<script(?![^>]*src=)| style=| on[a-z]+=/);
    const wanted = [...html.matchAll(/(?:src|href)="(\/sandbox\/razorpay\/[^"]+)"/g)].flatMap(([, path]) => path ?? []);
    const seen = new Set<string>();
    while (wanted.length > 0) {
      const path = wanted.pop() ?? '';
      if (seen.has(path)) continue;
      seen.add(path);
      const file = await fetch(`${host.url}${path}`);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get('content-type')).toMatch(path.endsWith('.css') ? /text\/css/ : /javascript/);
      for (const [, next] of (await file.text()).matchAll(/from '(\.[^']+)'/g)) {
        wanted.push(new URL(next ?? '', `http://x${path}`).pathname);
      }
    }
    expect(seen.size).toBeGreaterThan(8);
  });

  it.each([
    ['through the site', () => host.url],
    ['directly', () => scene().sandbox.url],
  ])('pays an order and opens a dispute, %s', async (_how, url) => {
    const order = await scene().sdk.razorpay.orders.create({ amount: 80_000, currency: 'INR' });
    const paid = await press(url(), `orders/${order.id}/pay`, {});
    expect(paid.status).toBe(200);
    const payment = String(field(await paid.json(), 'payment_id'));
    const opened = await press(url(), `payments/${payment}/disputes`, { amount: 10_050 });
    expect(await opened.json()).toMatchObject({ status: 'open', amount: 10_050 });
    const state: unknown = await (await fetch(`${url()}/sandbox/control/state?limit=1`)).json();
    expect(field(state, 'disputes')).toMatchObject([{ payment_id: payment }]);
    const refused = await press(url(), `payments/${payment}/disputes`, {});
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: { description: expect.stringContaining('not decided yet') } });
  });

  it.each([
    ['another site', { origin: 'https://evil.test' }],
    ['a request without an origin that says it crosses sites', { 'sec-fetch-site': 'cross-site' }],
  ])('is closed to %s', async (_who, headers) => {
    const answer = await press(scene().sandbox.url, 'settlements/run', {}, headers);
    expect(answer.status).toBe(403);
  });
});

it('is closed to a name that another site lets point here', async () => {
  // By hand: fetch sets the host itself.
  const { hostname, port } = new URL(scene().sandbox.url);
  const status = await new Promise((resolve, reject) => {
    request(
      { hostname, port, path: '/control/state', headers: { host: 'evil.test', origin: 'http://evil.test' } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      },
    )
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

describe('the state', () => {
  it('can be asked for in parts, the newest of each, or since a moment', async () => {
    const { paidPayment, sandbox } = scene();
    await paidPayment(1000);
    await paidPayment(2000);
    const read = (query: string) => sandbox.control(`state?${query}`);
    const part = await read('only=orders,balances&limit=1');
    expect(Object.keys(part).toSorted()).toEqual([
      'balances',
      'clock',
      'counts',
      'faults',
      'orders',
      'platformAccountId',
    ]);
    expect(part.orders).toMatchObject([{ amount: 2000 }]);
    const { now } = (await sandbox.state()).clock;
    expect(await read(`since=${Math.floor(now / 1000) + 10}`)).toMatchObject({
      orders: [],
      payments: [],
      webhooks: { events: [] },
    });
    await expect(read('only=colours')).rejects.toThrow(/only knows/);
  });

  it('shows the faults in force until they are used up or cleared', async () => {
    const { sandbox } = scene();
    const faults = async () => (await sandbox.control('state?only=balances')).faults;
    await sandbox.control('faults', { method: 'POST', route: '/v1/orders', kind: '429', times: 2 });
    await sandbox.control('webhooks/faults', { kind: 'drop', event: 'order.paid' });
    await sandbox.control('refunds/pend', { times: 3 });
    expect(await faults()).toMatchObject({
      api: [{ method: 'POST', route: '/v1/orders', kind: '429', left: 2 }],
      webhooks: [{ kind: 'drop', event: 'order.paid', left: 1 }],
      refundsToPend: 3,
    });
    await sandbox.control('faults', undefined, 'DELETE');
    await sandbox.control('webhooks/faults', undefined, 'DELETE');
    expect(await faults()).toEqual({ api: [], webhooks: [], refundsToPend: 0 });
    await expect(sandbox.control('faults', { method: 'POST', route: '/v1/nowhere', kind: '429' })).rejects.toThrow(
      /There is no call POST \/v1\/nowhere/,
    );
  });
});
