import { describe, expect, it } from 'vitest';
import { happened } from '#events/store/contract-events.ts';
import { exportLog } from '#events/store/audit/export.server.ts';
import { headBytes, type Scope, type SignedHead } from '#events/store/audit/format.ts';
import { nextHead } from '#events/store/audit/heads.server.ts';
import { auditKey } from '#events/store/audit/key.server.ts';
import { inMemoryStore } from '#events/store/in-memory.ts';
import { checkFile, keysIn, type CheckResult } from '#app/lib/verify/check-file.ts';

const key = auditKey('ab'.repeat(32));
const other = auditKey('cd'.repeat(32));
const SEED = 20_261_122;

/** Mulberry32: the same numbers every time, so that a place that was missed can be looked at. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Example {
  readonly whole: Uint8Array<ArrayBuffer>;
  readonly part: Uint8Array<ArrayBuffer>;
  /** Up to the first head only, and closed as only the holder of the key can. */
  readonly short: Uint8Array<ArrayBuffer>;
  readonly heads: readonly SignedHead[];
}

async function example(): Promise<Example> {
  const store = inMemoryStore({ now: () => 77 });
  const heads: SignedHead[] = [];
  async function write(events: number): Promise<void> {
    for (let n = 0; n < events; n += 1)
      await store.append(`booking-b${n % 4}`, 'any', [
        happened('BookingNoted', { bookingId: `b${n % 4}`, n, note: 'ü' }),
      ]);
    const head = await nextHead({ store, key }, heads.at(-1)?.head ?? null, false, 1_000);
    if ('kind' in head) throw new Error(head.kind);
    heads.push({ head, signature: key.sign(headBytes(head)) });
  }
  async function exported(scope: Scope, upTo = heads.length): Promise<Uint8Array<ArrayBuffer>> {
    let text = '';
    const line = heads.slice(0, upTo);
    await exportLog({ store, key, heads: line, scope, now: () => 5, write: async (more) => void (text += more) });
    return new TextEncoder().encode(text);
  }
  await write(40);
  await write(20);
  return {
    whole: await exported({ kind: 'whole' }),
    part: await exported({ kind: 'booking', id: 'b1' }),
    short: await exported({ kind: 'whole' }, 1),
    heads,
  };
}

const check = (bytes: Uint8Array<ArrayBuffer>, kept = '', keys = [key.publicKey]): Promise<CheckResult> =>
  checkFile({ file: new Blob([bytes]), keys, kept });

describe('a file given to a page', () => {
  it('AU11: is whole as it was exported, all of the log or a part of it', async () => {
    const { whole, part } = await example();
    expect(await check(whole)).toMatchObject({ kind: 'verdict', verdict: { kind: 'whole', records: 60, heads: 2 } });
    expect(await check(part)).toMatchObject({ kind: 'verdict', verdict: { kind: 'whole', records: 15 } });
  });

  it('AU11: shows one flipped bit at any of 200 places, and a cut at any of 50', async () => {
    const { whole, part } = await example();
    const below = numbers(SEED);
    const missed: string[] = [];
    for (let n = 0; n < 250; n += 1) {
      const bytes = (n % 2 === 0 ? whole : part).slice();
      const at = below(bytes.length);
      const cut = n >= 200;
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
      const result = await check(cut ? (n % 2 === 0 ? whole : part).slice(0, at) : bytes);
      const found = result.kind === 'verdict' && result.verdict.kind === 'broken' ? result.verdict : null;
      if (found === null) missed.push(`${cut ? 'cut' : 'flip'} at ${at}`);
      else if (cut && at > 200 && found.code !== 'cut-off') missed.push(`cut at ${at} is called ${found.code}`);
    }
    expect(missed).toEqual([]);
  });

  it('AU11: shows a cut behind any line, and another time of export', async () => {
    const { whole } = await example();
    const text = new TextDecoder().decode(whole);
    for (let end = text.indexOf('\n'); end >= 0 && end < text.length - 1; end = text.indexOf('\n', end + 1)) {
      const cut = new TextEncoder().encode(text.slice(0, end + 1));
      expect(await check(cut), `cut at ${end}`).toMatchObject({ verdict: { kind: 'broken', code: 'cut-off' } });
    }
    const later = new TextEncoder().encode(text.replace('"exportedAt":5', '"exportedAt":6'));
    expect(await check(later)).toMatchObject({ verdict: { kind: 'broken', code: 'sum' } });
  });

  it('AU12: that was cut at an earlier head and signed again is whole by itself, and not with a head that was kept', async () => {
    const { short, heads } = await example();
    expect(await check(short)).toMatchObject({ verdict: { kind: 'whole', records: 40 } });
    const [first, last] = heads;
    expect(await check(short, JSON.stringify(first, null, 2))).toMatchObject({ verdict: { kind: 'whole' } });
    const found = {
      kind: 'broken',
      code: 'cut-off',
      records: 40,
      last: first?.head.position,
      missing: last?.head.position,
    };
    expect(await check(short, JSON.stringify(last))).toMatchObject({ verdict: found });
    expect(await check(short, JSON.stringify({ heads: [last, first], next: null }))).toMatchObject({ verdict: found });
  });

  it('AU12: tells what is no head, and one that is changed or signed by somebody else', async () => {
    const { whole, heads } = await example();
    const [first] = heads;
    if (!first) throw new Error('no head');
    for (const text of ['nothing', '{}', '[]', '{"heads":[]}', JSON.stringify(first.head), '"\\ud800"'])
      expect(await check(whole, text), text).toEqual({ kind: 'bad-head', flaw: null });
    const changed = { ...first, head: { ...first.head, signedAt: 2 } };
    expect(await check(whole, JSON.stringify(changed))).toMatchObject({ flaw: { code: 'signature' } });
    const theirs = await check(whole, JSON.stringify(first), [other.publicKey]);
    expect(theirs).toMatchObject({ kind: 'bad-head', flaw: { code: 'other-key' } });
  });

  it.each([
    ['nothing', '', 'empty'],
    ['a picture', '\u0089PNG\r\n\u001a\n\u0000', 'not-an-export'],
    ['other JSON', '{"hello":"world"}\n', 'not-an-export'],
    ['a page', '<!doctype html>\n<title>x</title>\n', 'not-an-export'],
    ['a header with a space in it', '{"exportedAt":1, "format":"nexused-audit"}\n', 'header'],
  ])('AU11: that is %s is told as %s', async (_name, text, code) => {
    expect(await check(new TextEncoder().encode(text))).toMatchObject({ verdict: { kind: 'broken', code } });
  });

  it('AU11: signed with another key names both keys', async () => {
    const { whole } = await example();
    expect(await check(whole, '', [other.publicKey])).toMatchObject({
      verdict: { code: 'other-key', found: key.publicKey, expected: other.publicKey },
    });
  });

  it('AU11: says how far it is, and stops when it is told to', async () => {
    const { whole } = await example();
    const seen: number[] = [];
    await checkFile(
      { file: new Blob([whole]), keys: [key.publicKey], kept: '' },
      { onRead: (bytes) => seen.push(bytes) },
    );
    expect(seen.at(-1)).toBe(whole.length);
    const stopped = await checkFile(
      { file: new Blob([whole]), keys: [key.publicKey], kept: '' },
      { cancelled: () => true },
    );
    expect(stopped).toEqual({ kind: 'cancelled' });
  });
});

describe('a public key', () => {
  it('is 64 characters of hex, one or several', () => {
    const [one, two] = [key.publicKey, other.publicKey];
    expect(keysIn(` ${one.toUpperCase()}\n`)).toEqual([one]);
    expect(keysIn(`${one}, ${two}`)).toEqual([one, two]);
    for (const text of ['', 'abc', `${one}0`, `${one} x`, one.replace(/./, 'g')]) expect(keysIn(text), text).toBeNull();
  });
});
