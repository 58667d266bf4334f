import { expect, it } from 'vitest';
import { fateOf } from './payments.ts';

it('tells money that is on its way from money that came back', () => {
  expect(fateOf({ amount: 800, refundDue: 0, refunded: 0, lost: 0 })).toBe('paid');
  expect(fateOf({ amount: 800, refundDue: 400, refunded: 0, lost: 0 })).toBe('refunding');
  expect(fateOf({ amount: 800, refundDue: 800, refunded: 400, lost: 0 })).toBe('refunding');
  expect(fateOf({ amount: 800, refundDue: 400, refunded: 400, lost: 0 })).toBe('partly');
  expect(fateOf({ amount: 800, refundDue: 800, refunded: 800, lost: 0 })).toBe('refunded');
});

it('says where the bank took it back', () => {
  expect(fateOf({ amount: 800, refundDue: 0, refunded: 0, lost: 800 })).toBe('bank');
  expect(fateOf({ amount: 800, refundDue: 300, refunded: 0, lost: 500 })).toBe('refunding');
  expect(fateOf({ amount: 800, refundDue: 300, refunded: 300, lost: 500 })).toBe('bank');
});
