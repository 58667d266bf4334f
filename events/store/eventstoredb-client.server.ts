import type { EventStoreDBClient, StreamingRead } from '@eventstore/db-client';
import { readEventStoreUrl, type EventStoreDbUrl } from './eventstoredb-url.ts';
import type { Report } from './tail.ts';

export type Client = EventStoreDBClient;
export type Credentials = { readonly username: string; readonly password: string };

export interface BorrowedClient {
  readonly client: Client;
  readonly url: EventStoreDbUrl;
  /** The last one to give it back ends its streams. */
  release(): Promise<void>;
}

interface Shared {
  readonly opening: Promise<Client>;
  users: number;
}

/** One client a process and server: the pending batch appends of all clients of a process are in one map of the module. */
const shared = new Map<string, Shared>();

/** Gives the process's client for `url`, which the package is only loaded for here. Never throws with the password. */
export async function borrowClient(url: string, report: Report): Promise<BorrowedClient> {
  const parsed = readEventStoreUrl(url);
  let entry = shared.get(url);
  if (entry === undefined) {
    for (const warning of parsed.warnings) report.warn({ url: parsed.shown }, warning);
    if (shared.size > 0)
      report.warn({ url: parsed.shown }, 'this process has clients for several EventStoreDB servers');
    entry = { opening: connect(url), users: 0 };
    shared.set(url, entry);
  }
  const mine = entry;
  mine.users += 1;
  let released = false;
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    mine.users -= 1;
    if (mine.users > 0) return;
    if (shared.get(url) === mine) shared.delete(url);
    await (await mine.opening).dispose();
  };
  return { client: await mine.opening, url: parsed, release };
}

async function connect(url: string): Promise<Client> {
  const { EventStoreDBClient } = await import('@eventstore/db-client');
  return EventStoreDBClient.connectionString(url);
}

/** All that a read gives. Rejects when nothing comes for `idleMs`: the client has no time-out of its own for reads. */
export function collect<E>(reading: StreamingRead<E>, idleMs: number): Promise<E[]> {
  return new Promise((resolve, reject) => {
    const events: E[] = [];
    let timer = setTimeout(late, idleMs);
    function late(): void {
      reject(new Error(`Reading from EventStoreDB: nothing came for ${idleMs} ms`));
      void reading.cancel().catch(reject);
    }
    reading.on('data', (event: E) => {
      clearTimeout(timer);
      timer = setTimeout(late, idleMs);
      events.push(event);
    });
    // Stays attached: a broken stream may emit its error more than once.
    reading.on('error', (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
    reading.on('end', () => {
      clearTimeout(timer);
      resolve(events);
    });
  });
}
