import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

function run(env: Record<string, string>): { signal: string | null; output: string } {
  const source = `
    import { crashPoint } from ${JSON.stringify(new URL('./crash-point.ts', import.meta.url).href)};
    for (const n of [1, 2, 3]) {
      console.log('before', n);
      await crashPoint('here');
      await crashPoint('elsewhere');
    }`;
  const { signal, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
  return { signal, output: stdout };
}

it('does nothing unless it is asked to', () => {
  expect(run({})).toEqual({ signal: null, output: 'before 1\nbefore 2\nbefore 3\n' });
});

it('ends the process with SIGKILL at the named point, nothing after it', () => {
  expect(run({ CRASH_AT: 'here' })).toEqual({ signal: 'SIGKILL', output: 'before 1\n' });
});

it('lets the point be passed as often as asked first', () => {
  expect(run({ CRASH_AT: 'here', CRASH_AFTER: '2' })).toEqual({
    signal: 'SIGKILL',
    output: 'before 1\nbefore 2\nbefore 3\n',
  });
});

it('ends at whichever of several comes first, and notes which it was', () => {
  const note = join(mkdtempSync(join(tmpdir(), 'crash-')), 'note');
  const { signal, output } = run({ CRASH_AT: 'nowhere,elsewhere,here', CRASH_AFTER: '1', CRASH_NOTE: note });
  expect({ signal, output }).toEqual({ signal: 'SIGKILL', output: 'before 1\nbefore 2\n' });
  expect(readFileSync(note, 'utf8')).toBe('here');
});
