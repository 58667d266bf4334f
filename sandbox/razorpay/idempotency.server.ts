import { createHash } from 'node:crypto';
import { createTables, text, type Database } from '../shared/database.server.ts';
import { invalid, refused } from './errors.ts';
import type { Shown } from './present.ts';

export interface Idempotency {
  /**
   * Runs `work` once per key, in the caller's transaction; later calls with the same request get the first answer, with
   * another one a refusal. Only answers of success are remembered: after a refusal the same key may be tried again.
   */
  once(scope: 'refund' | 'transfer', key: string | undefined, request: unknown, work: () => Shown): Shown;
  /** Runs `work` unless a request with the same key is still being answered: that one is refused with 409. */
  alone<T>(key: string | undefined, work: () => Promise<T>): Promise<T>;
}

export function createIdempotency(database: Database): Idempotency {
  createTables(
    database,
    `CREATE TABLE IF NOT EXISTS idempotency (
       scope TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, answer TEXT NOT NULL,
       PRIMARY KEY (scope, key))`,
  );
  const underWay = new Set<string>();
  return {
    async alone(key, work) {
      if (key === undefined) return work();
      if (underWay.has(key)) {
        throw refused(409, 'Another request with the same idempotency key is still in progress.');
      }
      underWay.add(key);
      try {
        return await work();
      } finally {
        underWay.delete(key);
      }
    },
    once(scope, key, request, work) {
      if (key === undefined) return work();
      checkKey(scope, key);
      const hash = createHash('sha256').update(JSON.stringify(request)).digest('hex');
      const known = database.get('SELECT * FROM idempotency WHERE scope = ? AND key = ?', scope, key);
      if (known) {
        if (text(known, 'request_hash') !== hash) {
          const sentence = 'Different request with the same idempotency key has already been processed.';
          throw refused(scope === 'refund' ? 409 : 400, sentence);
        }
        return JSON.parse(text(known, 'answer'));
      }
      const answer = work();
      database.run(
        'INSERT INTO idempotency (scope, key, request_hash, answer) VALUES (?, ?, ?, ?)',
        scope,
        key,
        hash,
        JSON.stringify(answer),
      );
      return answer;
    },
  };
}

function checkKey(scope: 'refund' | 'transfer', key: string): void {
  const shortest = scope === 'refund' ? 10 : 4;
  if (key.length < shortest) throw invalid(`The idempotency key must be at least ${shortest} characters long.`);
  if (scope === 'transfer' && key.length > 36) {
    throw invalid('The idempotency key must be at most 36 characters long.');
  }
  const allowed = scope === 'refund' ? /^[A-Za-z0-9_-]+$/ : /^[A-Za-z0-9_ -]+$/;
  if (!allowed.test(key)) {
    throw invalid('The idempotency key must only contain alphanumeric characters, underscores, and hyphens');
  }
}
