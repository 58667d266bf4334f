import { describe, expect, it } from 'vitest';
import { correlated, createLog } from './log.server.ts';
import { createMetrics } from './metrics.server.ts';
import { redact } from './redact.ts';

function capture(options: { pretty?: boolean } = {}): { log: ReturnType<typeof createLog>; text: () => string } {
  let text = '';
  return { log: createLog({ pretty: false, ...options, write: (line) => (text += line) }), text: () => text };
}

describe('log', () => {
  it('writes one JSON line with the level by name, the time, and the correlation id of its child', () => {
    const { log, text } = capture();
    correlated(log, 'c-1').warn({ bookingId: 'b-1' }, 'refused');
    expect(JSON.parse(text())).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      correlationId: 'c-1',
      bookingId: 'b-1',
      msg: 'refused',
    });
  });

  it.each<[string, (log: ReturnType<typeof createLog>) => void]>([
    ['a field', (log) => log.info({ ticket: 'S3CRET' })],
    ['a field of a child', (log) => log.child({ accessToken: 'S3CRET' }).info('x')],
    ['a field deep inside', (log) => log.info({ a: { b: [{ headers: { Authorization: 'S3CRET "and S3CRET' } }] } })],
    ['a list', (log) => log.info({ headers: { 'set-cookie': ['a=S3CRET', 'b=S3CRET'] } })],
    ['a URL', (log) => log.info({ url: '/sync/board:1?x=1&ticket=S3CRET&ack=1' })],
    ['an encoded URL', (log) => log.info({ url: '/sign-in?next=%2Fsync%3Fticket%3DS3CRET' })],
    ['the message', (log) => log.info('connected with ticket=S3CRET')],
    ['JSON in the message', (log) => log.info(`body {"password":"S3CRET","a":1}`)],
    ['a bearer header in the message', (log) => log.info('sent Authorization: Bearer S3CRET.S3CRET')],
    [
      'an error',
      (log) => log.error(Object.assign(new Error('GET /x?token=S3CRET failed'), { config: { apiKey: 'S3CRET' } })),
    ],
    ['an error in a field', (log) => log.error({ err: new Error('postgres://nexused:S3CRET@db/nexused is away') })],
  ])('never shows a secret in %s', (_where, write) => {
    for (const pretty of [false, true]) {
      const { log, text } = capture({ pretty });
      write(log);
      expect(text()).not.toContain('S3CRET');
      expect(text()).toContain('[redacted]');
    }
  });

  it('leaves the rest of a line alone, and a valid line stays valid JSON', () => {
    const line = JSON.stringify({ tokens: 12, tickets: true, lesson: 'a "quoted" token', path: 'C:\\x', n: null });
    expect(redact(line)).toBe(line);
    const secret = JSON.stringify({ cookie: 'a"b\\', next: 'kept', msg: '{"password":"x\\"y"}' });
    expect(JSON.parse(redact(secret))).toMatchObject({ cookie: '[redacted]', next: 'kept' });
  });

  it('writes for people on one line, with the stack below', () => {
    const { log, text } = capture({ pretty: true });
    log.info({ port: 3000 }, 'listening');
    expect(text()).toMatch(/^\d\d:\d\d:\d\d info {2}listening port=3000\n$/);
    log.error({ err: new Error('broken') }, 'failed');
    expect(text()).toMatch(/error failed\n {2}Error: broken\n {4}at /);
  });
});

describe('metrics', () => {
  it('offers what was counted, and the event-loop delay', async () => {
    const metrics = createMetrics();
    metrics.counter('nexused_commands_total', 'Commands', ['outcome']).inc({ outcome: 'accepted' });
    metrics.histogram('nexused_append_seconds', 'Appends').observe(0.004);
    metrics.gauge('nexused_rooms', 'Rooms', () => 3);
    const { body, contentType } = await metrics.page();
    expect(contentType).toMatch(/^text\/plain/);
    expect(body).toContain('nexused_commands_total{outcome="accepted"} 1');
    expect(body).toContain('nexused_append_seconds_bucket{le="0.005"} 1');
    expect(body).toContain('nexused_rooms 3');
    expect(body).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});
