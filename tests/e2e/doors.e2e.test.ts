/** What must not open: roles by form, foreign pages, forged webhooks, guessing, sockets that nobody owns. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../support/api.ts';
import { removeData, startProduct, type Product } from '../support/product.ts';

let product: Product;

beforeAll(async () => {
  product = await startProduct();
});

afterAll(async () => {
  await removeData(product);
});

/** A raw websocket upgrade; resolves with what came back, or null while nothing did for `ms`. */
function upgrade(path: string, ms: number): Promise<{ answer: string | null; socket: Socket }> {
  return new Promise((done, failed) => {
    const socket = connect(Number(new URL(product.url).port), '127.0.0.1');
    socket.on('error', failed);
    const timer = setTimeout(() => done({ answer: null, socket }), ms);
    socket.on('data', (data) => {
      clearTimeout(timer);
      done({ answer: data.toString().split('\r\n')[0] ?? '', socket });
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
  });
}

const wrongSignIn = (email: string, address: string): Promise<{ status: number; body: { code: string } }> =>
  ask(`${product.url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url, 'x-forwarded-for': address },
    body: JSON.stringify({ email, password: 'not the password' }),
  });

describe('a door that is not ours to open', () => {
  it('no role can be chosen by a form, and a foreign page cannot post', async () => {
    const signUp = await ask<{ code: string }>(`${product.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: product.url },
      body: JSON.stringify({ name: 'M', email: 'm@x.test', password: 'long enough', role: 'ops' }),
    });
    expect([signUp.status, signUp.body.code]).toEqual([400, 'ROLE_NOT_ALLOWED']);
    const foreign = await ask<{ code: string }>(`${product.url}/api/v1/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://elsewhere.test' },
      body: JSON.stringify({ email: 'ops@demo.test', password: 'nexused-demo' }),
    });
    expect([foreign.status, foreign.body.code]).toEqual([403, 'foreign-origin']);
  });

  it('a webhook with a wrong signature changes nothing', async () => {
    const answer = await ask<{ code: string }>(`${product.url}/webhooks/razorpay`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-razorpay-signature': '0'.repeat(64),
        'x-razorpay-event-id': 'evt_forged',
      },
      body: '{"event":"payment.captured"}',
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'bad-signature']);
  });

  it('stays shut for guessing: per account, whatever address the guesser claims, and per address, whatever the account', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 34; index += 1)
      statuses.push((await wrongSignIn('ops@demo.test', `10.0.0.${index}`)).status);
    expect(statuses.slice(0, 30).every((status) => status === 401)).toBe(true);
    expect(statuses.slice(30).every((status) => status === 429)).toBe(true);
    for (let index = 0; index < 40; index += 1)
      statuses.push((await wrongSignIn(`nobody-${index}@demo.test`, `10.0.1.${index}`)).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('answers an upgrade that nobody owns with 404', async () => {
    for (const path of ['/livexyz', '/signallingfoo', '/live', '/anything']) {
      const { answer, socket } = await upgrade(path, 3_000);
      socket.destroy();
      expect(answer, path).toContain('404');
    }
  });

  it('keeps no link in the log that works like a password', async () => {
    for (const path of ['/api/auth/reset-password/', '/study/join/', '/messages/join/'])
      await fetch(`${product.url}${path}secret-token?callbackURL=/`, { redirect: 'manual' });
    expect(product.output()).not.toContain('secret-token');
  });
});

describe('stopping', () => {
  it('is clean and quick although somebody holds an open socket', async () => {
    const held = connect(Number(new URL(product.url).port), '127.0.0.1');
    held.on('error', () => held.destroy());
    await new Promise((done) => held.once('connect', done));
    const { socket } = await upgrade('/live/?EIO=4&transport=websocket', 1_000);
    socket.on('error', () => socket.destroy());
    const started = Date.now();
    expect(await product.stop()).toBe(0);
    expect(Date.now() - started).toBeLessThan(8_000);
    held.destroy();
    socket.destroy();
  });
});
