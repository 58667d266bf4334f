import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findKey, loadKeys } from './keys.server.ts';

describe('keys', () => {
  it('are made once, kept, and readable by their owner only', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    const first = loadKeys(folder, ['A', 'B'], {});
    expect(first.A).toMatch(/^[0-9a-f]{64}$/);
    expect(first.A).not.toBe(first.B);
    expect(loadKeys(folder, ['A', 'B'], {})).toEqual(first);
    expect(statSync(join(folder, 'keys.json')).mode & 0o077).toBe(0);
  });

  it('given as settings win and are not written down', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    expect(loadKeys(folder, ['A'], { A: 'given' }).A).toBe('given');
    expect(loadKeys(folder, ['A'], {}).A).not.toBe('given');
  });

  it('are found by tools, which make none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    expect(findKey(folder, 'A', null)).toBeNull();
    expect(findKey(folder, 'A', 'given')).toBe('given');
    const { A } = loadKeys(folder, ['A'], {});
    expect(findKey(folder, 'A', null)).toBe(A);
  });

  it('refuse to replace a file that they cannot read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'keys-'));
    writeFileSync(join(folder, 'keys.json'), '{ "A": ');
    expect(() => loadKeys(folder, ['A'], {})).toThrow();
  });
});
