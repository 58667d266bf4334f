/** Starts who is measured, on the first core, and runs the generator on the second. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from '../../tests/support/child.ts';
import { freePort } from '../../tests/support/free-port.ts';
import type { Plan, Report, Someone } from './plan.ts';

const RIVALS = join(import.meta.dirname, '..', 'rivals');
const QUIET = '--disable-warning=ExperimentalWarning';
/** A contender that does not answer any more ends a scenario, not the measurement. */
const RIG_MS = 240_000;

/** The rivals have a package of their own, which is installed when it is needed for the first time. */
export function installRivals(say: (line: string) => void): void {
  if (existsSync(join(RIVALS, 'node_modules', '@hocuspocus', 'server'))) return;
  say('installing the rivals (bench/rivals)');
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: RIVALS, stdio: 'ignore' });
}

/** Everything that this process starts from now on runs on the first core. */
export function stayOnFirstCore(): void {
  execFileSync('taskset', ['-cp', '0', String(process.pid)], { stdio: 'ignore' });
}

export interface Server {
  readonly port: number;
  readonly pid: number;
  /** What it complained about. */
  output(): string;
  stop(): Promise<void>;
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });

async function serve(
  program: string,
  args: (port: number) => readonly string[],
  node: readonly string[] = [],
): Promise<Server> {
  const port = await freePort();
  const command = [QUIET, ...node, program, ...args(port)];
  const child: Child = await startChild(
    process.execPath,
    command,
    { env: { ...process.env, NODE_ENV: 'production' } },
    () => answers(port),
  );
  return {
    port,
    pid: child.pid,
    output: () => child.output(),
    stop: () => child.end(node.length > 0 ? 'SIGTERM' : 'SIGKILL'),
  };
}

const here = (name: string): string => join(import.meta.dirname, name);

/** Flags for the measured process, such as `--cpu-prof`; it is then asked to end rather than killed. */
const nodeFlags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== '');

export const ours = (database: string, limits: object, redis?: string): Promise<Server> =>
  serve(
    here('serve.ts'),
    (port) => [String(port), database, JSON.stringify(limits), ...(redis === undefined ? [] : [redis])],
    nodeFlags,
  );
export const floor = (bytes: number, everyMs: number): Promise<Server> =>
  serve(here('floor.ts'), (port) => [String(port), String(bytes), String(everyMs)]);
export const yWebsocket = (): Promise<Server> => serve(join(RIVALS, 'y-websocket.mjs'), (port) => [String(port)]);
export const hocuspocus = (flushDelay: number, redisPort?: number): Promise<Server> =>
  serve(join(RIVALS, 'hocuspocus.mjs'), (port) => [
    String(port),
    String(flushDelay),
    ...(redisPort === undefined ? [] : [String(redisPort)]),
  ]);

/** People with tickets for our server. */
export async function ticketed(port: number, document: string, from: number, count: number): Promise<Someone[]> {
  const query = new URLSearchParams({ name: document, from: String(from), count: String(count) });
  const answer = await fetch(`http://127.0.0.1:${port}/people?${query}`);
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Someone[];
}

/** People for the others. Their client ids are as short as ours, which a stock client's are not: that is in their favour. */
export const strangers = (document: string, from: number, count: number): Someone[] =>
  Array.from({ length: count }, (_, i) => ({
    client: from + i + 1,
    id: `p-${from + i}`,
    name: `Person ${from + i}`,
    path: `/${encodeURIComponent(document)}`,
  }));

/** One scenario, by a generator of its own on the second core. */
export async function runRig(plan: Plan): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'nexused-rig-'));
  const file = join(folder, 'plan.json');
  writeFileSync(file, JSON.stringify(plan));
  try {
    const output = await new Promise<string>((resolve, reject) => {
      const rig = spawn('taskset', ['-c', '1', process.execPath, QUIET, here('rig.ts'), file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let text = '';
      rig.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()));
      const limit = setTimeout(() => rig.kill('SIGKILL'), RIG_MS);
      const end = (): void => void rig.kill('SIGKILL');
      process.once('exit', end);
      rig.on('error', reject);
      rig.on('close', (code, signal) => {
        clearTimeout(limit);
        process.off('exit', end);
        if (code === 0) resolve(text);
        else reject(new Error(`The generator ended with ${code ?? signal}`));
      });
    });
    return JSON.parse(output) as Report;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
