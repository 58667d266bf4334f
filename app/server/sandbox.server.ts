/** The sandbox process behind the product, as its neighbour: started, told the time and where webhooks go, stopped. */
import { join } from 'node:path';
import { startChild } from '#platform/child/child.server.ts';
import type { Log } from '#platform/log/log.server.ts';

export interface Sandbox {
  readonly url: string;
  /** Its mail server may move when it is started again. */
  smtpUrl(): string;
  /** Business clock's offset from the wall clock, ms. */
  setClock(offsetMs: number): Promise<void>;
  setWebhookUrl(url: string): Promise<void>;
  /** A linked account that may be paid at once; the same for the same e-mail address. */
  linkedAccount(email: string, name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startSandbox(settings: {
  readonly root: string;
  readonly dataDir: string;
  readonly keyId: string;
  readonly keySecret: string;
  readonly webhookSecret: string;
  readonly log: Log;
}): Promise<Sandbox> {
  const { log } = settings;
  let offsetMs = 0;
  let webhookUrl: string | null = null;

  const child = await startChild({
    name: 'sandbox',
    args: [join(settings.root, 'sandbox', 'main.ts')],
    env: (last) => ({
      SANDBOX_PORT: String(last?.port ?? 0),
      SANDBOX_DATA: join(settings.dataDir, 'sandbox'),
      SANDBOX_KEY_ID: settings.keyId,
      SANDBOX_KEY_SECRET: settings.keySecret,
      SANDBOX_WEBHOOK_SECRET: settings.webhookSecret,
      SANDBOX_CLOCK_OFFSET_MS: String(offsetMs),
      ...(webhookUrl ? { SANDBOX_WEBHOOK_URL: webhookUrl } : {}),
    }),
    onLine: (line) => log.warn({ sandbox: line }, 'the sandbox says'),
    onRestart: () => log.info({}, 'the sandbox is back'),
  });
  const url = `http://127.0.0.1:${String(child.ready().port)}`;

  async function control(path: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    const response = await fetch(`${url}/control/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`The sandbox refused ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, unknown>;
  }

  return {
    url,
    smtpUrl: () => `smtp://127.0.0.1:${String(child.ready().smtpPort)}`,
    async setClock(offset) {
      offsetMs = offset;
      await control('clock', { offsetMs });
    },
    async setWebhookUrl(target) {
      webhookUrl = target;
      await control('webhook-url', { url: target });
    },
    async linkedAccount(email, name) {
      const { accountId } = await control('accounts', { email, name });
      if (typeof accountId !== 'string') throw new Error('The sandbox gave no account id.');
      return accountId;
    },
    stop: () => child.stop(),
  };
}
