import { describe, expect, it } from 'vitest';
import { META } from './contract-events.ts';
import { comparePositions } from './event-store.ts';
import { classify } from './eventstoredb-errors.ts';
import { Inbox } from './eventstoredb-inbox.ts';
import { checkGroupName, InvalidEventStoreUrl, readEventStoreUrl } from './eventstoredb-url.ts';
import {
  chainable,
  isOurs,
  logPositionOf,
  outgoing,
  positionIn,
  positionOf,
  recorded,
  serverFilter,
  type Arrived,
} from './eventstoredb-wire.ts';

const arrived = (changes: Partial<Arrived> = {}): Arrived => ({
  streamId: 'booking-1',
  id: '00000000-0000-4000-8000-000000000001',
  revision: 3n,
  type: 'BookingRequested',
  data: { b: 1, a: [2] },
  metadata: { appendId: 'x', $correlationId: 'c', meta: META },
  isJson: true,
  created: new Date(1_795_000_000_000),
  position: { commit: 10n, prepare: 9n },
  ...changes,
});

describe('EventStoreDB: the connection string', () => {
  it('is taken apart, with the password decoded and not shown', () => {
    const url = readEventStoreUrl('esdb://admin:se%40c%3Aret@es1:2113,es2:2113?tls=true');
    expect(url).toMatchObject({ credentials: { username: 'admin', password: 'se@c:ret' }, tls: true, warnings: [] });
    expect(url.shown).toBe('esdb://admin:…@es1:2113,es2:2113');
    expect(readEventStoreUrl('esdb+discover://es.local')).toMatchObject({ credentials: null, tls: true });
  });

  it('warns without TLS, and of credentials that are then not sent', () => {
    expect(readEventStoreUrl('esdb://h:1?tls=false').warnings).toHaveLength(1);
    expect(readEventStoreUrl('esdb://a:b@h:1?tls=false').warnings[1]).toMatch(/credentials are not sent/);
    expect(readEventStoreUrl('esdb://h:1').warnings).toEqual([expect.stringMatching(/share one stream/)]);
  });

  it.each([
    'http://h:2113',
    'kurrentdb://h:2113',
    'esdb://a:se:cret@h:2113',
    'esdb://a:se@cret@h:2113',
    'esdb://h:1?throwOnAppendFailure=false',
    'esdb://h:1?tlsVerifyCert=false',
  ])('is refused where the client would fail late or not tell: %s', (url) => {
    expect(() => readEventStoreUrl(url)).toThrow(InvalidEventStoreUrl);
    expect(() => readEventStoreUrl(url)).not.toThrow(/cret/);
  });

  it('takes no group name that would break the name of a system stream', () => {
    expect(() => checkGroupName('mail')).not.toThrow();
    for (const name of ['', 'a::b', '$all', 'two words']) expect(() => checkGroupName(name)).toThrow('group name');
  });
});

describe('EventStoreDB: what an error means', () => {
  it.each([
    [
      { type: 'wrong-expected-version', actualVersion: 4n },
      { kind: 'wrong-revision', actual: 4 },
    ],
    [
      { type: 'wrong-expected-version', actualVersion: 'no_stream' },
      { kind: 'wrong-revision', actual: 'no-stream' },
    ],
    [
      { type: 'wrong-expected-version', actualVersion: -1n },
      { kind: 'wrong-revision', actual: 'no-stream' },
    ],
    [{ code: 14 }, { kind: 'unavailable' }],
    [{ type: 'not-leader', code: 5 }, { kind: 'unavailable' }],
    // Broken during the append itself: it may be written.
    [{ type: 'unavailable', code: 14 }, { kind: 'unknown' }],
    [{ type: 'cancelled', code: 1 }, { kind: 'unknown' }],
    [{ type: 'deadline-exceeded', code: 4 }, { kind: 'unknown' }],
    [{ type: 'unknown', code: 13 }, { kind: 'unknown' }],
    [new Error('did not answer within 5 ms'), { kind: 'unknown' }],
    [undefined, { kind: 'unknown' }],
    [{ type: 'access-denied', code: 7 }, { kind: 'refused' }],
    [{ code: 16 }, { kind: 'refused' }],
    [{ type: 'stream-deleted', code: 9 }, { kind: 'refused' }],
    [
      { type: 'maximum-append-size-exceeded', maxAppendSize: 1024 },
      { kind: 'too-large', limit: 1024 },
    ],
    [{ type: 'stream-not-found' }, { kind: 'not-found' }],
    [{ type: 'persistent-subscription-exists' }, { kind: 'exists' }],
    [{ type: 'unsupported' }, { kind: 'unsupported' }],
  ])('%o', (error, failure) => {
    expect(classify(error)).toEqual(failure);
  });
});

describe('EventStoreDB: the wire', () => {
  it('has positions whose text order is log order, up to the last one', () => {
    const log = [
      { commit: 9n, prepare: 9n },
      { commit: 10n, prepare: 2n },
      { commit: 10n, prepare: 10n },
      { commit: 2n ** 63n - 1n, prepare: 0n },
    ];
    const positions = log.map(positionOf);
    expect([...positions].reverse().sort(comparePositions)).toEqual(positions);
    expect(positions.map(logPositionOf)).toEqual(log);
    expect(() => logPositionOf('0000000000000042')).toThrow('another store');
  });

  it('refuses a server that tells no positions', () => {
    for (const position of [
      undefined,
      { commit: 0n, prepare: 0n },
      { commit: 2n ** 64n - 1n, prepare: 2n ** 64n - 1n },
    ]) {
      expect(() => positionIn(arrived({ position }))).toThrow('22.6');
    }
  });

  it('sends plain values and an envelope, and reads the same event back', () => {
    const sent = outgoing({ id: 'i', type: 'T', data: '{"10":1,"9":2}', meta: JSON.stringify(META) }, META, 'append-1');
    expect(sent).toMatchObject({
      contentType: 'application/json',
      metadata: {
        $correlationId: META.correlationId,
        $causationId: META.causationId,
        appendId: 'append-1',
        meta: META,
      },
    });
    const back = recorded(arrived({ data: JSON.parse(JSON.stringify(sent.data)), metadata: sent.metadata }));
    expect(back).toMatchObject({
      meta: META,
      category: 'booking',
      revision: 3,
      recordedAt: 1_795_000_000_000,
      chain: '',
    });
    // JavaScript gives keys like these in another order; the chain covers the canonical one.
    expect(chainable(back).data).toBe('{"10":1,"9":2}');
  });

  it('knows its own events', () => {
    expect(isOurs(arrived())).toBe(true);
    for (const streamId of ['$stats-1', '$$booking-1', 'nodash', 'two words-1']) {
      expect(isOurs(arrived({ streamId }))).toBe(false);
    }
    expect(isOurs(arrived({ type: '$>' }))).toBe(false);
    for (const change of [{ isJson: false }, { data: 'text' }, { metadata: undefined }, { metadata: { meta: {} } }]) {
      expect(() => recorded(arrived(change))).toThrow('did not write');
    }
  });

  it('gives the server the part of a filter that it takes, exactly', () => {
    expect(serverFilter({ categories: ['a', 'b'], types: ['T'] })).toEqual({
      filterOn: 'streamName',
      prefixes: ['a-', 'b-'],
    });
    const { regex = '' } = { regex: '', ...serverFilter({ types: ['Mixed', 'A.B'] }) };
    expect(['Mixed', 'A.B', 'AxB', 'MixedMore', 'ReMixed'].map((type) => new RegExp(regex).test(type))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(serverFilter(undefined)).toEqual({ filterOn: 'eventType', regex: '^[^$].*' });
  });
});

describe('EventStoreDB: the inbox of a subscription', () => {
  const settings = { live: false, quietMs: 20, idleMs: 30, signal: new AbortController().signal };
  const event = recorded(arrived());

  it('fills batches before the end of the log is reached, and hands out at once later', async () => {
    const inbox = new Inbox();
    for (let n = 0; n < 5; n += 1) inbox.push({ kind: 'event', event });
    inbox.push({ kind: 'caught-up' });
    expect((await inbox.take(3, settings))?.events).toHaveLength(3);
    expect(await inbox.take(3, settings)).toMatchObject({ events: [event, event], caughtUp: true });
    inbox.push({ kind: 'event', event });
    expect((await inbox.take(3, { ...settings, live: true }))?.events).toHaveLength(1);
  });

  it('keeps marks behind the events before them', async () => {
    const inbox = new Inbox();
    inbox.push({ kind: 'event', event });
    inbox.push({ kind: 'event', event });
    inbox.push({ kind: 'reached', position: '9' });
    expect((await inbox.take(1, settings))?.reached).toBe(event.position);
    expect((await inbox.take(1, settings))?.reached).toBe('9');
    expect(await inbox.take(1, settings)).toBeNull();
  });

  it('hands out what came before an error, and then the error', async () => {
    const inbox = new Inbox();
    inbox.push({ kind: 'event', event });
    inbox.fail(new Error('broken'));
    expect((await inbox.take(9, settings))?.events).toHaveLength(1);
    await expect(inbox.take(9, settings)).rejects.toThrow('broken');
  });
});
