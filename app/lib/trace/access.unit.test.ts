import { describe, expect, it } from 'vitest';
import { loadForOps } from './load.ts';

type Event = Parameters<typeof loadForOps>[0];
const url = new URL('http://localhost/ops/traces?code=ABCDEFGH');
const eventOf = (roles: readonly string[] | null): Event =>
  ({
    url,
    locals: {
      person: roles && { personId: 'p', roles },
      get services(): never {
        throw new Error('asked for a trace');
      },
    },
  }) as unknown as Event;

describe('[TR5] who reads traces', () => {
  it.each(['student', 'tutor', 'guardian', 'institute-admin', 'auditor'])('not a %s', (role) => {
    expect(() => loadForOps(eventOf([role]))).toThrow(expect.objectContaining({ status: 404 }));
  });

  it('not who is signed out, and nobody reads before the role is checked', () => {
    expect(() => loadForOps(eventOf(null))).toThrow(expect.objectContaining({ status: 303 }));
    expect(() => loadForOps(eventOf(['ops']))).toThrow('asked for a trace');
  });
});
