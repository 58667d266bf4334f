import { describe, expect, it } from 'vitest';
import { META } from '../store/contract-events.ts';
import { KnownStreams } from './known-streams.ts';

const event = (id: string, commandId = `command of ${id}`) => ({ id, meta: { ...META, commandId } });

describe('HA9: what is remembered of streams', () => {
  it('is the whole stream, as far as it is known', () => {
    const known = new KnownStreams<string>();
    expect(known.get('a-1')).toBeNull();
    known.learn('a-1', -1, [event('e0'), event('e1')], 'two');
    known.learn('a-1', 1, [event('e2', 'again')], 'three');
    expect(known.get('a-1')).toMatchObject({ revision: 2, lastId: 'e2', state: 'three' });
    expect([...(known.get('a-1')?.given ?? [])]).toEqual(['command of e0', 'command of e1', 'again']);
    known.learn('a-1', 2, [], 'three');
    expect(known.get('a-1')).toMatchObject({ revision: 2, lastId: 'e2' });
    known.learn('a-1', -1, [event('f0')], 'another log');
    expect(known.get('a-1')).toMatchObject({ revision: 0, lastId: 'f0', state: 'another log' });
    expect(known.size).toEqual({ streams: 1, ids: 1 });
  });

  it('is never a part of a stream', () => {
    const known = new KnownStreams<string>();
    known.learn('a-1', 4, [event('e5')], 'six');
    expect(known.get('a-1')).toBeNull();
    known.learn('a-1', -1, [event('e0')], 'one');
    known.learn('a-1', 3, [event('e4')], 'five');
    expect(known.get('a-1')).toBeNull();
    known.learn('a-2', -1, [], 'nothing');
    expect(known.get('a-2')).toBeNull();
    expect(known.size).toEqual({ streams: 0, ids: 0 });
  });

  it('is bounded by streams, the longest unused going first', () => {
    const known = new KnownStreams<string>({ streams: 2 });
    for (const stream of ['a-1', 'a-2']) known.learn(stream, -1, [event('e')], stream);
    known.get('a-1');
    known.learn('a-3', -1, [event('e')], 'a-3');
    expect(['a-1', 'a-2', 'a-3'].map((stream) => known.get(stream) !== null)).toEqual([true, false, true]);
  });

  it('is bounded by command ids, and one long stream does not push out all others', () => {
    const known = new KnownStreams<string>({ ids: 100 });
    const events = (count: number) => Array.from({ length: count }, (_, n) => event(`e${n}`));
    for (let n = 0; n < 30; n += 1) known.learn(`a-${n}`, -1, events(10), 'ten');
    expect(known.size).toEqual({ streams: 10, ids: 100 });
    known.learn('a-29', 9, events(11), 'grown');
    expect(known.get('a-29')).toBeNull();
    expect(known.size).toEqual({ streams: 9, ids: 90 });
  });

  it('is forgotten when asked, and with age', () => {
    let now = 0;
    const known = new KnownStreams<string>({ ageMs: 100, now: () => now });
    known.learn('a-1', -1, [event('e0')], 'one');
    now = 100;
    known.learn('a-1', 0, [event('e1')], 'two');
    expect(known.get('a-1')).not.toBeNull();
    now = 101;
    expect(known.get('a-1')).toBeNull();
    known.learn('a-1', -1, [event('e0')], 'one');
    known.forget('a-1');
    expect(known.get('a-1')).toBeNull();
    expect(known.size).toEqual({ streams: 0, ids: 0 });
  });
});
