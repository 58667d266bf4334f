import { describe, expect, it } from 'vitest';
import { cases } from '../messages/en/cases.ts';
import { stuckDetail, stuckWords } from './stuck.ts';

describe('a stuck case in words', () => {
  it('says what is stuck, whatever provider call it was, and leaves a new code as it is', () => {
    expect(stuckWords('payout-overdue', cases)).toBe('The payout is late');
    expect(stuckWords('call-failed', cases)).toBe('A call to a provider did not go through');
    expect(stuckWords('brand-new', cases)).toBe('brand-new');
  });

  it('says an outcome in words and ends as a sentence', () => {
    expect(stuckDetail('failed-technically', cases)).toBe('failed technically.');
    expect(stuckDetail('Paid, but late.', cases)).toBe('Paid, but late.');
    expect(stuckDetail('', cases)).toBe('');
  });

  it('says paise as money', () => {
    expect(stuckDetail('To be taken back, in paise: 36000. Card lost', cases)).toBe(
      'To be taken back: ₹360.00. Card lost.',
    );
  });
});
