/**
 * Places where a test may end the process as `kill -9` would: set CRASH_AT to the name of one, and CRASH_AFTER to how
 * many times it is passed first (default 0). Unset, which is always outside of tests, it does nothing.
 */
const passes = new Map<string, number>();

export async function crashPoint(name: string): Promise<void> {
  if (process.env['CRASH_AT'] !== name) return;
  const passed = passes.get(name) ?? 0;
  passes.set(name, passed + 1);
  if (passed < Number(process.env['CRASH_AFTER'] ?? 0)) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal takes a moment; nothing after this point may happen.
  await new Promise(() => undefined);
}
