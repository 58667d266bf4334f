import { accountChanges, stakeholderChanges } from './account-identity.ts';
import type { AccountGateway } from './account-gateway.ts';
import { readAccount, readId, readIdentity, readProduct, readStakeholder } from './razorpay-case-entities.ts';
import { listOf } from './razorpay-entities.ts';
import { ask, checked, type Connection } from './razorpay-transport.server.ts';

const TAKEN = /already exists for account - (?:acc_)?([A-Za-z0-9]{14})$/;
const v2 = (url: string): { version: 'v2'; url: string } => ({ version: 'v2', url });

/** Razorpay's sheet §9. The package's own types of these calls want more than the provider does, hence `client.api`. */
export function accountsAt({ client }: Connection): AccountGateway {
  const account: AccountGateway['account'] = (accountId) =>
    ask(readAccount, () => client.accounts.fetch(checked('acc', accountId)));
  const at = (accountId: string, rest: string) => v2(`/accounts/${checked('acc', accountId)}${rest}`);

  return {
    account,

    async createAccount({ details, tutorId, operationId }) {
      const { legalName, businessType, contactName, email, phone, pan, address } = details;
      const { street, city, state, postalCode } = address;
      const made = await ask(readAccount, () =>
        client.api.post({
          ...v2('/accounts'),
          data: {
            type: 'route',
            email,
            phone,
            legal_business_name: legalName,
            business_type: businessType,
            contact_name: contactName,
            profile: {
              category: 'education',
              subcategory: 'coaching',
              addresses: { registered: { street1: street, city, state, postal_code: postalCode, country: 'IN' } },
            },
            legal_info: { pan },
            notes: { tutor_id: tutorId, op_id: operationId },
          },
        }),
      );
      const taken = made.kind === 'rejected' ? TAKEN.exec(made.description)?.[1] : undefined;
      return taken === undefined ? made : account(`acc_${taken}`);
    },

    async ensureStakeholder(accountId, { contactName, email, pan }) {
      const known = await ask(listOf(readId), () => client.api.get(at(accountId, '/stakeholders')));
      const [stakeholder] = known.kind === 'ok' ? known.value : [];
      if (stakeholder) return { kind: 'ok', value: stakeholder };
      if (known.kind === 'unknown') return known;
      return ask(readId, () =>
        client.api.post({ ...at(accountId, '/stakeholders'), data: { name: contactName, email, kyc: { pan } } }),
      );
    },

    async identity(accountId) {
      const known = await ask(readIdentity, () => client.accounts.fetch(checked('acc', accountId)));
      if (known.kind !== 'ok') return known;
      const stakeholders = await ask(listOf(readStakeholder), () => client.api.get(at(accountId, '/stakeholders')));
      if (stakeholders.kind !== 'ok') return stakeholders;
      return { kind: 'ok', value: { ...known.value, stakeholder: stakeholders.value[0] ?? null } };
    },

    async correctIdentity(accountId, known, details) {
      const account = accountChanges(known, details);
      if (account !== null) {
        const changed = await ask(readId, () => client.api.patch({ ...at(accountId, ''), data: account }));
        if (changed.kind !== 'ok') return changed;
      }
      const stakeholder = stakeholderChanges(known, details);
      if (stakeholder === null) return { kind: 'ok', value: { id: accountId } };
      const { id, ...data } = stakeholder;
      return ask(readId, () => client.api.patch({ ...at(accountId, `/stakeholders/${checked('sth', id)}`), data }));
    },

    requestProduct: (accountId) =>
      ask(readProduct, () =>
        client.api.post({ ...at(accountId, '/products'), data: { product_name: 'route', tnc_accepted: true } }),
      ),
    product: (accountId, productId) =>
      ask(readProduct, () => client.api.get(at(accountId, `/products/${checked('acc_prd', productId)}`))),
    updateSettlements: (accountId, productId, { accountNumber, ifsc, beneficiary }) =>
      ask(readProduct, () =>
        client.api.patch({
          ...at(accountId, `/products/${checked('acc_prd', productId)}`),
          data: {
            settlements: { account_number: accountNumber, ifsc_code: ifsc, beneficiary_name: beneficiary },
            tnc_accepted: true,
          },
        }),
      ),
  };
}
