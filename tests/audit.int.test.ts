/** What auditors and strangers get of the log, over a real database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerApi } from '#app/server/api/api.server.ts';
import { createAudit } from '#app/server/audit/audit.server.ts';
import type { Audit, AuditFile } from '#app/server/audit/contract.ts';
import type { Auth } from '#app/server/auth/auth.server.ts';
import type { Services } from '#app/server/services.ts';
import type { Role } from '#events/access/roles.ts';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import { createHeadSigner, type HeadSigner } from '#events/store/audit/heads.server.ts';
import { auditKey } from '#events/store/audit/key.server.ts';
import { keptHeads, parseHead } from '#events/store/audit/lines.ts';
import { verifyExport, type Verdict } from '#events/store/audit/verify.ts';
import { happened } from '#events/store/contract-events.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import { createMemoryBus } from '#platform/bus/memory.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openFolder } from '#platform/objects/folder.server.ts';

const key = auditKey('ef'.repeat(32));
const AUDITOR = who('auditor');
const EVENTS = 2_500;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

let db: Database;
let store: Awaited<ReturnType<typeof openSqlStore>>;
let signer: HeadSigner;
let audit: Audit & { stop(): Promise<void> };
let folder: string;
let now = Date.UTC(2026, 10, 22, 10, 31);

function who(role: Role) {
  return { personId: role, name: role, email: `${role}@x.test`, roles: [role], zone: 'UTC' };
}

async function add(stream: string, events: number): Promise<void> {
  const batch = Array.from({ length: events }, (_, n) => happened('BookingNoted', { bookingId: stream.slice(8), n }));
  for (let at = 0; at < events; at += 500) await store.append(stream, 'any', batch.slice(at, at + 500));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'nexused-audit-'));
  db = await openPglite(null);
  store = await openSqlStore(db);
  const bus = createMemoryBus(() => undefined);
  const objects = await openFolder(folder);
  signer = await createHeadSigner({ store, db, objects, key, bus, log, everyMs: null, now: () => now });
  audit = await createAudit({ store, db, key, signer, log, now: () => now });
  await add('booking-b1', EVENTS);
  await add('booking-b2', 20);
});

afterAll(async () => {
  await audit.stop();
  await store.close();
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

function fileOf(made: AuditFile | Refusal): AuditFile {
  if (isRefusal(made)) throw new Error(made.code);
  return made;
}

const verdictOf = async (made: AuditFile | Refusal): Promise<Verdict> =>
  verifyExport(fileOf(made).body, { keys: [key.publicKey] });

describe('an export from the page', () => {
  it.each(['student', 'guardian', 'tutor', 'institute-admin', 'ops'] as const)(
    'AU14: is not there for %s',
    async (role) => {
      expect(await audit.exportLog(who(role), { kind: 'whole' })).toMatchObject({ kind: 'refusal', code: 'not-found' });
      expect(await audit.startCheck(who(role))).toMatchObject({ kind: 'refusal', code: 'not-found' });
    },
  );

  it('AU14: signs what is new, holds it all, and is named after its time and its scope', async () => {
    const whole = fileOf(await audit.exportLog(AUDITOR, { kind: 'whole' }));
    expect(whole.name).toBe('nexused-audit-2026-11-22T1031Z-whole.jsonl');
    expect(await verdictOf(whole)).toMatchObject({ kind: 'whole', records: EVENTS + 20 });
    await add('booking-b2', 1);
    const part = fileOf(await audit.exportLog(AUDITOR, { kind: 'booking', id: 'b2' }));
    expect(part.name).toBe('nexused-audit-2026-11-22T1031Z-booking-b2.jsonl');
    expect(await verdictOf(part)).toMatchObject({ kind: 'whole', records: 21, head: { records: EVENTS + 21 } });
  });

  it('AU14: of what the log does not hold is refused before anything is sent', async () => {
    const made = await audit.exportLog(AUDITOR, { kind: 'booking', id: 'nobody' });
    expect(made).toMatchObject({ kind: 'refusal', code: 'nothing-to-export' });
  });

  it('AU14: waits for whoever takes it, two at a time, and ends when they go away', async () => {
    const [one, two] = [
      await audit.exportLog(AUDITOR, { kind: 'whole' }),
      await audit.exportLog(AUDITOR, { kind: 'whole' }),
    ];
    const third = await audit.exportLog(AUDITOR, { kind: 'whole' });
    expect(third).toMatchObject({ kind: 'refusal', code: 'exports-busy' });
    await fileOf(one).body.cancel();
    await expect
      .poll(async () => {
        const made = await audit.exportLog(AUDITOR, { kind: 'booking', id: 'b2' });
        return isRefusal(made) ? made.code : (await verdictOf(made)).kind;
      })
      .toBe('whole');
    expect(await verdictOf(two)).toMatchObject({ kind: 'whole' });
  });
});

describe('the check of the log', () => {
  it('AU15: finds it whole, one check at a time', async () => {
    const both = await Promise.all([audit.startCheck(AUDITOR), audit.startCheck(AUDITOR)]);
    expect(both.map((one) => (one.kind === 'refusal' ? one.code : one.kind)).sort()).toEqual([
      'check-running',
      'started',
    ]);
    const whole = { kind: 'whole', records: EVENTS + 21, checkedAt: now };
    await expect.poll(() => audit.check()).toMatchObject(whole);
    expect((await audit.state()).check).toMatchObject(whole);
  });

  it('AU15: says where it is broken', async () => {
    await db.script('ALTER TABLE log_event DISABLE TRIGGER USER');
    const where = `WHERE stream = 'booking-b1' AND rev = 7`;
    await db.query(`UPDATE log_event SET data = data || ' ' ${where}`);
    expect(await audit.startCheck(AUDITOR)).toEqual({ kind: 'started' });
    await expect
      .poll(() => audit.check())
      .toMatchObject({
        kind: 'broken',
        position: expect.stringMatching(/8$/),
        reason: expect.stringContaining('chain value'),
      });
    await db.query(`UPDATE log_event SET data = rtrim(data) ${where}`);
  });

  it('AU15: counts as interrupted a minute after its process is gone, and can be begun again', async () => {
    await db.query('UPDATE audit_check SET ended_at = NULL, verdict = NULL, run = $1, seen_at = $2', ['gone', now]);
    expect(await audit.check()).toMatchObject({ kind: 'running' });
    expect(await audit.startCheck(AUDITOR)).toMatchObject({ code: 'check-running' });
    now += 60_001;
    expect(await audit.check()).toMatchObject({ kind: 'interrupted' });
    expect(await audit.startCheck(AUDITOR)).toEqual({ kind: 'started' });
    await expect.poll(() => audit.check()).toMatchObject({ kind: 'whole' });
  });
});

describe('what everybody gets', () => {
  it('AU13: the key, and the published heads as they were published, newest first', async () => {
    for (let n = 0; n < 3; n += 1) {
      await add('booking-b3', 1);
      await signer.sign();
    }
    const app = Fastify();
    const services = { audit } as Pick<Services, 'audit'> as Services;
    await registerApi(app, { services, auth: {} as Auth, personOf: async () => null });
    expect((await app.inject('/api/v1/audit/key')).json()).toEqual({
      algorithm: 'Ed25519',
      keyId: key.keyId,
      publicKey: key.publicKey,
    });
    const first = (await app.inject('/api/v1/audit/heads?limit=2')).json<{
      heads: { head: { number: number } }[];
      next: number;
    }>();
    const numbers = first.heads.map(({ head }) => head.number);
    expect(numbers).toEqual([first.next + 1, first.next]);
    const listed = await app.inject(`/api/v1/audit/heads?before=${first.next}&limit=100`);
    expect(listed.json()).toMatchObject({ next: null });
    expect(keptHeads(listed.body)).toHaveLength(first.next);
    const one = await app.inject(`/api/v1/audit/heads/${first.next}`);
    expect(parseHead(one.body)).toEqual(first.heads[1]);
    expect(one.headers['content-disposition']).toContain(`nexused-head-${first.next}.json`);
    expect((await app.inject('/api/v1/audit/heads/9999')).json()).toMatchObject({ code: 'not-found' });
    expect((await app.inject('/api/v1/audit/heads?limit=0')).statusCode).toBe(400);
    await app.close();
  });
});
