import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECK_MS, createCheckOffice } from '#events/access/check-ticket.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { createChecks, KEPT_MS, type Checks } from './checks.server.ts';
import type { Report } from './report.ts';

const NOW = 1_795_000_000_000;
let now = NOW;
let db: Database;
let checks: Checks;

const report = (browser: string): Report => ({
  steps: [{ id: 'udp', state: 'warn', finding: 'blocked', ms: 8_000 }],
  figures: { signallingMs: 40, rttMs: 80, lossUp: 0, lossDown: 0.01, up: 900_000, down: 880_000 },
  browser,
});

beforeAll(async () => {
  db = await openPglite(null);
  const office = createCheckOffice(Buffer.alloc(32, 1), () => now);
  checks = await createChecks({ db, office, mediaNode: () => 'https://media.test', wallNow: () => now });
});
afterAll(() => db.close());

describe('connectivity tests', () => {
  it('[CK3] gives a code and a ticket to anybody, and says where the media server is', () => {
    const started = checks.start('https://web.test');
    expect(started.code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(started.signalling.url).toBe('https://media.test');
    expect(started.expiresAt).toBe(NOW + CHECK_MS);
    expect(checks.start('https://web.test').code).not.toBe(started.code);
  });

  it('[CK3] keeps what was found, the last word of a code, and finds it however the code is written', async () => {
    const { code, ticket } = checks.start('https://web.test');
    expect(await checks.save(code, ticket, report('first'))).toBe(true);
    expect(await checks.save(code, ticket, report('second'))).toBe(true);
    const written = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `;
    expect(await checks.find(written)).toEqual({ code, madeAt: NOW, report: report('second') });
    expect(await checks.find('ABCD')).toBeNull();
    expect((await checks.latest(10)).map((one) => one.code)).toEqual([code]);
  });

  it('[CK3] keeps nothing for a ticket of another code, or one that has run out', async () => {
    const [one, other] = [checks.start('x'), checks.start('x')];
    expect(await checks.save(one.code, other.ticket, report('no'))).toBe(false);
    now = NOW + CHECK_MS + 1;
    expect(await checks.save(one.code, one.ticket, report('no'))).toBe(false);
    now = NOW;
    expect(await checks.find(one.code)).toBeNull();
  });

  it('[CK4] forgets it after thirty days', async () => {
    const { code, ticket } = checks.start('x');
    await checks.save(code, ticket, report('old'));
    now = NOW + KEPT_MS;
    expect(await checks.find(code)).not.toBeNull();
    now = NOW + KEPT_MS + 1;
    expect(await checks.find(code)).toBeNull();
    const later = checks.start('x');
    await checks.save(later.code, later.ticket, report('new'));
    const rows = await db.query<{ code: string }>('SELECT code FROM connectivity_check', []);
    expect(rows.map((row) => row.code)).toEqual([later.code]);
  });
});
