import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { happened } from '#events/store/contract-events.ts';
import { documentFile, signDocument } from '#events/store/audit/document.ts';
import { auditKey } from '#events/store/audit/key.server.ts';
import { openSqlStore } from '#events/store/postgres.server.ts';
import type { Database } from '#platform/database/database.ts';
import { openPglite } from '#platform/database/pglite.server.ts';
import { openPostgres } from '#platform/database/postgres.server.ts';
import { loadKeys } from '#platform/keys/keys.server.ts';
import { startPostgres, type TestPostgres } from '../../tests/support/postgres.ts';
import { parseArguments, Usage } from './arguments.ts';

interface Answer {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the tool as `npm run audit` does, with nothing of our own environment but the settings given. */
function audit(given: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...given], {
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

async function fill(db: Database): Promise<void> {
  const store = await openSqlStore(db);
  for (const [stream, type] of [
    ['booking-b1', 'BookingRequested'],
    ['booking-b2', 'BookingRequested'],
    ['payment-b1', 'PaymentCaptured'],
  ] as const)
    await store.append(stream, 'any', [happened(type, { bookingId: stream.slice(-2), amount: 80_000 })]);
  await store.close();
}

describe('npm run audit', () => {
  it('AU10: exports and verifies on an embedded installation, and says so when its server runs', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'audit-'));
    const env = { DATA_DIR: dataDir };
    const file = join(dataDir, 'log.audit');
    expect(await audit(['public-key'], env)).toMatchObject({
      code: 2,
      text: expect.stringContaining('Start the server once'),
    });
    loadKeys(dataDir, ['AUDIT_KEY'], {});
    mkdirSync(join(dataDir, 'objects'));
    const db = await openPglite(join(dataDir, 'database'));
    await fill(db);
    expect(await audit(['export', '--out', file], env)).toMatchObject({
      code: 2,
      text: expect.stringContaining('The server is running'),
    });
    await db.close();

    expect(await audit(['export', '--out', file], env)).toMatchObject({
      code: 0,
      text: expect.stringContaining('3 records'),
    });
    const shown = await audit(['public-key'], env);
    const publicKey = shown.text.slice(0, 64);
    expect(await audit(['verify', file, '--key', publicKey])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^WHOLE/),
    });
    expect(await audit(['verify', file])).toMatchObject({
      code: 0,
      text: expect.stringContaining('a forger has a key too'),
    });
    expect(await audit(['verify', file, '--key', 'ab'.repeat(32)])).toMatchObject({ code: 1 });
    const head = join(dataDir, 'objects/body/audit/heads/newest.json');
    expect(await audit(['verify', file, '--key', publicKey, '--head', head])).toMatchObject({ code: 0 });
    expect(await audit(['heads'], env)).toMatchObject({
      code: 0,
      text: expect.stringContaining('1 heads, 0 of them broken'),
    });

    const part = join(dataDir, 'part.audit');
    expect(await audit(['export', '--out', part, '--booking', 'b1'], env)).toMatchObject({ code: 0 });
    expect(readFileSync(part, 'utf8')).not.toContain('"b2"');
    expect(await audit(['verify', part, '--key', publicKey])).toMatchObject({ code: 0 });
    expect(await audit(['export', '--out', part, '--stream', 'booking-nobody'], env)).toMatchObject({ code: 2 });

    const kept = join(dataDir, 'kept.json');
    writeFileSync(kept, readFileSync(head));
    const again = await openPglite(join(dataDir, 'database'));
    await fill(again);
    await again.close();
    expect(await audit(['export', '--out', part, '--booking', 'b2'], env)).toMatchObject({ code: 0 });
    expect(await audit(['verify', part, '--key', publicKey, '--head', kept])).toMatchObject({
      code: 2,
      text: expect.stringContaining('cannot be checked for a part'),
    });

    const bytes = readFileSync(file);
    bytes[400] = (bytes[400] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(await audit(['verify', file, '--key', publicKey])).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^BROKEN at line 2, position 0000000000000001: /),
    });
    expect(await audit(['verify', join(dataDir, 'nothing')])).toMatchObject({ code: 2 });

    const paper = join(dataDir, 'lesson.json');
    const signer = auditKey('07'.repeat(32));
    const signed = documentFile(signDocument(signer, 'lesson-receipt', { heldMinutes: 57 }, 1_790_000_000_000));
    writeFileSync(paper, signed);
    expect(await audit(['verify', paper, '--key', signer.publicKey])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^WHOLE\. A signed paper \(lesson-receipt\)[^]*heldMinutes: 57[^]*the key given/),
    });
    expect(await audit(['verify', paper, '--key', publicKey])).toMatchObject({ code: 1 });
    writeFileSync(paper, signed.replace('57', '58'));
    expect(await audit(['verify', paper])).toMatchObject({ code: 1, text: expect.stringContaining('BROKEN') });
  });

  describe('on PostgreSQL', () => {
    let postgres: TestPostgres;
    beforeAll(async () => {
      postgres = await startPostgres();
    });
    afterAll(() => postgres.stop());

    it('AU10: exports beside a running server, and tells of a rewritten log', async () => {
      const url = await postgres.createDatabase('audited');
      const dataDir = mkdtempSync(join(tmpdir(), 'audit-'));
      const env = { DATA_DIR: dataDir, DATABASE_URL: url, AUDIT_KEY: 'ef'.repeat(32) };
      const db = await openPostgres(url);
      await fill(db);
      const file = join(dataDir, 'log.audit');
      expect(await audit(['export', '--out', file], env)).toMatchObject({ code: 0 });
      expect(await audit(['verify', file])).toMatchObject({ code: 0 });
      await db.script(
        `ALTER TABLE log_event DISABLE TRIGGER USER; UPDATE log_event SET data = '{"amount":1}' WHERE pos = 2`,
      );
      await audit(['export', '--out', file], env);
      expect(await audit(['verify', file])).toMatchObject({
        code: 1,
        text: expect.stringContaining('position 0000000000000002'),
      });
      await db.close();
    });
  });

  it.each([
    [[]],
    [['nothing']],
    [['export']],
    [['export', '--out', 'f', '--stream', 'a', '--booking', 'b']],
    [['verify']],
    [['verify', 'f', '--key', 'short']],
    [['heads', 'f']],
    [['verify', 'f', '--wrong']],
  ])('AU10: tells how it is used: %j', (given) => {
    expect(() => parseArguments(given)).toThrow(Usage);
  });
});
