import { describe, expect, it } from 'vitest';
import { checkDetails, formFieldOf, inWords, type Typed } from './details.ts';

const typed: Typed = {
  businessType: 'individual',
  legalName: 'Kavita Rao',
  pan: 'abcpe1234f',
  contactName: 'Kavita Rao',
  email: 'kavita@example.com',
  phone: '+91 98765 43210',
  street: '4 Fergusson Road',
  city: 'Pune',
  state: 'Maharashtra',
  postalCode: '411 004',
  beneficiary: 'Kavita Rao',
  accountNumber: '0012 3456 7890',
  accountNumberAgain: '001234567890',
  ifsc: 'hdfc0001234',
};
const words = { differs: 'They differ.', panKind: (letter: string) => letter };
const problemsOf = (over: Partial<Typed>) => {
  const checked = checkDetails({ ...typed, ...over }, words);
  return checked.kind === 'problems' ? Object.entries(checked.problems).map(([at, one]) => [at, one.code]) : [];
};

describe('the payout details of a form', () => {
  it('forgives spaces and small letters', () => {
    expect(checkDetails(typed, words)).toMatchObject({
      kind: 'details',
      details: {
        pan: 'ABCPE1234F',
        phone: '+919876543210',
        address: { postalCode: '411004' },
        bank: { accountNumber: '001234567890', ifsc: 'HDFC0001234' },
      },
    });
  });

  it('names every field that is wrong at once, each by its code', () => {
    expect(problemsOf({ pan: 'X', phone: '1', city: '', ifsc: 'HDFC1', legalName: '' })).toEqual([
      ['legalName', 'legal-name-invalid'],
      ['pan', 'pan-invalid'],
      ['phone', 'phone-invalid'],
      ['city', 'address-invalid'],
      ['ifsc', 'ifsc-invalid'],
    ]);
  });

  it('knows whose PAN it is by its fourth letter', () => {
    expect(problemsOf({ pan: 'ABCFE1234F' })).toEqual([['pan', 'pan-kind-invalid']]);
    expect(problemsOf({ pan: 'ABCFE1234F', businessType: 'partnership' })).toEqual([]);
    expect(problemsOf({ businessType: 'private_limited' })).toEqual([['pan', 'pan-kind-invalid']]);
  });

  it('wants the account number typed twice the same', () => {
    expect(problemsOf({ accountNumberAgain: '001234567891' })).toEqual([
      ['accountNumberAgain', 'account-number-differs'],
    ]);
    expect(problemsOf({ accountNumber: '1' })).toEqual([['accountNumber', 'account-number-invalid']]);
  });

  it('knows the provider’s names of its fields', () => {
    expect(formFieldOf('settlements.beneficiary_name')).toBe('beneficiary');
    expect(formFieldOf('legal_info.pan')).toBe('pan');
    expect(formFieldOf('shop_act')).toBeNull();
    expect(inWords('legal_info.shop_act')).toBe('shop act');
  });
});
