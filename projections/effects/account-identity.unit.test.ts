import { describe, expect, test } from 'vitest';
import { details } from '#events/tutor/examples.ts';
import type { ProviderIdentity } from './account-gateway.ts';
import { accountChanges, isSamePerson, stakeholderChanges } from './account-identity.ts';

const known: ProviderIdentity = {
  legalName: ' meera  IYER',
  contactName: 'Meera Iyer',
  phone: '9876543210',
  pan: details.pan,
  address: { street: '12 Beach Road', city: 'CHENNAI', state: 'TAMIL NADU', postalCode: '600001' },
  stakeholder: { id: 'sth_1', name: 'Meera Iyer', pan: details.pan },
};

describe('EF15: what differs at the provider', () => {
  test('is nothing when only case, blanks and the code of the country do', () => {
    expect(accountChanges(known, details)).toBeNull();
    expect(isSamePerson(known, details)).toBe(true);
  });
  test('is changed, and only that', () => {
    expect(accountChanges(known, { ...details, phone: '+919876543211' })).toEqual({ phone: '+919876543211' });
    expect(accountChanges(known, { ...details, pan: 'ABCPI1234G' })).toEqual({ legal_info: { pan: 'ABCPI1234G' } });
    const address = { ...details.address, postalCode: '600002' };
    expect(accountChanges(known, { ...details, address })).toMatchObject({
      profile: { addresses: { registered: { street1: '12 Beach Road', postal_code: '600002' } } },
    });
    expect(stakeholderChanges(known, { ...details, contactName: 'M. Iyer' })).toEqual({ id: 'sth_1', name: 'M. Iyer' });
  });
  test('is whatever the provider does not show', () => {
    expect(accountChanges({ ...known, pan: null }, details)).toEqual({ legal_info: { pan: details.pan } });
    expect(isSamePerson({ ...known, stakeholder: null }, details)).toBe(false);
  });
});
