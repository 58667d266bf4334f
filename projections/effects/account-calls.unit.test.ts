import { describe, expect, it } from 'vitest';
import { details } from '#events/tutor/examples.ts';
import { scriptedGateway } from '../testing/scripted-gateway.ts';
import { accountRejection, sendAccountCall } from './account-calls.ts';
import type { Sending, TutorAccount } from './found.ts';
import type { AccountCall } from './provider-call.ts';

const call: AccountCall = { kind: 'update-settlements', tutorId: 't1', accountId: 'acc_1' };
const sending = (tutor: TutorAccount | null): Sending => ({
  // Nothing is scripted: to ask the provider anything throws.
  gateway: scriptedGateway({}),
  operationId: 'settlements-acc_1-1',
  providerId: 'acc_1/acc_prd_1',
  asOf: 0,
  remember: () => Promise.resolve(),
  answerAwaited: async () => true,
  accountOf: () => Promise.resolve(tutor),
});

describe('a bank account that rests', () => {
  it('EF11: is not told to the provider by a call of an earlier change, which waits for the later one', async () => {
    const answer = await sendAccountCall(call, sending({ details, productId: 'acc_prd_1', bankRests: true }));
    expect(answer).toMatchObject({ kind: 'rejected', code: 'BANK_RESTS' });
    if (answer.kind !== 'rejected') throw new Error('It was sent');
    expect(accountRejection(call, `${answer.code}: ${answer.description}`)).toEqual({
      kind: 'later',
      alert: null,
      records: [],
    });
  });

  it('EF11: is sent once it has cooled off', async () => {
    const answer = sendAccountCall(call, sending({ details, productId: 'acc_prd_1', bankRests: false }));
    await expect(answer).rejects.toThrow('ensureStakeholder was not scripted');
  });

  it('EF11: nothing is sent of a tutor whose details are gone', async () => {
    expect(await sendAccountCall(call, sending(null))).toMatchObject({ kind: 'rejected', code: 'NO_DETAILS' });
  });
});
