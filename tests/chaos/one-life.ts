/** One life as a process: started, asked over HTTP, stopped and killed by its pid. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { KEYS, type Sandbox } from '#projections/testing/sandbox.ts';

const LIFE_STARTS_MS = 45_000;

export type Json = Readonly<Record<string, unknown>>;

export interface LifeSettings {
  readonly databaseUrl: string;
  readonly port: number;
  readonly sandbox: Sandbox;
  /** Without it the life is alone on its database. */
  readonly redisUrl?: string;
  /** A file that tells at which crash point it died. */
  readonly note?: string;
}

export interface Life {
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  send(signal: 'SIGSTOP' | 'SIGCONT'): void;
  /** `kill -9`, and waits for the end. */
  kill(): Promise<void>;
}

/** Resolves when it can be asked. */
export async function startLife({ databaseUrl, port, sandbox, redisUrl, note }: LifeSettings): Promise<Life> {
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, 'life.ts')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        PATH: process.env['PATH'] ?? '',
        TEST_LOG: process.env['TEST_LOG'] ?? 'silent',
        DATABASE_URL: databaseUrl,
        ...(redisUrl !== undefined && { REDIS_URL: redisUrl }),
        ...(note !== undefined && { CRASH_NOTE: note }),
        PORT: String(port),
        SANDBOX_URL: sandbox.url,
        SANDBOX_SMTP_PORT: String(sandbox.smtpPort),
        SANDBOX_KEY_ID: KEYS.keyId,
        SANDBOX_KEY_SECRET: KEYS.keySecret,
        SANDBOX_WEBHOOK_SECRET: KEYS.webhookSecret,
      },
    },
  );
  // A test run that is killed must not leave a life behind, least of all one that sleeps.
  const killOnExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killOnExit);
  const gone = once(child, 'exit').then(() => void process.off('exit', killOnExit));
  const life: Life = {
    gone,
    send: (signal) => void child.kill(signal),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
  const ready = once(createInterface({ input: child.stdout }), 'line').then(() => 'ready' as const);
  const late = new AbortController();
  const first = await Promise.race([
    ready,
    gone.then(() => 'gone' as const),
    sleep(LIFE_STARTS_MS, 'late' as const, { signal: late.signal }),
  ]);
  late.abort();
  if (first === 'ready') return life;
  await life.kill();
  throw new Error(`a life did not begin: ${first}`);
}

/** One question, once. @throws when nobody answers in time, or with anything but yes */
export async function askLife(base: string, path: string, body?: Json, withinMs = 15_000): Promise<Json> {
  const answer = await fetch(`${base}/${path}`, {
    method: body ? 'POST' : 'GET',
    signal: AbortSignal.timeout(withinMs),
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const said = (await answer.json()) as Json;
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(said)}`);
  return said;
}
