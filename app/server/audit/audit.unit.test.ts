/** What the audit service says when several ask at once, and when the rows of the heads are not what they were. */
import Fastify from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '#events/shared/refusal.ts';
import { headBytes, type Head, type SignedHead } from '#events/store/audit/format.ts';
import { nextHead, type HeadSigner } from '#events/store/audit/heads.server.ts';
import { auditKey } from '#events/store/audit/key.server.ts';
import { parseHead } from '#events/store/audit/lines.ts';
import { canonicalJson } from '#events/store/canonical.ts';
import { GENESIS, link } from '#events/store/chain.ts';
import { happened } from '#events/store/contract-events.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import type { Database, Queryable } from '#platform/database/database.ts';
import { registerAudit } from '../api/audit.server.ts';
import type { Services } from '../services.ts';
import { createAudit } from './audit.server.ts';
import type { AuditFile, ChainCheck } from './contract.ts';

const key = auditKey('cd'.repeat(32));
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const AUDITOR = { personId: 'a', name: 'A', email: 'a@x.test', roles: ['auditor' as const], zone: 'UTC' };
const NOW = Date.UTC(2026, 10, 22, 10, 31);

interface HeadRow {
  number: number;
  body: string;
  published: boolean;
}

/** Answers what is asked of the heads, oldest first in `rows`, and of the one row of the check. */
function database(rows: HeadRow[]): Database {
  const check: Record<string, unknown> = {};
  const answer = (sql: string, params: readonly unknown[]): unknown[] => {
    if (sql.includes('FROM audit_head WHERE') || sql.includes('FROM audit_head\n')) {
      const [limit, before] = params;
      const older = rows.filter(({ number, published }) => published && (before === null || number < Number(before)));
      return older.toReversed().slice(0, Number(limit));
    }
    if (sql.includes('FROM audit_head')) return rows;
    if (sql.startsWith('INSERT INTO audit_check')) {
      const [run, at, expected] = params;
      Object.assign(check, { run, started_at: at, seen_at: at, records: 0, expected, ended_at: null, verdict: null });
      return [{ id: 1 }];
    }
    if (sql.startsWith('UPDATE audit_check SET')) {
      for (const [, column = '', place] of sql.matchAll(/(\w+) = \$(\d)/g)) check[column] = params[Number(place) - 1];
      return [{ id: 1 }];
    }
    return sql === 'SELECT * FROM audit_check' && 'run' in check ? [check] : [];
  };
  const tx: Queryable = {
    query: async <R>(sql: string, params: readonly unknown[] = []) => answer(sql, params) as R[],
  };
  return { ...tx, transaction: async (work) => work(tx) } as Partial<Database> as Database;
}

const opened: ReadableStream[] = [];
afterEach(async () => {
  for (const body of opened.splice(0)) await body.cancel();
});

/** Three events of one booking, signed after the second and after the third. */
async function example({ sign = true } = {}) {
  const store = inMemoryStore({ now: () => NOW });
  const rows: HeadRow[] = [];
  const heads: SignedHead[] = [];
  const signer: HeadSigner = { sign: async () => ({ kind: 'unchanged', head: null }), stop: async () => undefined };
  const add = (): Promise<unknown> =>
    store.append('booking-b1', 'any', [happened('BookingNoted', { bookingId: 'b1' })]);
  async function signHead(signingKey = key): Promise<void> {
    const head = await nextHead({ store, key: signingKey }, heads.at(-1)?.head ?? null, false, NOW);
    if ('kind' in head) throw new Error(head.kind);
    const signed = { head, signature: signingKey.sign(headBytes(head)) };
    heads.push(signed);
    rows.push({ number: head.number, body: canonicalJson(signed), published: true });
  }
  await add();
  await add();
  if (sign) await signHead();
  await add();
  if (sign) await signHead();
  const audit = await createAudit({ store, db: database(rows), key, signer, log, now: () => NOW });
  return { audit, store, rows, heads, add, signHead };
}

function open(made: AuditFile | Refusal): string {
  if (isRefusal(made)) return made.code;
  opened.push(made.body);
  return 'open';
}

describe('exports', () => {
  it('AU14: are made two at a time also when three are asked for at once', async () => {
    const { audit } = await example();
    const three = await Promise.all([1, 2, 3].map(() => audit.exportLog(AUDITOR, { kind: 'whole' })));
    expect(three.map(open).sort()).toEqual(['exports-busy', 'open', 'open']);
  });

  it('AU14: that could not be begun take no place, and give back no more than their own', async () => {
    const { audit } = await example();
    const nothing = async (): Promise<string> =>
      open(await audit.exportLog(AUDITOR, { kind: 'booking', id: 'nobody' }));
    for (let n = 0; n < 3; n += 1) expect(await nothing()).toBe('nothing-to-export');
    expect(open(await audit.exportLog(AUDITOR, { kind: 'whole' }))).toBe('open');
    expect(await nothing()).toBe('nothing-to-export');
    expect(open(await audit.exportLog(AUDITOR, { kind: 'whole' }))).toBe('open');
    expect(await nothing()).toBe('exports-busy');
  });
});

describe('heads whose rows were changed', () => {
  const broken = { kind: 'refusal', code: 'heads-broken', message: expect.stringContaining('head 1 in the database') };

  it('AU13: are told as broken by the state, the list and an export, and take no place of an export', async () => {
    const { audit, rows } = await example();
    expect(await audit.state()).toMatchObject({ headsBroken: null, lastSigned: { number: 1 } });
    const before = rows[1]?.body ?? '';
    rows.splice(1, 1, { number: 1, body: before.replace('"head"', '"hood"'), published: true });
    expect(await audit.state()).toMatchObject({
      headsBroken: broken,
      lastSigned: null,
      head: { position: '0000000000000003' },
    });
    expect(await audit.heads(5)).toEqual(broken);
    expect(await audit.heads(5, 1)).toMatchObject([{ head: { number: 0 } }]);
    for (let n = 0; n < 3; n += 1) expect(await audit.exportLog(AUDITOR, { kind: 'whole' })).toEqual(broken);
    rows.splice(1, 1, { number: 1, body: before, published: true });
    expect(open(await audit.exportLog(AUDITOR, { kind: 'whole' }))).toBe('open');
  });

  it('AU13: are answered to everybody with a code, not as a fault', async () => {
    const { audit, rows } = await example();
    rows.splice(1, 1, { number: 1, body: '{}', published: true });
    const app = Fastify();
    registerAudit(app, { audit } as Pick<Services, 'audit'> as Services);
    for (const path of ['/api/v1/audit/heads', '/api/v1/audit/heads/1']) {
      const answer = await app.inject(path);
      expect(answer.statusCode).toBe(503);
      expect(answer.json()).toMatchObject({ code: 'heads-broken', detail: expect.stringContaining('head 1') });
    }
    expect(parseHead((await app.inject('/api/v1/audit/heads/0')).body)).toMatchObject({ head: { number: 0 } });
    await app.close();
  });
});

describe('the check of the log', () => {
  type Example = Awaited<ReturnType<typeof example>>;

  async function found({ audit }: Example): Promise<ChainCheck> {
    expect(await audit.startCheck(AUDITOR)).toEqual({ kind: 'started' });
    await expect.poll(async () => (await audit.check()).kind).not.toBe('running');
    return audit.check();
  }

  /** The row of head `number` as somebody wrote it who has the database and not our key. */
  function rewrite({ rows, heads }: Example, number: number, change: Partial<Head>, signingKey = key): void {
    const signed = heads[number];
    if (!signed) throw new Error('no such head');
    const head = { ...signed.head, ...change };
    const signature = signingKey === key ? signed.signature : signingKey.sign(headBytes(head));
    rows.splice(number, 1, { number, body: canonicalJson({ head, signature }), published: true });
  }

  it('AU15: goes through every published head, and says how many they are', async () => {
    expect(await found(await example())).toMatchObject({ kind: 'whole', records: 3, heads: 2 });
    expect(await found(await example({ sign: false }))).toMatchObject({ kind: 'whole', records: 3, heads: 0 });
  });

  it('AU15: takes no head for published that is not signed with our key', async () => {
    const forged = await example();
    rewrite(forged, 1, { signedAt: NOW + 1 });
    expect(await found(forged)).toMatchObject({
      kind: 'broken',
      position: forged.heads[1]?.head.position,
      reason: 'head 1 in the database: the signature of the head is false',
    });
    const theirs = auditKey('01'.repeat(32));
    const other = await example();
    rewrite(other, 1, { keyId: theirs.keyId, publicKey: theirs.publicKey }, theirs);
    expect(await found(other)).toMatchObject({ kind: 'broken', reason: expect.stringContaining('another key') });
  });

  it('AU15: finds an older head that was changed or taken out, and a row that is none', async () => {
    const changed = await example();
    rewrite(changed, 0, { chain: 'ff'.repeat(32) });
    expect(await found(changed)).toMatchObject({
      kind: 'broken',
      reason: 'head 1 in the database does not name the one before it',
    });
    const gone = await example();
    gone.rows.shift();
    expect(await found(gone)).toMatchObject({
      kind: 'broken',
      reason: 'the head before head 1 is not in the database',
    });
    const none = await example();
    none.rows.splice(1, 1, { number: 1, body: '{}', published: true });
    expect(await found(none)).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining('not written as a head'),
    });
  });

  it('AU15: finds a log that was rewritten as a whole', async () => {
    const rewritten = await example();
    const records = await rewritten.store.chainRecords();
    let chain = GENESIS;
    const anew = records.map((record, index) => {
      const changed = index === 0 ? { ...record, data: '{"bookingId":"b2"}' } : record;
      chain = link(chain, changed);
      return { ...changed, chain };
    });
    rewritten.store.chainRecords = async ({ after = '' } = {}) => anew.filter(({ position }) => position > after);
    rewritten.store.chainHead = async () => ({ position: anew[2]?.position ?? '', chain });
    expect(await found(rewritten)).toMatchObject({ kind: 'broken', reason: 'the head is not the published one' });
    await rewritten.audit.stop();
  });
});
