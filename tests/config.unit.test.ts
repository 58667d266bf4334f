import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '#config';

/** All that one of several processes needs. */
const SPLIT = {
  ROLES: 'web',
  DATABASE_URL: 'postgres://x/y',
  REDIS_URL: 'redis://x',
  RAZORPAY_KEY_ID: 'a',
  RAZORPAY_KEY_SECRET: 'b',
  RAZORPAY_WEBHOOK_SECRET: 'c',
  AUTH_SECRET: 'd'.repeat(32),
  TICKET_KEY: 'e'.repeat(32),
  AUDIT_KEY: 'a'.repeat(64),
  DATA_KEY: 'b'.repeat(64),
  NODE_PUBLIC_URL: 'https://node.test',
};

describe('configuration', () => {
  it('takes one role of several processes when all that they share is given', () => {
    expect([...parseConfig(SPLIT).roles]).toEqual(['web']);
  });

  it('starts with nothing set: all roles, embedded stores, sandbox payments, port 3000 on this machine only', () => {
    const config = parseConfig({});
    expect([...config.roles]).toEqual(['web', 'sync', 'sfu', 'worker']);
    expect(config.port).toBe(3000);
    expect(config.host).toBe('127.0.0.1');
    expect(config.payments.kind).toBe('sandbox');
    expect(config.databaseUrl).toBeNull();
  });

  it.each([
    [{ PORT: 'eighty' }, /PORT/],
    [{ PORT: '70000' }, /PORT/],
    [{ ROLES: 'web,cook' }, /cook/],
    [{ ROLES: 'web' }, /DATABASE_URL and REDIS_URL/],
    [{ ROLES: 'web', DATABASE_URL: 'postgres://x/y' }, /REDIS_URL/],
    [{ ...SPLIT, RAZORPAY_KEY_ID: '' }, /RAZORPAY_KEY_SECRET|RAZORPAY/],
    [{ ...SPLIT, AUTH_SECRET: '' }, /AUTH_SECRET/],
    [{ ...SPLIT, NODE_PUBLIC_URL: '' }, /web without sync.*NODE_PUBLIC_URL/],
    [{ ...SPLIT, ROLES: 'sfu', NODE_PUBLIC_URL: '' }, /sfu without web.*NODE_PUBLIC_URL/],
    [{ DATABASE_URL: 'mysql://x/y' }, /DATABASE_URL/],
    [{ RAZORPAY_KEY_ID: 'rzp_test_1' }, /RAZORPAY_KEY_SECRET, RAZORPAY_WEBHOOK_SECRET/],
    [{ TLS_CERT: '/c.pem' }, /TLS_KEY/],
    [{ EVENTSTORE_URL: 'http://x' }, /EVENTSTORE_URL/],
    [{ TURN_URLS: 'turn:a' }, /TURN_SECRET/],
    [{ TURN_URLS: 'turn:a, https://b', TURN_SECRET: 's'.repeat(32) }, /TURN_URLS.*https:\/\/b/],
    [{ TURN_URLS: 'turn:a', TURN_SECRET: 'short' }, /TURN_SECRET/],
    [{ ...SPLIT, DATA_KEY: '' }, /DATA_KEY/],
    [{ AUDIT_KEY: 'short' }, /AUDIT_KEY.*32 bytes/],
  ])('refuses %o and says why', (env, message) => {
    expect(() => parseConfig(env)).toThrow(ConfigError);
    expect(() => parseConfig(env)).toThrow(message);
  });

  it('keeps the log in EventStoreDB when its address is given', () => {
    expect(parseConfig({ EVENTSTORE_URL: 'esdb+discover://log.test' }).eventStoreUrl).toBe('esdb+discover://log.test');
    expect(parseConfig({ EVENTSTORE_URL: 'esdb://h1:2113,h2:2113' }).eventStoreUrl).toContain('h2');
    expect(parseConfig({}).eventStoreUrl).toBeNull();
  });

  it('takes TURN servers in the order of preference', () => {
    const env = { TURN_URLS: 'turn:a.test:3478?transport=udp, turns:[2001:db8::1]:443', TURN_SECRET: 's'.repeat(32) };
    expect(parseConfig(env).turn?.urls).toEqual(['turn:a.test:3478?transport=udp', 'turns:[2001:db8::1]:443']);
    expect(parseConfig({}).turn).toBeNull();
  });

  it('takes several webhook secrets while one is being rotated', () => {
    const config = parseConfig({ RAZORPAY_KEY_ID: 'a', RAZORPAY_KEY_SECRET: 'b', RAZORPAY_WEBHOOK_SECRET: 'new, old' });
    expect(config.payments).toMatchObject({ kind: 'razorpay', webhookSecrets: ['new', 'old'] });
  });
});
