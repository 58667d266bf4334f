import type { PayoutDetails } from '#events/tutor/account.ts';
import type { Answer } from './payment-gateway.ts';

/** A tutor's account at the provider. `tutorId` is what we wrote into its notes when we made it. */
export interface ProviderAccount {
  readonly id: string;
  readonly status: 'created' | 'suspended';
  readonly tutorId: string | null;
}

/** What lets money be passed on to an account. */
export interface ProviderProduct {
  readonly id: string;
  readonly accountId: string;
  readonly status: 'requested' | 'needs_clarification' | 'under_review' | 'activated' | 'suspended';
  readonly requirements: readonly { readonly field: string; readonly reason: string }[];
  readonly accountNumber: string | null;
  readonly ifsc: string | null;
  readonly beneficiary: string | null;
}

/** Who the provider takes the account's owner for; null where it does not say. */
export interface ProviderIdentity {
  readonly legalName: string | null;
  readonly contactName: string | null;
  readonly phone: string | null;
  readonly pan: string | null;
  readonly address: {
    readonly street: string | null;
    readonly city: string | null;
    readonly state: string | null;
    readonly postalCode: string | null;
  };
  readonly stakeholder: { readonly id: string; readonly name: string | null; readonly pan: string | null } | null;
}

export interface AccountGateway {
  /**
   * An e-mail address has one account at the provider, and there is no list of accounts: where one exists already, that
   * one is given. Whose it is, its `tutorId` tells.
   */
  createAccount(account: {
    readonly details: PayoutDetails;
    readonly tutorId: string;
    readonly operationId: string;
  }): Promise<Answer<ProviderAccount>>;
  account(accountId: string): Promise<Answer<ProviderAccount>>;
  /** Makes the one stakeholder, unless there is one. */
  ensureStakeholder(accountId: string, details: PayoutDetails): Promise<Answer<{ readonly id: string }>>;
  identity(accountId: string): Promise<Answer<ProviderIdentity>>;
  /** Changes of account and stakeholder what differs from the details, and nothing else; the same again changes nothing. */
  correctIdentity(
    accountId: string,
    known: ProviderIdentity,
    details: PayoutDetails,
  ): Promise<Answer<{ readonly id: string }>>;
  /** Asked again it gives the same product. */
  requestProduct(accountId: string): Promise<Answer<ProviderProduct>>;
  product(accountId: string, productId: string): Promise<Answer<ProviderProduct>>;
  /** The bank account that the tutor is paid on. The same details again change nothing. */
  updateSettlements(
    accountId: string,
    productId: string,
    bank: PayoutDetails['bank'],
  ): Promise<Answer<ProviderProduct>>;
}
