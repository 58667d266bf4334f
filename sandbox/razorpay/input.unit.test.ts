import { describe, expect, it } from 'vitest';
import { ApiError } from './errors.ts';
import {
  amountOrUndefined,
  expansions,
  flag,
  notes,
  onlyFields,
  paging,
  parseUrlencoded,
  requiredAmount,
} from './input.ts';

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('request bodies', () => {
  it.each([
    [{}, 'The amount field is required.'],
    [{ amount: 99 }, 'The amount must be at least INR 1.00'],
    [{ amount: 100.5 }, 'The amount must be an integer.'],
    [{ amount: 'ten' }, 'The amount must be an integer.'],
    [{ amount: 100 }, 'accepted'],
    [{ amount: '100' }, 'accepted'],
  ])('the amount of %j: %s', (body, expected) => {
    expect(refusal(() => requiredAmount(body))).toBe(expected);
  });

  it('takes an absent amount for absent, and not for zero', () => {
    expect(amountOrUndefined({})).toBeUndefined();
  });

  it('names what should not have been sent', () => {
    expect(refusal(() => onlyFields({ amount: 1, colour: 2 }, 'amount'))).toBe(
      'colour is/are not required and should not be sent',
    );
  });

  it('takes the empty list for empty notes, and refuses a sixteenth note', () => {
    expect(notes({ notes: [] })).toEqual({});
    const many = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`key${index}`, 'x']));
    expect(refusal(() => notes({ notes: many }))).toContain('15');
    expect(refusal(() => notes({ notes: { long: 'x'.repeat(257) } }))).toContain('256');
  });

  it('reads flags as JSON, numbers and urlencoded strings write them', () => {
    expect([true, 1, '1', 'true'].map((value) => flag({ value }, 'value'))).toEqual([true, true, true, true]);
    expect([false, 0, '0', 'false'].map((value) => flag({ value }, 'value'))).toEqual([false, false, false, false]);
    expect(flag({}, 'value')).toBeUndefined();
  });

  it('unfolds an urlencoded body', () => {
    expect(parseUrlencoded('')).toEqual({});
    expect(parseUrlencoded('amount=100&notes[a]=b&transfers[0][account]=acc_1')).toEqual({
      amount: '100',
      notes: { a: 'b' },
      transfers: { 0: { account: 'acc_1' } },
    });
    expect(parseUrlencoded('__proto__[polluted]=1')).toEqual({});
  });

  it('ignores the broken form of expand', () => {
    expect(expansions({ 'expand[]': ['transfers', 'card'] })).toEqual(['transfers', 'card']);
    expect(expansions({ 'expand[expand]': 'payments' })).toEqual([]);
  });

  it('pages by ten unless told, and at most by a hundred', () => {
    expect(paging({})).toMatchObject({ count: 10 });
    expect(refusal(() => paging({ count: '101' }))).toBe('The count may not be greater than 100.');
  });
});
