import { describe, expect, it } from 'vitest';
import { review } from './review.ts';

const bank = { account_number: '1234567890', ifsc_code: 'HDFC0000317', beneficiary_name: 'Meera Iyer' };

describe('the review of bank details', () => {
  it.each([
    [bank, 'activated', undefined],
    [{ ...bank, ifsc_code: 'ZZZZ0000001' }, 'needs_clarification', 'settlements.ifsc_code'],
    [{ ...bank, beneficiary_name: 'Clarify Iyer' }, 'needs_clarification', 'settlements.beneficiary_name'],
    [{ ...bank, beneficiary_name: 'Meera REVIEW' }, 'under_review', undefined],
  ])('%j → %s', (details, kind, field) => {
    const verdict = review(details);
    expect(verdict.kind).toBe(kind);
    expect(verdict.kind === 'needs_clarification' ? verdict.doubt.field_reference : undefined).toBe(field);
  });
});
