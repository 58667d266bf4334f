/** The whole program as a child process, as `npm start` runs it, on a free port and a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const READY = /NexusEd is ready at (http:\/\/\S+)/;

export interface Product {
  readonly url: string;
  readonly dataDir: string;
  readonly pid: number;
  /** SIGKILL: no chance to save anything. */
  kill(): Promise<void>;
  /** SIGTERM: drains. Gives the exit code. */
  stop(): Promise<number | null>;
  output(): string;
}

/** @param port 0 for a free one; the same one again to come back where browsers look. */
export async function startProduct(
  settings: { port?: number; dataDir?: string; env?: Record<string, string> } = {},
): Promise<Product> {
  const dataDir = settings.dataDir ?? mkdtempSync(join(tmpdir(), 'nexused-'));
  const child: ChildProcess = spawn(process.execPath, ['server.ts'], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: process.env.HOME ?? '',
      NODE_NO_WARNINGS: '1',
      PORT: String(settings.port ?? 0),
      DATA_DIR: dataDir,
      ...settings.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const exited = new Promise<number | null>((done) => child.on('exit', (code) => done(code)));
  const url = await new Promise<string>((ready, failed) => {
    const timer = setTimeout(() => failed(new Error(`The product was not ready within 60 s:\n${output}`)), 60_000);
    const onData = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-200_000);
      const found = READY.exec(output);
      if (!found?.[1]) return;
      clearTimeout(timer);
      ready(found[1]);
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.on('exit', (code) => failed(new Error(`The product stopped with code ${code}:\n${output}`)));
  });
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
    output: () => output,
  };
}

export async function removeData(product: Product): Promise<void> {
  await rm(product.dataDir, { recursive: true, force: true, maxRetries: 5 });
}
