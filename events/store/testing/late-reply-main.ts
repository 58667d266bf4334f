/**
 * Started by a test, because it may not survive: two stores of one process, one whose connection breaks while the other
 * still waits for an answer.
 */
import { openPglite } from '#platform/database/pglite.server.ts';
import { fresh, several } from '../contract-events.ts';
import { openEventStoreDb } from '../eventstoredb.server.ts';
import { startTestEventStoreDb } from './eventstoredb.server.ts';

const appendBy = process.argv[2] === 'batch' ? 'batch' : 'plain';
const [broken, late] = [await startTestEventStoreDb(), await startTestEventStoreDb()];
const db = await openPglite(null);
const one = await openEventStoreDb(broken.url, { db, appendBy });
const other = await openEventStoreDb(late.url, { db, appendBy });
for (const store of [one, other]) await store.append(fresh(), 'no-stream', several(1));

late.faults.lateMs = 500;
const waiting = other.append(fresh(), 'no-stream', several(1));
await new Promise((resolve) => setTimeout(resolve, 100));
Object.assign(broken.faults, { loseReplies: 1, lossIs: 'broken' });
const results = [await one.append(fresh(), 'no-stream', several(1)), await waiting];
await new Promise((resolve) => setTimeout(resolve, 700));
if (results.every((result) => result.kind === 'appended')) console.log('both are written');
process.exit(0);
