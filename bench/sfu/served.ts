/** `serve.ts` and `step-server.ts` as children on the first core. */
import { execFileSync, fork } from 'node:child_process';
import { join } from 'node:path';
import { cpuBelow, cpuOfTree } from '../events/cpu.ts';

export interface Served {
  readonly url: string;
  readonly pid: number;
  readonly mediaPort: number;
  ask<T>(what: string): Promise<T>;
  tell(what: string): void;
  /** CPU of the process itself, and of what it started (the media worker), so far, µs. */
  cpu(): { readonly own: number; readonly below: number };
  stop(): void;
}

export async function served(program: 'serve.ts' | 'step-server.ts'): Promise<Served> {
  const child = fork(join(import.meta.dirname, program), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} has no process`);
  execFileSync('taskset', ['-acp', '0', String(pid)], { stdio: 'ignore' });
  const next = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      child.once('message', (message) => resolve(message as T));
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
    });
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  const { url, mediaPort } = await next<{ url: string; mediaPort: number }>();
  return {
    url,
    pid,
    mediaPort,
    ask<T>(what: string) {
      const answer = next<T>();
      child.send(what);
      return answer;
    },
    tell: (what) => void child.send(what),
    cpu: () => {
      const below = cpuBelow(pid);
      return { own: cpuOfTree(pid) - below, below };
    },
    stop: () => {
      process.off('exit', end);
      end();
    },
  };
}
