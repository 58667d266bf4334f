import { describe, expect, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { DAY } from '../shared/times.ts';
import type { PayoutDetails } from './account.ts';
import { decide, type TutorCommand } from './decide.ts';
import { evolve, initial, type TutorEvent } from './events.ts';
import * as of from './examples.ts';
import { upcastLinkedAccountActivated } from './upcast.ts';

const { account, activated, bankChanged, created, details, needs, NOW, requested, submit, submitted, tutorId } = of;
const given = specFor({ initial, evolve, decide });
const opened = [submitted(), requested('op1'), created];
const bank = (accountNumber: string): PayoutDetails => ({ ...details, bank: { ...details.bank, accountNumber } });
const observe = (
  status: 'under-review' | 'needs-clarification' | 'activated' | 'suspended' | 'not-suspended',
  now = NOW,
  requirements: readonly { field: string; reason: string }[] = [],
): TutorCommand => ({ type: 'ObserveLinkedAccount', data: { tutorId, accountId: account, status, requirements }, now });

describe('details', () => {
  it('TU7: are written down with the last four digits of the account, once', () => {
    given([]).when(submit()).then([submitted()]);
    given([submitted()]).when(submit()).then([]);
    given([submitted()])
      .when(submit(bank('111122223333')))
      .then([submitted(bank('111122223333'))]);
  });
  it('TU7: wait while the account is being set up; after a failure the same ones mean another try', () => {
    given([submitted(), requested('op1')])
      .when(submit(bank('111122223333')))
      .then('account-requested');
    given([submitted(), requested('op1'), of.failed])
      .when(submit())
      .then([submitted()]);
  });
  it.each<readonly [string, Partial<PayoutDetails>]>([
    ['legal-name-invalid', { legalName: 'Abc' }],
    ['contact-invalid', { contactName: ' ' }],
    ['email-invalid', { email: 'meera at example.com' }],
    ['email-invalid', { email: `${'m'.repeat(200)}@example.com` }],
    ['phone-invalid', { phone: '12345' }],
    ['phone-invalid', { phone: '5876543210' }],
    ['phone-invalid', { phone: '+1 202 555 0100' }],
    ['pan-invalid', { pan: 'abcpi1234f' }],
    ['pan-invalid', { pan: 'ABCP11234F' }],
    ['pan-invalid', { pan: 'ABCPI12345' }],
    ['pan-invalid', { pan: ' ABCPI1234F' }],
    ['pan-invalid', { pan: 'ABCPI1234F\n' }],
    ['pan-kind-invalid', { pan: 'ABCDE1234F' }],
    ['pan-kind-invalid', { pan: 'ABCFI1234F' }],
    ['pan-kind-invalid', { businessType: 'partnership' }],
    ['pan-kind-invalid', { pan: 'ABCFI1234F', businessType: 'private_limited' }],
    ['address-invalid', { address: { ...details.address, city: '' } }],
    ['postal-code-invalid', { address: { ...details.address, postalCode: '012345' } }],
    ['postal-code-invalid', { address: { ...details.address, postalCode: '60001' } }],
    ['beneficiary-invalid', { bank: { ...details.bank, beneficiary: 'A' } }],
    ['account-number-invalid', bank('12345678')],
    ['account-number-invalid', bank('1234567890123456789')],
    ['account-number-invalid', bank('12345678901a')],
    ['ifsc-invalid', { bank: { ...details.bank, ifsc: 'HDFC1001234' } }],
    ['ifsc-invalid', { bank: { ...details.bank, ifsc: 'hdfc0001234' } }],
    ['ifsc-invalid', { bank: { ...details.bank, ifsc: 'HDFC000123' } }],
  ])('TU8: refuses with %s: %j', (code, change) => given([]).when(submit(change)).then(code));
  it('TU8: refuses a kind of business that there is not', () => {
    const odd: PayoutDetails = JSON.parse(JSON.stringify({ ...details, businessType: 'empire' }));
    given([]).when(submit(odd)).then('business-type-invalid');
  });
  it.each<Partial<PayoutDetails>>([
    { phone: '9876543210' },
    { pan: 'ABCFI1234F', businessType: 'partnership' },
    { pan: 'ABCCI1234F', businessType: 'private_limited' },
    bank('123456789'),
    bank('123456789012345678'),
    { bank: { ...details.bank, ifsc: 'SBIN0AB12C3' } },
  ])('TU8: takes %j', (change) =>
    given([])
      .when(submit(change))
      .then([submitted({ ...details, ...change })]),
  );
  it('TU8: a PAN of before this was checked stays with its account, and with nothing else', () => {
    const old = { ...details, pan: 'ABCDE1234F' };
    const moved = { ...old, address: { ...details.address, city: 'Madurai' } };
    given([submitted(old), requested('op1'), created])
      .when(submit(moved))
      .then([submitted(moved)]);
    given([submitted(old)])
      .when(submit(moved))
      .then('pan-kind-invalid');
  });
  it('TU7: nothing but what is known goes into the log', () => {
    const more: PayoutDetails = { ...details, ...JSON.parse('{"aadhaar":"1234"}') };
    given([]).when(submit(more)).then([submitted()]);
  });
});

describe('another bank', () => {
  const other = bank('111122223333');
  it('TU9: cools off for three days, each change anew', () => {
    given([...opened, activated(NOW)])
      .when(submit(other, NOW + 5))
      .then([bankChanged(1, other, NOW + 5), submitted(other, NOW + 5)]);
    given([...opened, activated(NOW), bankChanged(1, other), submitted(other)])
      .when(submit(details, NOW + 9))
      .then([bankChanged(2, details, NOW + 9), submitted(details, NOW + 9)]);
  });
  it('TU9: other details without the bank do not', () => {
    const phone = { ...details, phone: '9876500000' };
    given([...opened, activated(NOW)])
      .when(submit(phone))
      .then([submitted(phone)]);
  });
  it('TU9: before the first activation it goes at once', () => {
    const at = NOW + 5;
    const coolsUntil = at;
    const change = bankChanged(1, other, at);
    if (change.type !== 'BankDetailsChanged') throw new Error('no change');
    given([...opened, needs()])
      .when(submit(other, at))
      .then([{ ...change, data: { ...change.data, coolsUntil } }, submitted(other, at)]);
  });
  it('TU20: is applied when it has cooled off, and only the last one', () => {
    const apply = (n: number, now: number): TutorCommand => ({
      type: 'ApplyBankChange',
      data: { tutorId, operationId: `settlements-${of.account}-${n}` },
      now,
    });
    const cooled = NOW + 72 * 3_600_000;
    const changed = [...opened, activated(NOW), bankChanged(1, other), submitted(other)];
    given(changed)
      .when(apply(1, cooled - 1))
      .then('still-cooling');
    given(changed)
      .when(apply(1, cooled))
      .then([of.applied(1, cooled)]);
    given([...changed, bankChanged(2, details, NOW + 9), submitted(details, NOW + 9)])
      .when(apply(1, cooled))
      .then('change-superseded');
  });
  it('TU10: a question about something else unlocks nothing of the identity', () => {
    const asked = [...opened, needs([{ field: 'settlements', reason: 'Refused.' }])];
    given(asked)
      .when(submit({ legalName: 'Meera Krishnan' }))
      .then('identity-fixed');
    given([...opened, needs([{ field: 'legal_business_name', reason: 'Does not match the PAN.' }])])
      .when(submit({ pan: 'ABCPI1234G' }))
      .then('identity-fixed');
  });
  it('TU10: the name stays with the account, unless the provider asks', () => {
    const married = { legalName: 'Meera Krishnan' };
    given(opened).when(submit(married)).then('identity-fixed');
    given(opened)
      .when(submit({ pan: 'ABCPI1234G' }))
      .then('identity-fixed');
    given([...opened, needs([{ field: 'legal_business_name', reason: 'Does not match the PAN.' }])])
      .when(submit(married))
      .then([submitted({ ...details, ...married })]);
  });
});

describe('the account', () => {
  const request = (operationId: string): TutorCommand => ({
    type: 'RequestLinkedAccount',
    data: { tutorId, operationId },
    now: NOW,
  });
  const record = (accountId: string): TutorCommand => ({
    type: 'RecordLinkedAccount',
    data: { tutorId, accountId, productId: 'acc_prd_1' },
    now: NOW,
  });
  it('TU11: is asked for once', () => {
    given([submitted()])
      .when(request('op1'))
      .then([requested('op1')]);
    given([submitted(), requested('op1')])
      .when(request('op1'))
      .then([]);
    given([submitted(), requested('op1')])
      .when(request('op2'))
      .then('account-requested');
    given([]).when(request('op1')).then('no-details');
    given(opened).when(request('op2')).then('account-exists');
  });
  it('TU12: a new try after a failure has a new id, ten tries at most', () => {
    const failed = [submitted(), requested('op1'), of.failed];
    given(failed).when(request('op1')).then('operation-reused');
    given(failed)
      .when(request('op2'))
      .then([requested('op2', 2)]);
    const many: readonly TutorEvent[] = Array.from({ length: 10 }, (_, n) => [
      requested(`op${n}`, n + 1),
      of.failed,
    ]).flat();
    given([submitted(), ...many])
      .when(request('op11'))
      .then('too-many-attempts');
    given([submitted(), ...many, submitted()])
      .when(request('op11'))
      .then('too-many-attempts');
  });
  it('TU13: one thought failed may turn out done; a second one is refused', () => {
    given([submitted(), requested('op1'), of.failed])
      .when(record(account))
      .then([created]);
    given(opened).when(record(account)).then([]);
    given(opened).when(record('acc_2')).then('account-mismatch');
    given([submitted(), requested('op1')])
      .when(record(''))
      .then('account-invalid');
  });
  it('TU14: older news changes nothing', () => {
    const live = [...opened, of.underReview, activated(NOW + DAY)];
    for (const status of ['under-review', 'needs-clarification', 'activated'] as const)
      given(live).when(observe(status)).then([]);
    given([...opened, of.underReview, needs()])
      .when(observe('under-review'))
      .then([]);
  });
  it('TU15: other requirements are news, the same are not; after an answer the provider may look again', () => {
    const pan = [{ field: 'kyc.pan', reason: 'Not readable.' }];
    given([...opened, needs(pan)])
      .when(observe('needs-clarification', NOW, pan))
      .then([]);
    given([...opened, needs()])
      .when(observe('needs-clarification', NOW, pan))
      .then([needs(pan)]);
    given([...opened, needs(pan), bankChanged(1, bank('111122223333')), submitted(bank('111122223333'))])
      .when(observe('under-review'))
      .then([of.underReview]);
    const other = bank('111122223333');
    const refusedBank = [{ field: 'settlements.account_number', reason: 'No such account.' }];
    given([...opened, activated(NOW), bankChanged(1, other), submitted(other)])
      .when(observe('needs-clarification', NOW, refusedBank))
      .then([needs(refusedBank)]);
  });
  it('TU16: rests a day when it is new, and not again after a suspension', () => {
    given(opened)
      .when(observe('activated', NOW))
      .then([activated(NOW + DAY)]);
    const back = [...opened, activated(NOW + DAY), of.suspended];
    given(back)
      .when(observe('activated', NOW + 5 * DAY))
      .then([activated(NOW + 5 * DAY)]);
    given(back)
      .when(observe('activated', NOW + 5))
      .then([activated(NOW + DAY)]);
  });
  it('TU17: one without a product is active again as soon as it is not suspended any more', () => {
    const demo = [activated(NOW), of.suspended];
    given(demo)
      .when(observe('not-suspended', NOW + DAY))
      .then([activated(NOW + DAY)]);
    given([activated(NOW)])
      .when(observe('not-suspended', NOW + DAY))
      .then([]);
    // Its product may still be looked at.
    given([...opened, activated(NOW), of.suspended])
      .when(observe('not-suspended', NOW + DAY))
      .then([]);
  });
  it('TU17: is suspended from anywhere, with the provider’s reason', () => {
    given([...opened, activated(NOW)])
      .when(observe('suspended', NOW, [{ field: 'risk', reason: 'Under investigation.' }]))
      .then([
        { type: 'LinkedAccountSuspended', data: { tutorId, accountId: account, reason: 'Under investigation.' } },
      ]);
    given(opened).when(observe('suspended')).then([of.suspended]);
    for (const status of ['suspended', 'under-review', 'needs-clarification'] as const)
      given([...opened, of.suspended])
        .when(observe(status))
        .then([]);
  });
  it('TU14: news of another account, or of none, is refused', () => {
    given([submitted()]).when(observe('activated')).then('no-account');
    given([activated(NOW)])
      .when({
        type: 'ObserveLinkedAccount',
        data: { tutorId, accountId: 'acc_2', status: 'suspended', requirements: [] },
        now: NOW,
      })
      .then('account-mismatch');
  });
});

it('TU19: an account of version 1 could be paid at once', () => {
  const old = { tutorId, accountId: account };
  expect(upcastLinkedAccountActivated(old, 1)).toEqual({ ...old, usableFrom: 0 });
  expect(upcastLinkedAccountActivated({ ...old, usableFrom: 7 }, 2)).toEqual({ ...old, usableFrom: 7 });
});
