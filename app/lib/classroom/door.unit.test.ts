/** When a page asks a lesson's door again, and for what. */
import { describe, expect, it, vi } from 'vitest';
import type { Join, JoinHow } from '../../server/services.ts';
import { Door } from './door.svelte.ts';

// Runes are compiled away in pages; here a plain value does.
vi.hoisted(() => Reflect.set(globalThis, '$state', { raw: (value: unknown) => value }));

const join = (url: string): Join => ({
  lessonId: 'l',
  role: 'participant',
  ticket: `for ${url}`,
  expiresAt: Date.now() + 600_000,
  sync: { url: 'wss://sync.test', documents: [] },
  signalling: { url, path: '/signalling' },
});

function doorWith(...urls: readonly string[]): { door: Door; asked: JoinHow[] } {
  const asked: JoinHow[] = [];
  const door = new Door('nx-1', 'p', (_code, _personId, how) => {
    const url = urls[asked.length];
    asked.push(how);
    return Promise.resolve(url === undefined ? { kind: 'unreachable' } : { kind: 'join', join: join(url) });
  });
  return { door, asked };
}

describe('the door of a lesson', () => {
  it('is asked once while its answer is good', async () => {
    const { door, asked } = doorWith('a', 'b');
    await door.open();
    expect(await door.open()).toMatchObject({ join: { signalling: { url: 'a' } } });
    expect(asked).toEqual([{}]);
  });

  it('is asked once by whoever prepares and whoever comes in meanwhile', async () => {
    const { door, asked } = doorWith('a', 'b');
    const both = await Promise.all([door.open(), door.open()]);
    expect(both).toMatchObject([{ join: { signalling: { url: 'a' } } }, { join: { signalling: { url: 'a' } } }]);
    expect(asked).toEqual([{}]);
  });

  it('[N6] takes no answer to an older question where that one is doubted', async () => {
    const { door, asked } = doorWith('a', 'b');
    const before = door.open();
    door.doubt('a');
    expect(await door.open()).toMatchObject({ join: { signalling: { url: 'b' } } });
    await before;
    expect(asked).toEqual([{}, { avoid: 'a' }]);
  });

  it('is asked anew after an answer of which nothing came', async () => {
    const { door, asked } = doorWith();
    await door.open();
    await door.open();
    expect(asked).toHaveLength(2);
  });

  it('[N6] is asked for another address where nobody answers, and until it says one the ticket stays', async () => {
    const { door, asked } = doorWith('a', 'b');
    await door.open();
    door.doubt('a');
    expect(door.current?.ticket).toBe('for a');
    expect(await door.open()).toMatchObject({ join: { signalling: { url: 'b' } } });
    await door.open();
    expect(asked).toEqual([{}, { avoid: 'a' }]);
  });

  it('[N6] is asked for another address again when it did not answer', async () => {
    const { door, asked } = doorWith('a');
    await door.open();
    door.doubt('a');
    expect(await door.open()).toEqual({ kind: 'unreachable' });
    await door.open();
    expect(asked.slice(1)).toEqual([{ avoid: 'a' }, { avoid: 'a' }]);
  });

  it('[N1] is asked anew where another node has the lesson', async () => {
    const { door, asked } = doorWith('a', 'b');
    await door.open();
    door.doubt(null);
    expect(await door.open()).toMatchObject({ join: { signalling: { url: 'b' } } });
    expect(asked).toEqual([{}, {}]);
  });

  it('[N5] gives a new ticket to who is in, and leaves them where they are', async () => {
    const { door, asked } = doorWith('a', 'b');
    await door.open();
    expect(await door.renew()).toMatchObject({ join: { ticket: 'for b', signalling: { url: 'a' } } });
    expect(door.current).toMatchObject({ ticket: 'for b', signalling: { url: 'a' } });
    expect(asked).toEqual([{}, { renewing: true }]);
  });
});
