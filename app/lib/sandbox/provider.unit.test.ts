import { expect, it } from 'vitest';
import { mails, providerState } from './provider.ts';

const balance = (held: number, settled = 0) => ({ balance: held + settled, held, pending: 0, settled });

it('shows what the provider holds for whom, and how often a hold was lifted', () => {
  const state = providerState(
    {
      clock: { now: 5 },
      accounts: [
        { id: 'acc_1', contact_name: 'Ananya Krishnan', email: 'tutor@demo.test' },
        { id: 'acc_2', email: 'other@demo.test' },
      ],
      balances: { platform: balance(0, 8_000), accounts: { acc_1: balance(72_000), acc_2: balance(0) } },
      transfers: [
        { id: 'trf_1', recipient: 'acc_1', source: 'pay_1', amount: 72_000, status: 'processed', on_hold: true },
        { id: 'trf_2', recipient: 'acc_9', source: 'pay_2', amount: 1, status: 'processed', holdsLifted: 1 },
      ],
    },
    'Platform',
  );
  expect(state.accounts.map((account) => [account.name, account.held])).toEqual([
    ['Platform', 0],
    ['Ananya Krishnan', 72_000],
  ]);
  expect(state.transfers).toMatchObject([
    { id: 'trf_2', to: 'acc_9', onHold: false, holdsLifted: 1 },
    { id: 'trf_1', to: 'Ananya Krishnan', onHold: true, holdsLifted: 0 },
  ]);
  expect(state.payments).toEqual([]);
});

it('stands an answer that is not what it should be', () => {
  for (const value of [null, 'no', [], { accounts: 3, transfers: [null, 7] }]) {
    expect(providerState(value, 'Platform').accounts[0]?.name).toBe('Platform');
  }
  expect(mails({ messages: 'none' })).toEqual([]);
});

it('keeps only links that a browser may open', () => {
  const [mail] = mails({
    messages: [
      { id: 1, to: ['a@b.test'], links: ['http://localhost/x', 'javascript:alert(1)'], attachments: ['a.ics'] },
    ],
  });
  expect(mail).toMatchObject({ links: ['http://localhost/x'], attachments: ['a.ics'], to: ['a@b.test'] });
});
