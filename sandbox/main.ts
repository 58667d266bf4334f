import { fstatSync } from 'node:fs';
import { startSandbox } from './sandbox.server.ts';
import { parseSettings } from './settings.ts';

const STOP_MS = 3_000;

/** A pipe or socket on stdin is a parent's hand; a terminal or /dev/null is not. */
function hasParentOnStdin(): boolean {
  const stdin = fstatSync(0);
  return stdin.isFIFO() || stdin.isSocket();
}

try {
  const sandbox = await startSandbox(parseSettings(process.env));
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), STOP_MS).unref();
    sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`sandbox: ${String(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  if (hasParentOnStdin()) {
    process.stdin.once('end', stop).once('close', stop).once('error', stop).resume();
  }
  process.stdout.write(`${JSON.stringify({ ready: true, port: sandbox.port, smtpPort: sandbox.smtpPort })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
