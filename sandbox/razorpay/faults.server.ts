import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { createTables, integer, text, type Database, type Row } from '../shared/database.server.ts';
import { refused, type ErrorEnvelope } from './errors.ts';

export const API_FAULTS = [
  '429',
  '500',
  '502-html',
  '500-after-commit',
  'timeout-before-commit',
  'timeout-after-commit',
  'delay',
] as const;
export type ApiFaultKind = (typeof API_FAULTS)[number];

export interface ApiFault {
  readonly kind: ApiFaultKind;
  /** How long a time-out keeps the socket before it is cut, or a delay lasts; wall ms. */
  readonly ms: number;
}

export interface ApiFaults {
  /** Hits the next `times` calls of the route, such as `POST` and `/v1/payments/:id/capture`. */
  add(fault: ApiFault & { method: string; route: string; times: number }): void;
  take(method: string, route: string): ApiFault | undefined;
  clear(): void;
  /** Those in force, oldest first. */
  list(): (ApiFault & { method: string; route: string; left: number })[];
}

const isKind = (value: string): value is ApiFaultKind => API_FAULTS.some((kind) => kind === value);

function faultOf(row: Row): ApiFault {
  const kind = text(row, 'kind');
  if (!isKind(kind)) throw new Error(`no such fault: ${kind}`);
  return { kind, ms: integer(row, 'ms') };
}

export function createApiFaults(database: Database): ApiFaults {
  createTables(
    database,
    `CREATE TABLE IF NOT EXISTS api_fault (
       seq INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, route TEXT NOT NULL, kind TEXT NOT NULL,
       ms INTEGER NOT NULL, left_over INTEGER NOT NULL)`,
  );
  return {
    add({ method, route, kind, ms, times }) {
      database.run(
        'INSERT INTO api_fault (method, route, kind, ms, left_over) VALUES (?, ?, ?, ?, ?)',
        method,
        route,
        kind,
        ms,
        times,
      );
    },
    take(method, route) {
      const row = database.get(
        'SELECT * FROM api_fault WHERE method = ? AND route = ? AND left_over > 0 ORDER BY seq LIMIT 1',
        method,
        route,
      );
      if (!row) return undefined;
      database.run('UPDATE api_fault SET left_over = left_over - 1 WHERE seq = ?', integer(row, 'seq'));
      return faultOf(row);
    },
    clear: () => database.run('DELETE FROM api_fault'),
    list: () =>
      database.all('SELECT * FROM api_fault WHERE left_over > 0 ORDER BY seq').map((row) => ({
        ...faultOf(row),
        method: text(row, 'method'),
        route: text(row, 'route'),
        left: integer(row, 'left_over'),
      })),
  };
}

export const happensAfterCommit = (kind: ApiFaultKind): boolean => kind.endsWith('-after-commit');

export const THROTTLED: ErrorEnvelope = refused(429, 'Throttling Error').envelope;
export const TROUBLE: ErrorEnvelope = refused(
  500,
  'We are facing some trouble completing your request at the moment. Please try again shortly.',
  'SERVER_ERROR',
).envelope;
const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n';

/** The status that the caller will see; null when they get no answer, undefined when the true one follows. */
export function faultStatus(kind: ApiFaultKind): number | null | undefined {
  switch (kind) {
    case '429':
      return 429;
    case '500':
    case '500-after-commit':
      return 500;
    case '502-html':
      return 502;
    case 'timeout-before-commit':
    case 'timeout-after-commit':
      return null;
    case 'delay':
      return undefined;
    default:
      return unknownFault(kind);
  }
}

function unknownFault(kind: never): never {
  throw new Error(`no such fault: ${String(kind)}`);
}

/** Answers, or stays silent, as the fault says; after a delay the caller goes on to the true answer. */
export async function playFault(fault: ApiFault, reply: FastifyReply): Promise<void> {
  const status = faultStatus(fault.kind);
  if (status === null) {
    reply.hijack();
    await untilGone(reply, fault.ms);
    reply.raw.socket?.destroy();
  } else if (status === undefined) {
    await untilGone(reply, fault.ms);
  } else if (status === 502) {
    await reply.code(502).type('text/html').send(BAD_GATEWAY);
  } else {
    await reply.code(status).send(status === 429 ? THROTTLED : TROUBLE);
  }
}

/** Waits `ms`, or until the caller hangs up. */
async function untilGone(reply: FastifyReply, ms: number): Promise<void> {
  const gone = new AbortController();
  reply.raw.socket?.once('close', () => gone.abort());
  await sleep(ms, undefined, { signal: gone.signal }).catch((error: unknown) => {
    if (!gone.signal.aborted) throw error;
  });
}
