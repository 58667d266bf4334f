import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import { GENESIS, link, type ChainedStore, type ChainRecord } from '../chain.ts';
import { happened } from '../contract-events.ts';
import type { EventStore } from '../event-store.ts';
import { inMemoryStore } from '../in-memory.ts';
import { exportLog } from './export.server.ts';
import { closingBytes, headBytes, hex, type Head, type Scope, type SignedHead } from './format.ts';
import { nextHead } from './heads.server.ts';
import { auditKey } from './key.server.ts';
import { NO_HASH, parseHead } from './lines.ts';
import { sha256Of } from './merkle.ts';
import { keyIdOf } from './signatures.ts';
import { verifyExport, type Verdict, type VerifyOptions } from './verify.ts';

const key = auditKey('ab'.repeat(32));
type Store = EventStore & ChainedStore;

async function signed(store: ChainedStore, heads: readonly SignedHead[], now = 1_000): Promise<readonly SignedHead[]> {
  const head = await nextHead({ store, key }, heads.at(-1)?.head ?? null, false, now);
  if ('kind' in head) throw new Error(`not signed: ${head.kind}`);
  return [...heads, { head, signature: key.sign(headBytes(head)) }];
}

async function exported(store: Store, heads: readonly SignedHead[], scope: Scope): Promise<string> {
  let text = '';
  await exportLog({ store, key, heads, scope, now: () => 5_000, write: async (more) => void (text += more) });
  return text;
}

/** In uneven chunks, as a file comes from a disk. */
async function* chunks(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7) % 1_001) yield bytes.slice(at, at + size);
}

const verify = (file: string | Uint8Array, options: VerifyOptions = { keys: [key.publicKey] }): Promise<Verdict> =>
  verifyExport(chunks(typeof file === 'string' ? new TextEncoder().encode(file) : file), options);

const WHOLE: Scope = { kind: 'whole' };
const PART: Scope = { kind: 'booking', id: 'b1' };

/** Two bookings in one lesson, signed twice on the way. */
async function example(): Promise<{ store: Store; heads: readonly SignedHead[] }> {
  const store = inMemoryStore({ now: () => 77 });
  const add = (stream: string, type: string, data: Record<string, unknown>): Promise<unknown> =>
    store.append(stream, 'any', [happened(type, data)]);
  await add('booking-b0', 'BookingRequested', { bookingId: 'b0', note: 'Nobody else may read this' });
  await add('booking-b1', 'BookingRequested', { bookingId: 'b1', tutorId: 't', studentId: 's1', note: 'naïve 👩🏽‍🎓' });
  await add('calendar-t', 'SeatHeld', { bookingId: 'b0', lessonId: 'l1' });
  await add('calendar-t', 'SeatHeld', { bookingId: 'b1', lessonId: 'l1' });
  let heads = await signed(store, []);
  await add('booking-b1', 'BookingAccepted', { bookingId: 'b1', lessonId: 'l1' });
  await add('lesson-l1', 'LessonScheduled', { lessonId: 'l1', tutorId: 't' });
  await add('lesson-l1', 'ParticipantJoined', { lessonId: 'l1', personId: 's0', secret: 'of another student' });
  await add('lesson-l1', 'ParticipantJoined', { lessonId: 'l1', personId: 's1' });
  await add('payment-b1', 'PaymentCaptured', { bookingId: 'b1', amount: 80_000 });
  await add('chargeback-c1', 'ChargebackOpened', { chargebackId: 'c1', bookingId: 'b1' });
  await add('chargeback-c1', 'ContestSubmitted', { chargebackId: 'c1' });
  heads = await signed(store, heads, 2_000);
  return { store, heads };
}

/** The file with these lines and a closing line that fits them, as only the holder of the key can make it. */
function closed(lines: readonly string[]): string {
  const body = lines.map((line) => `${line}\n`);
  const sum = body.reduce((before, line) => sha256Of(before, new TextEncoder().encode(line)), NO_HASH);
  const records = lines.filter((line) => line.startsWith('{"chain"')).length;
  const closing = { lines: lines.length, records, sum: hex(sum), keyId: key.keyId, publicKey: key.publicKey };
  return `${body.join('')}${canonicalJson({ closing, signature: key.sign(closingBytes(closing)) })}\n`;
}

const linesOf = (file: string): string[] => file.split('\n').slice(0, -2);
const positionIn = (line: string | undefined): string => /"position":"(\d+)"/.exec(line ?? '')?.[1] ?? '';

describe('an audit export', () => {
  it('AU1: of the whole log verifies with the public key alone, and says what it holds', async () => {
    const { store, heads } = await example();
    const file = await exported(store, heads, WHOLE);
    expect(await verify(file)).toEqual({
      kind: 'whole',
      scope: WHOLE,
      records: 11,
      bytes: Buffer.byteLength(file),
      heads: 2,
      head: heads[1]?.head,
      exportedAt: 5_000,
      from: 77,
      to: 77,
      keys: [key.publicKey],
      unchecked: [],
    });
    expect(await verify(file, {})).toMatchObject({ kind: 'whole' });
  });

  it('AU2: of one booking is proven against the signed head, and holds nothing of others', async () => {
    const { store, heads } = await example();
    const file = await exported(store, heads, PART);
    expect(await verify(file)).toMatchObject({ kind: 'whole', scope: PART, records: 8, heads: 1 });
    for (const theirs of ['Nobody else', '"b0"', 's0', 'of another student']) expect(file).not.toContain(theirs);
    for (const ours of ['naïve 👩🏽‍🎓', 'PaymentCaptured', 'ContestSubmitted', 'LessonScheduled', '"personId":"s1"'])
      expect(file).toContain(ours);
  });

  it('AU2: of one stream too, and of a log of any length', async () => {
    for (let length = 1; length <= 20; length += 1) {
      const store = inMemoryStore();
      for (let index = 0; index < length; index += 1)
        await store.append(`a-${index % 3}`, 'any', [happened('A', { index })]);
      const heads = await signed(store, []);
      expect(await verify(await exported(store, heads, WHOLE))).toMatchObject({ kind: 'whole', records: length });
      const part = await verify(await exported(store, heads, { kind: 'stream', id: 'a-0' }));
      expect(part, `${length}`).toMatchObject({ kind: 'whole', records: Math.ceil(length / 3) });
    }
  });

  it.each([
    ['whole log', WHOLE],
    ['part', PART],
  ] as const)('AU3: any one changed byte of a %s is found', { timeout: 60_000 }, async (_name, scope) => {
    const { store, heads } = await example();
    const bytes = new TextEncoder().encode(await exported(store, heads, scope));
    const missed: number[] = [];
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.slice();
      changed[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      const verdict = await verify(changed);
      if (verdict.kind !== 'broken') missed.push(at);
    }
    expect(missed).toEqual([]);
    // Without knowing the key beforehand too: the file then vouches for itself, and still agrees with itself.
    for (let at = 0; at < bytes.length; at += 13) {
      const changed = bytes.slice();
      changed[at] = (bytes[at] ?? 0) ^ 0x20;
      expect(await verify(changed, {}), `byte ${at}`).toMatchObject({ kind: 'broken' });
    }
  });

  it.each([
    ['whole log', WHOLE],
    ['part', PART],
  ] as const)('AU4: names the record where a %s stops to hold', async (_name, scope) => {
    const { store, heads } = await example();
    const lines = linesOf(await exported(store, heads, scope));
    for (const [at, line] of lines.entries()) {
      if (!line.startsWith('{"chain"')) continue;
      const forged = lines.with(at, line.replace(/"type":"[A-Za-z]/, '"type":"X'));
      expect(await verify(closed(forged))).toMatchObject({ kind: 'broken', line: at + 1, position: positionIn(line) });
    }
  });

  it.each([
    ['whole log', WHOLE],
    ['part', PART],
  ] as const)(
    'AU5: a record missing, doubled, moved or added in a %s is found, whoever closed the file',
    async (_name, scope) => {
      const { store, heads } = await example();
      const lines = linesOf(await exported(store, heads, scope));
      expect(await verify(closed(lines))).toMatchObject({ kind: 'whole' });
      const alien = inMemoryStore();
      await alien.append('booking-b1', 'any', [happened('BookingRequested', { bookingId: 'b1' })]);
      const [, theirs = ''] = linesOf(await exported(alien, await signed(alien, []), scope));
      for (let at = 0; at < lines.length; at += 1) {
        const line = lines[at] ?? '';
        const cases = {
          missing: lines.toSpliced(at, 1),
          doubled: lines.toSpliced(at, 0, line),
          moved: at === 0 ? [] : lines.toSpliced(at - 1, 2, line, lines[at - 1] ?? ''),
          added: lines.toSpliced(at, 0, theirs),
        };
        for (const [name, forged] of Object.entries(cases))
          expect(await verify(closed(forged)), `line ${at + 1} ${name}`).toMatchObject({ kind: 'broken' });
      }
      expect(await verify(closed([]))).toMatchObject({ kind: 'broken' });
    },
  );

  it('AU5: a part whose holder of the key left out or changed a record, and made the rest fit, is found', async () => {
    const { store, heads } = await example();
    const [header = '', ...lines] = linesOf(await exported(store, heads, PART));
    const counted = (change: number): string => {
      const { part, ...rest } = JSON.parse(header);
      const streams = part.streams.map((stream: { name: string; records: number }) =>
        stream.name === 'booking-b1' ? { ...stream, records: stream.records + change } : stream,
      );
      return canonicalJson({ ...rest, part: { ...part, streams } });
    };
    expect(await verify(closed([counted(0), ...lines]))).toMatchObject({ kind: 'whole' });
    // The first of two events of the booking; the last one could be left out only by an exporter that lies.
    expect(await verify(closed([counted(-1), ...lines.slice(1)]))).toMatchObject({
      kind: 'broken',
      reason: 'booking-b1 goes from revision -1 to 1',
    });
    const at = lines.findIndex((line) => line.includes('80000'));
    const line = lines[at] ?? '';
    const record = line.slice(line.indexOf('"record":') + 9, -1).replace('80000', '1');
    const previous = Buffer.from(/"previous":"(\w+)"/.exec(line)?.[1] ?? '', 'hex');
    const chain = hex(sha256Of(previous, new TextEncoder().encode(record)));
    const forged = line.replace(/"chain":"\w+"/, `"chain":"${chain}"`).replace('80000', '1');
    expect(await verify(closed([header, ...lines.with(at, forged)]))).toMatchObject({
      kind: 'broken',
      position: positionIn(line),
      reason: 'the proof does not lead to the root of the log',
    });
  });

  it.each(['chain', 'root', 'records', 'position', 'number', 'previous', 'peaks'] as const)(
    'AU6: a head with another %s than the log has does not pass, even signed',
    async (field) => {
      const { store, heads } = await example();
      const [first, second] = heads;
      if (!first || !second) throw new Error('two heads were signed');
      const wrong = {
        chain: 'ab'.repeat(32),
        root: 'ab'.repeat(32),
        records: 10,
        position: '9',
        number: 7,
        previous: null,
        peaks: [],
      };
      const head: Head = { ...second.head, [field]: wrong[field] };
      const lie = [first, { head, signature: key.sign(headBytes(head)) }];
      expect(await verify(await exported(store, lie, WHOLE))).toMatchObject({ kind: 'broken' });
    },
  );

  it('AU6: a head with the tree of another log does not pass, even signed', async () => {
    const [{ store, heads }, other] = [await example(), await example()];
    const [first, second] = heads;
    const theirs = other.heads[1]?.head;
    if (!first || !second || !theirs) throw new Error('two heads were signed');
    const head: Head = { ...second.head, root: theirs.root, peaks: theirs.peaks };
    const lie = [first, { head, signature: key.sign(headBytes(head)) }];
    expect(await verify(await exported(store, lie, WHOLE))).toMatchObject({ reason: 'the root is not the signed one' });
  });

  it('AU5: cut short, or with something behind it, it is found', async () => {
    const { store, heads } = await example();
    const file = await exported(store, heads, WHOLE);
    for (const cut of [0, 1, 500, file.length - 200, file.length - 1])
      expect(await verify(file.slice(0, cut)), `cut at ${cut}`).toMatchObject({ kind: 'broken' });
    for (const more of [' ', '\n', '{}\n', file])
      expect(await verify(file + more)).toMatchObject({ kind: 'broken', reason: expect.any(String) });
    expect(await verify('')).toMatchObject({ kind: 'broken', reason: 'the file is empty' });
    expect(await verify('x'.repeat(2_000_000))).toMatchObject({ kind: 'broken' });
    expect(await verify(`${'['.repeat(900_000)}\n`)).toMatchObject({ kind: 'broken' });
  });

  it('AU6: a part is compared with a kept head of a place it holds, and says which ones it cannot be compared with', async () => {
    const { store, heads } = await example();
    const file = await exported(store, heads, PART);
    const [first, last] = heads.map(({ head }) => head);
    const part = (...kept: readonly Head[]): Promise<Verdict> => verify(file, { keys: [key.publicKey], kept });
    if (!first || !last) throw new Error('two heads were signed');
    expect(await part(last)).toMatchObject({ kind: 'whole', unchecked: [] });
    expect(await part({ ...last, chain: 'ff'.repeat(32) })).toMatchObject({
      kind: 'broken',
      reason: 'the log is not the one of a head kept elsewhere',
    });
    const elsewhere = { ...first, position: '0000000000000001', chain: 'ff'.repeat(32) };
    expect(await part(elsewhere)).toMatchObject({ kind: 'whole', unchecked: [elsewhere.position] });
  });

  it('AU6: two kept heads of one position that differ are told, whichever of them the file goes through', async () => {
    const { store, heads } = await example();
    const [first, last] = heads.map(({ head }) => head);
    if (!first || !last) throw new Error('two heads were signed');
    const theirs = { ...first, chain: 'ff'.repeat(32) };
    for (const scope of [WHOLE, PART])
      for (const kept of [
        [first, theirs],
        [last, theirs, first, last],
      ])
        expect(await verify(await exported(store, heads, scope), { kept })).toMatchObject({
          kind: 'broken',
          code: 'kept-head',
          line: 1,
          position: first.position,
          records: 0,
        });
    // Each of them twice is nothing new, and what is no export at all is told first.
    const twice = [first, last, first, { ...last, signedAt: last.signedAt + 1 }];
    expect(await verify(await exported(store, heads, WHOLE), { kept: twice })).toMatchObject({ kind: 'whole' });
    expect(await verify('{}\n', { kept: [first, theirs] })).toMatchObject({ code: 'not-an-export' });
  });

  it('AU6: a log rewritten as a whole, with a chain that fits, is found by the signed head', async () => {
    const { store, heads } = await example();
    let chain = GENESIS;
    const rewritten = (await store.chainRecords()).map((record): ChainRecord => {
      const changed = record.type === 'PaymentCaptured' ? { ...record, data: '{"amount":1,"bookingId":"b1"}' } : record;
      chain = link(chain, changed);
      return { ...changed, chain };
    });
    const forged: Store = {
      ...store,
      chainRecords: async ({ after = '' } = {}) => rewritten.filter((record) => record.position > after),
      chainHead: async () => ({ position: heads[1]?.head.position ?? '', chain }),
    };
    const verdict = await verify(await exported(forged, heads, WHOLE));
    expect(verdict).toMatchObject({ kind: 'broken', position: heads[1]?.head.position });
    expect(await verify(await exported(forged, heads, PART))).toMatchObject({ kind: 'broken' });
    await expect(nextHead({ store: forged, key }, heads[1]?.head ?? null, true, 3_000)).rejects.toThrow(
      'the chain value at the last signed head is another one',
    );
    // Signed anew with the right key, by somebody who threw the old heads away: a head kept elsewhere still tells.
    const anew = await signed(forged, []);
    const kept = heads.map(({ head }) => head);
    expect(await verify(await exported(forged, anew, WHOLE))).toMatchObject({ kind: 'whole' });
    expect(await verify(await exported(forged, anew, WHOLE), { kept })).toMatchObject({
      kind: 'broken',
      position: heads[1]?.head.position,
    });
    expect(await verify(await exported(store, heads, WHOLE), { kept })).toMatchObject({ kind: 'whole' });
  });

  it('AU7: signed with another key, even one that calls itself ours, is found', async () => {
    const { store } = await example();
    const other = auditKey(randomBytes(32).toString('base64'));
    const head = await nextHead({ store, key: other }, null, false, 1);
    if ('kind' in head) throw new Error(head.kind);
    const heads = [{ head, signature: other.sign(headBytes(head)) }];
    let file = '';
    await exportLog({ store, key: other, heads, scope: WHOLE, write: async (text) => void (file += text) });
    expect(await verify(file, { keys: [other.publicKey] })).toMatchObject({ kind: 'whole' });
    expect(await verify(file)).toMatchObject({
      kind: 'broken',
      reason: `it is signed with another key, ${other.keyId}`,
    });
    const named: Head = { ...head, publicKey: key.publicKey, keyId: key.keyId };
    const lie = [{ head: named, signature: other.sign(headBytes(named)) }];
    expect(await verify(await exported(store, lie, WHOLE))).toMatchObject({
      kind: 'broken',
      reason: 'the signature of the head is false',
    });
  });

  it('AU7: a key of bytes that are no point, or a head that is no head, is refused', async () => {
    const { store, heads } = await example();
    const [first] = heads;
    if (!first) throw new Error('no head');
    const publicKey = 'ff'.repeat(32);
    const odd: SignedHead = { ...first, head: { ...first.head, publicKey, keyId: keyIdOf(publicKey) } };
    expect(await verify(await exported(store, [odd], WHOLE), {})).toMatchObject({ kind: 'broken' });
    expect(parseHead(canonicalJson(first))).toEqual(first);
    expect(parseHead(`${canonicalJson(first)} `)).toBeNull();
    expect(parseHead('{"head":{},"signature":""}')).toBeNull();
    expect(() => auditKey('short')).toThrow('AUDIT_KEY must be 32 bytes');
  });
});
