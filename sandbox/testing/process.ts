/** Runs the real process for the tests, with a folder that outlives a kill. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { field, isJson, parseState, type Json, type State } from './shapes.ts';

export const KEY_ID = 'rzp_test_sandboxtests';
export const KEY_SECRET = 'key-secret-of-the-tests';
export const WEBHOOK_SECRET = 'webhook-secret-of-the-tests';

export interface RunningSandbox {
  readonly url: string;
  readonly smtpPort: number;
  /** JSON to `/control/…` and back; throws with the answer when it is a no. */
  control(path: string, body?: Json, method?: string): Promise<Json>;
  state(): Promise<State>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Closes the process's stdin, as the death of its parent does; resolves with the exit code. */
  orphan(): Promise<number | null>;
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'sandbox-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function startSandboxProcess(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningSandbox> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      SANDBOX_DATA: folder,
      SANDBOX_KEY_ID: KEY_ID,
      SANDBOX_KEY_SECRET: KEY_SECRET,
      SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET,
      ...env,
    },
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => {
      throw new Error(`the sandbox ended with ${String(code)} before it was ready`);
    }),
  ]);
  const ready: unknown = JSON.parse(String(line));
  const url = `http://127.0.0.1:${Number(field(ready, 'port'))}`;

  const exitCode = async (): Promise<number | null> => {
    await exited;
    return child.exitCode;
  };
  const control: RunningSandbox['control'] = async (path, body, method = body ? 'POST' : 'GET') => {
    const answer = await fetch(`${url}/control/${path}`, {
      method,
      headers: body ? { 'content-type': 'application/json' } : {},
      body: body ? JSON.stringify(body) : null,
    });
    const value: unknown = await answer.json();
    if (!answer.ok) throw new Error(`control ${path}: ${JSON.stringify(value)}`);
    return isJson(value) ? value : { list: value };
  };
  return {
    url,
    smtpPort: Number(field(ready, 'smtpPort')),
    control,
    state: async () => parseState(await control('state')),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    stop() {
      child.kill('SIGTERM');
      return exitCode();
    },
    orphan() {
      child.stdin.end();
      return exitCode();
    },
  };
}
