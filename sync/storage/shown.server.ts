/** What everybody saw of a student's own board: the moments in which the host showed it, and nothing of the others. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import * as Y from 'yjs';
import { encodeHistory, type HistoryRow } from '../documents/history.ts';
import type { HistoryFile } from './copies.server.ts';
import { applyAll, PAGE_ROWS, type HistoryTable } from './history.server.ts';

const compress = promisify(gzip);

/** Business ms; it was shown from the first on and no more from the second on. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Rows of their own, numbered from 1: at the beginning of each stretch what the board was then, as one update, and then
 * every update of the stretch. More stretches, or a longer last one, only add rows.
 */
export async function shownRows(
  table: HistoryTable,
  name: string,
  owner: string,
  stretches: readonly Stretch[],
): Promise<HistoryRow[]> {
  const rows: HistoryRow[] = [];
  const seen = new Y.Doc();
  const add = (row: Omit<HistoryRow, 'seq'>): void => void rows.push({ ...row, seq: rows.length + 1 });
  for (const { from, to } of stretches) {
    const moment = await table.moment(name, from);
    if (moment) {
      const body = Y.encodeStateAsUpdate(moment.doc, Y.encodeStateVector(seen));
      moment.doc.destroy();
      Y.applyUpdate(seen, body);
      add({ at: from, wallAt: from, personId: owner, brought: false, late: false, body });
    }
    for (let after = moment?.seq ?? 0; ;) {
      const page = await table.page(name, after);
      const end = page.findIndex(({ at }) => at >= to);
      const inside = end < 0 ? page : page.slice(0, end);
      applyAll(
        seen,
        inside.map(({ body }) => body),
      );
      for (const row of inside) add(row);
      after += inside.length;
      if (end >= 0 || page.length < PAGE_ROWS) break;
    }
  }
  seen.destroy();
  return rows;
}

/** As a file, behind the row `after`; null when there is nothing. */
export async function shownHistory(
  table: HistoryTable,
  name: string,
  owner: string,
  stretches: readonly Stretch[],
  after: number,
): Promise<HistoryFile | null> {
  const rows = (await shownRows(table, name, owner, stretches)).slice(after);
  if (rows.length === 0) return null;
  const file = encodeHistory(rows);
  const etag = `"shown-${createHash('sha256').update(file).digest('base64url').slice(0, 22)}"`;
  return { etag, gzip: () => compress(file) };
}
