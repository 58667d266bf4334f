/** A helper process that says in one JSON line when it is ready, and is started again when it dies. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ChildSettings {
  readonly name: string;
  readonly args: readonly string[];
  /** `last` is what its ready line said before it died, so that it can come back on the same ports. */
  readonly env: (last: Readonly<Record<string, unknown>> | null) => Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  /** After it died and came back. */
  readonly onRestart: () => void;
}

export interface Child {
  /** What its latest ready line said. */
  ready(): Readonly<Record<string, unknown>>;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 20_000;
const STOP_WITHIN_MS = 5_000;
const RESTART_AFTER_MS = 500;

export async function startChild(settings: ChildSettings): Promise<Child> {
  let stopping = false;
  let child: ChildProcess;
  let last: Record<string, unknown> | null = null;

  const launch = (): Promise<Record<string, unknown>> =>
    new Promise((ready, failed) => {
      // Its stdin stays open as long as we live: it ends itself when we are killed.
      child = spawn(process.execPath, [...settings.args], {
        env: { ...settings.env(last), PATH: process.env.PATH ?? '', NODE_NO_WARNINGS: '1' },
        stdio: ['pipe', 'pipe', 'pipe'],
        // Ctrl-C in a terminal reaches the whole group; this one is stopped by us, after we have drained.
        detached: true,
      });
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        failed(new Error(`${settings.name} was not ready within ${READY_WITHIN_MS} ms.`));
      }, READY_WITHIN_MS);
      const lines = (stream: NodeJS.ReadableStream | null): void => {
        if (!stream) return;
        createInterface({ input: stream }).on('line', (line) => {
          const said = line.startsWith('{"ready":true') ? (JSON.parse(line) as Record<string, unknown>) : null;
          if (!said) return settings.onLine(line);
          clearTimeout(timer);
          last = said;
          ready(said);
        });
      };
      lines(child.stdout);
      lines(child.stderr);
      child.stdin?.on('error', () => settings.onLine(`${settings.name} closed its input`));
      child.on('error', (error) => failed(error));
      child.on('exit', (code, signal) => {
        clearTimeout(timer);
        failed(new Error(`${settings.name} stopped (${signal ?? code}).`));
        if (stopping) return;
        settings.onLine(`${settings.name} stopped (${signal ?? code}); it is started again`);
        setTimeout(() => {
          if (!stopping)
            launch().then(
              () => settings.onRestart(),
              (error: unknown) => settings.onLine(`${settings.name} did not come back: ${String(error)}`),
            );
        }, RESTART_AFTER_MS);
      });
    });

  const first = await launch();
  return {
    ready: () => last ?? first,
    stop: () =>
      new Promise((done) => {
        stopping = true;
        if (child.exitCode !== null || child.signalCode !== null) return done();
        const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
        child.on('exit', () => {
          clearTimeout(timer);
          done();
        });
        child.kill('SIGTERM');
      }),
  };
}
