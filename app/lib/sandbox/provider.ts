/** The state of the sandbox's payment provider, read from its JSON without trusting its shape. Money in paise. */
export interface BankAccount {
  /** `platform` or the linked account's id. */
  readonly id: string;
  readonly name: string;
  readonly held: number;
  readonly pending: number;
  readonly settled: number;
  readonly balance: number;
}

export interface ProviderPayment {
  readonly id: string;
  readonly amount: number;
  readonly status: string;
  readonly method: string;
}

export interface ProviderTransfer {
  readonly id: string;
  readonly source: string;
  readonly to: string;
  readonly amount: number;
  readonly reversed: number;
  readonly status: string;
  readonly onHold: boolean;
  readonly holdsLifted: number;
}

export interface ProviderRefund {
  readonly id: string;
  readonly paymentId: string;
  readonly amount: number;
  readonly status: string;
}

export interface ProviderState {
  readonly now: number;
  readonly accounts: readonly BankAccount[];
  /** Newest first, as are the others. */
  readonly payments: readonly ProviderPayment[];
  readonly transfers: readonly ProviderTransfer[];
  readonly refunds: readonly ProviderRefund[];
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

function balanceOf(id: string, name: string, value: unknown): BankAccount {
  const { held, pending, settled, balance } = fieldsOf(value);
  return {
    id,
    name,
    held: number(held),
    pending: number(pending),
    settled: number(settled),
    balance: number(balance),
  };
}

/** `platform` is the platform's name. Tutors without any money are left out. */
export function providerState(json: unknown, platform: string): ProviderState {
  const state = fieldsOf(json);
  const balances = fieldsOf(state.balances);
  const ofAccounts = fieldsOf(balances.accounts);
  const names = new Map(
    listOf(state.accounts).map((account) => [
      text(account.id),
      text(account.contact_name) || text(account.legal_business_name) || text(account.email),
    ]),
  );
  const tutors = Object.entries(ofAccounts)
    .map(([id, balance]) => balanceOf(id, names.get(id) ?? id, balance))
    .filter((account) => account.held + account.pending + account.settled + account.balance !== 0)
    .toSorted((one, other) => one.name.localeCompare(other.name));
  return {
    now: number(fieldsOf(state.clock).now),
    accounts: [balanceOf('platform', platform, balances.platform), ...tutors],
    payments: listOf(state.payments)
      .map((payment) => ({
        id: text(payment.id),
        amount: number(payment.amount),
        status: text(payment.status),
        method: text(payment.method),
      }))
      .reverse(),
    transfers: listOf(state.transfers)
      .map((transfer) => ({
        id: text(transfer.id),
        source: text(transfer.source),
        to: names.get(text(transfer.recipient)) ?? text(transfer.recipient),
        amount: number(transfer.amount),
        reversed: number(transfer.amount_reversed),
        status: text(transfer.status),
        onHold: transfer.on_hold === true,
        holdsLifted: number(transfer.holdsLifted),
      }))
      .reverse(),
    refunds: listOf(state.refunds)
      .map((refund) => ({
        id: text(refund.id),
        paymentId: text(refund.payment_id),
        amount: number(refund.amount),
        status: text(refund.status),
      }))
      .reverse(),
  };
}

export interface Mail {
  readonly id: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  /** ms, by the sandbox's clock. */
  readonly at: number;
  readonly text: string;
  readonly links: readonly string[];
  readonly attachments: readonly string[];
}

const texts = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(text).filter(Boolean) : []);

/** The inbox's list, newest first. */
export function mails(json: unknown): readonly Mail[] {
  return listOf(fieldsOf(json).messages).map((mail) => ({
    id: number(mail.id),
    from: text(mail.from),
    to: typeof mail.to === 'string' ? [mail.to] : texts(mail.to),
    subject: text(mail.subject),
    at: number(mail.at),
    text: text(mail.text),
    links: texts(mail.links).filter((link) => /^https?:\/\//.test(link)),
    attachments: texts(mail.attachments),
  }));
}
