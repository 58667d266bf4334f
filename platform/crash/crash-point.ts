import { writeFileSync } from 'node:fs';

/**
 * Places where a test may end the process as `kill -9` would: set CRASH_AT to the name of one, or of several with commas
 * between, CRASH_AFTER to how many times each is passed first (default 0), and CRASH_NOTE to a file that tells which one it
 * was. Unset, which is always outside of tests, it does nothing.
 */
const passes = new Map<string, number>();

export async function crashPoint(name: string): Promise<void> {
  const armed = process.env['CRASH_AT'];
  if (armed === undefined || !armed.split(',').includes(name)) return;
  const passed = passes.get(name) ?? 0;
  passes.set(name, passed + 1);
  if (passed < Number(process.env['CRASH_AFTER'] ?? 0)) return;
  const note = process.env['CRASH_NOTE'];
  if (note) writeFileSync(note, name);
  process.kill(process.pid, 'SIGKILL');
  // The signal takes a moment; nothing after this point may happen.
  await new Promise(() => undefined);
}
