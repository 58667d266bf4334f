import type pg from 'pg';

type Log = { warn(details: Readonly<Record<string, unknown>>, message: string): void };

/** LISTEN on a connection of its own, made when first needed and made again when lost. */
export class PostgresListener {
  readonly #channels = new Map<string, Set<() => void>>();
  readonly #makeClient: () => pg.Client;
  readonly #log: Log;
  #client: pg.Client | null = null;
  #connecting: Promise<void> | null = null;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(makeClient: () => pg.Client, log: Log) {
    this.#makeClient = makeClient;
    this.#log = log;
  }

  async listen(channel: string, onNotify: () => void): Promise<() => Promise<void>> {
    const listeners = this.#channels.get(channel) ?? new Set();
    const first = listeners.size === 0;
    this.#channels.set(channel, listeners);
    listeners.add(onNotify);
    if (this.#client === null) await this.#connect();
    else if (first) await this.#say('LISTEN', channel);
    return async () => {
      listeners.delete(onNotify);
      if (listeners.size === 0 && this.#channels.delete(channel)) await this.#say('UNLISTEN', channel);
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#connecting;
    await this.#client?.end();
  }

  async #say(verb: 'LISTEN' | 'UNLISTEN', channel: string): Promise<void> {
    try {
      await this.#client?.query(`${verb} ${quoted(channel)}`);
    } catch (error) {
      // The connection is being lost; the next one listens to whatever is wanted then.
      this.#log.warn({ err: error, channel }, `${verb} failed`);
    }
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#tryConnect().finally(() => (this.#connecting = null));
    return this.#connecting;
  }

  /** Never rejects: whoever listens also polls, so a missing hint only makes it slower. */
  async #tryConnect(): Promise<void> {
    const client = this.#makeClient();
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('the server closed the connection')));
    client.on('notification', ({ channel }) => this.#notify(channel));
    try {
      await client.connect();
      for (const channel of this.#channels.keys()) await client.query(`LISTEN ${quoted(channel)}`);
      this.#client = client;
      this.#failures = 0;
      // Something may have been said while nobody listened.
      for (const channel of this.#channels.keys()) this.#notify(channel);
    } catch (error) {
      client.end().catch(() => undefined);
      this.#scheduleRetry(error);
    }
  }

  #lost(client: pg.Client, error: Error): void {
    if (this.#client !== client || this.#closed) return;
    this.#client = null;
    this.#scheduleRetry(error);
  }

  #scheduleRetry(error: unknown): void {
    if (this.#closed) return;
    this.#failures += 1;
    this.#log.warn({ err: error, failures: this.#failures }, 'database notifications are off; connecting again');
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => void this.#connect(), Math.min(10_000, 100 * 2 ** Math.min(this.#failures, 7)));
  }

  #notify(channel: string): void {
    for (const onNotify of this.#channels.get(channel) ?? []) onNotify();
  }
}

/** Channel names are ours; quoting keeps their case. */
function quoted(channel: string): string {
  return `"${channel.replaceAll('"', '""')}"`;
}
