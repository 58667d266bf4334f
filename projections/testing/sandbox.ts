/** The real sandbox process, for the integration tests of this folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const KEYS = { keyId: 'rzp_test_projections', keySecret: 'key-secret', webhookSecret: 'webhook-secret' };

type Entity = Readonly<Record<string, unknown>>;

export interface ProviderState {
  readonly orders: readonly Entity[];
  readonly payments: readonly Entity[];
  readonly transfers: readonly Entity[];
  readonly refunds: readonly Entity[];
  readonly disputes: readonly Entity[];
  readonly reversals: readonly Entity[];
  readonly balances: {
    readonly accounts: Readonly<Record<string, { readonly balance: number; readonly held: number }>>;
  };
  readonly requests: {
    readonly counts: Readonly<Record<string, { readonly calls: number; readonly committed: number }>>;
  };
}

export interface Sandbox {
  readonly url: string;
  readonly smtpPort: number;
  control<T = Entity>(path: string, body?: Entity, method?: string): Promise<T>;
  state(): Promise<ProviderState>;
  /** The mails it has taken, oldest first, as text. */
  inbox(): Promise<string>;
  stop(): Promise<void>;
}

export async function startSandbox(webhookUrl: string): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), 'projections-sandbox-'));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', 'sandbox/main.ts'], {
    cwd: join(import.meta.dirname, '..', '..'),
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      SANDBOX_PORT: '0',
      SANDBOX_DATA: folder,
      SANDBOX_KEY_ID: KEYS.keyId,
      SANDBOX_KEY_SECRET: KEYS.keySecret,
      SANDBOX_WEBHOOK_SECRET: KEYS.webhookSecret,
      SANDBOX_WEBHOOK_URL: webhookUrl,
    },
  });
  const exited = once(child, 'exit');
  const [line]: unknown[] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then(() => Promise.reject(new Error('the sandbox ended before it was ready'))),
  ]);
  const ready: { port: number; smtpPort: number } = JSON.parse(String(line));
  return {
    ...attachSandbox(`http://127.0.0.1:${ready.port}`, ready.smtpPort),
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** One that someone else has started, and ends. */
export function attachSandbox(url: string, smtpPort: number): Sandbox {
  async function control<T>(path: string, body?: Entity, method = body ? 'POST' : 'GET'): Promise<T> {
    const answer = await fetch(`${url}/control/${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }

  return {
    url,
    smtpPort,
    control,
    state: () => control<ProviderState>('state'),
    inbox: async () => (await fetch(`${url}/sandbox/mail/messages?limit=200`)).text(),
    stop: async () => undefined,
  };
}
