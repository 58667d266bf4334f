import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

export interface Child {
  readonly pid: number;
  /** What it wrote so far, to explain a failure. */
  output(): string;
  exited(): boolean;
  /** Sends the signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a program and waits until `isUp` holds; its output is part of the error when that never happens. */
export async function startChild(
  command: string,
  args: readonly string[],
  options: SpawnOptions,
  isUp: () => Promise<boolean>,
): Promise<Child> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-8_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.on('error', (error) => keep(Buffer.from(String(error))));
  // A test run that is killed must not leave servers behind.
  const killOnExit = (): void => void child.kill('SIGKILL');
  process.on('exit', killOnExit);
  child.on('exit', () => process.off('exit', killOnExit));

  const deadline = performance.now() + 30_000;
  while (!(await isUp().catch(() => false))) {
    if (gone(child) || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${command} did not come up:\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (child.pid === undefined) throw new Error(`${command} has no pid`);
  return {
    pid: child.pid,
    output: () => output,
    exited: () => gone(child),
    async end(signal) {
      if (gone(child)) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
    },
  };
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
