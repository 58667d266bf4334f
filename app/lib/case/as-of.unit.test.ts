import { describe, expect, it } from 'vitest';
import { asOf, wallText } from './as-of.ts';

const ZONE = 'Asia/Kolkata';

describe('the instant of the books', () => {
  it('is now without one', () => {
    expect(asOf(null, ZONE)).toEqual({ kind: 'now' });
    expect(asOf(' ', ZONE)).toEqual({ kind: 'now' });
  });

  it('is the end of the minute on the reader’s wall', () => {
    expect(asOf('2026-11-21T18:30', ZONE)).toEqual({ kind: 'at', at: Date.parse('2026-11-21T13:00:59.999Z') });
    expect(wallText(Date.parse('2026-11-21T13:00:59.999Z'), ZONE)).toBe('2026-11-21T18:30');
  });

  it('is the end of the second where seconds are given', () => {
    const at = Date.parse('2026-11-21T13:00:07.999Z');
    expect(asOf('2026-11-21T18:30:07', ZONE)).toEqual({ kind: 'at', at });
    expect(wallText(at, ZONE, true)).toBe('2026-11-21T18:30:07');
    // Browsers leave `:00` out of a field with seconds.
    expect(asOf('2026-11-21T18:30', ZONE, true)).toEqual({ kind: 'at', at: Date.parse('2026-11-21T13:00:00.999Z') });
    expect(asOf('2026-11-21T18:30:60', ZONE)).toEqual({ kind: 'invalid' });
  });

  it('may be given to the millisecond', () => {
    expect(asOf('1795000000000', ZONE)).toEqual({ kind: 'at', at: 1_795_000_000_000 });
  });

  it('is not made up', () => {
    for (const text of ['yesterday', '2026-13-01T00:00', '2026-02-30T00:00', '2026-11-21T24:00', '2026-11-21'])
      expect(asOf(text, ZONE), text).toEqual({ kind: 'invalid' });
  });
});
