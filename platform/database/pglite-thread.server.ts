/** The thread that PGlite runs on. It computes on whatever thread calls it, so this one is its own. */
import { types } from '@electric-sql/pglite';
import { parentPort, workerData } from 'node:worker_threads';
import { isFatal, safeInteger, sqlFactsOf } from './errors.ts';
import { openFolder } from './pglite-folder.server.ts';
import { openMemory } from './pglite-memory.server.ts';
import type { Reply, Request } from './pglite-messages.ts';

const folder: unknown = workerData;
const options = { parsers: { [types.INT8]: safeInteger } };

const say = (reply: Reply): void => parentPort?.postMessage(reply);
const pg = typeof folder === 'string' ? await openFolder(folder, options) : await openMemory(options);
const stopListening = new Map<string, () => Promise<void>>();

async function answer(request: Request): Promise<{ rows: Record<string, unknown>[]; affected: number }> {
  switch (request.kind) {
    case 'query': {
      const result = await pg.query<Record<string, unknown>>(request.sql, [...request.params]);
      return { rows: result.rows, affected: result.affectedRows ?? 0 };
    }
    case 'script':
      await pg.exec(request.sql);
      break;
    case 'copy-in':
      await pg.query(`COPY ${request.into} FROM '/dev/blob'`, [], { blob: new Blob([request.text]) });
      break;
    case 'listen':
      stopListening.set(
        request.channel,
        // Quoted: without, PGlite folds the name to lower case and then hears nothing.
        await pg.listen(`"${request.channel}"`, () => say({ kind: 'notify', channel: request.channel })),
      );
      break;
    case 'unlisten':
      await stopListening.get(request.channel)?.();
      stopListening.delete(request.channel);
      break;
    case 'reset':
      if (pg.isInTransaction()) await pg.exec('ROLLBACK');
      break;
    case 'close':
      await pg.close();
      break;
  }
  return { rows: [], affected: 0 };
}

async function handle(request: Request): Promise<void> {
  try {
    say({ kind: 'answer', id: request.id, ...(await answer(request)) });
  } catch (error) {
    const facts = sqlFactsOf(error);
    if (facts !== null) say({ kind: 'refused', id: request.id, facts });
    else {
      const message = error instanceof Error ? error.message : String(error);
      say({ kind: 'failed', id: request.id, message, fatal: isFatal(error) });
    }
  }
}

// One after the other, in the order of arrival.
let last = Promise.resolve();
parentPort?.on('message', (request: Request) => {
  last = last.then(() => handle(request));
});
say({ kind: 'ready' });
