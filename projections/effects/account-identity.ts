/** What of an account at the provider differs from the details its owner gave, in the provider's own field names. */
import type { PayoutDetails } from '#events/tutor/account.ts';
import type { ProviderIdentity } from './account-gateway.ts';

const bare = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();
export const differs = (known: string | null, given: string): boolean => known === null || bare(known) !== bare(given);
/** With or without the code of the country. */
const ownDigits = (phone: string): string => phone.replaceAll(/\D/g, '').slice(-10);

interface AccountChanges {
  readonly legal_business_name?: string;
  readonly contact_name?: string;
  readonly phone?: string;
  readonly legal_info?: { readonly pan: string };
  readonly profile?: object;
}

/** Null when nothing differs. E-mail and kind of business cannot be changed there. */
export function accountChanges(known: ProviderIdentity, details: PayoutDetails): AccountChanges | null {
  const { legalName, contactName, phone, pan, address } = details;
  const { street, city, state, postalCode } = address;
  const moved =
    differs(known.address.street, street) ||
    differs(known.address.city, city) ||
    differs(known.address.state, state) ||
    differs(known.address.postalCode, postalCode);
  const registered = { street1: street, city, state, postal_code: postalCode, country: 'IN' };
  const changes: AccountChanges = {
    ...(differs(known.legalName, legalName) && { legal_business_name: legalName }),
    ...(differs(known.contactName, contactName) && { contact_name: contactName }),
    ...(ownDigits(known.phone ?? '') !== ownDigits(phone) && { phone }),
    ...(differs(known.pan, pan) && { legal_info: { pan } }),
    ...(moved && { profile: { category: 'education', subcategory: 'coaching', addresses: { registered } } }),
  };
  return Object.keys(changes).length === 0 ? null : changes;
}

/** Null when nothing differs, or there is no stakeholder to change. */
export function stakeholderChanges({ stakeholder }: ProviderIdentity, { contactName, pan }: PayoutDetails) {
  if (stakeholder === null) return null;
  const named = differs(stakeholder.name, contactName);
  const numbered = differs(stakeholder.pan, pan);
  if (!named && !numbered) return null;
  return { id: stakeholder.id, ...(named && { name: contactName }), ...(numbered && { kyc: { pan } }) };
}

export const isSamePerson = (known: ProviderIdentity, details: PayoutDetails): boolean =>
  known.stakeholder !== null && accountChanges(known, details) === null && stakeholderChanges(known, details) === null;
