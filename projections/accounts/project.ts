import { json, table, type Projection, type Row, type Rows } from '../runner/projection.ts';

/** Of what a tutor told us for their payouts, pages need the bank's last four digits and nothing else. */
const ACCOUNT = table(
  'account',
  {
    tutor_id: 'text',
    status: 'text',
    account_id: 'text null',
    bank_last4: 'text null',
    submitted_at: 'int8 null',
    usable_from: 'int8 null',
    requirements: 'jsonb',
    problem: 'text null',
    /** Digits of a new bank account, which rests until `cools_until`. */
    changed_to: 'text null',
    cools_until: 'int8 null',
    since: 'int8',
  },
  { key: ['tutor_id'], indexes: { account_account: '(account_id)' } },
);

function setAccount(rows: Rows, tutorId: string, since: number, to: Partial<Row<typeof ACCOUNT.columns>>): void {
  const known = rows.get(ACCOUNT, tutorId) ?? {
    tutor_id: tutorId,
    status: 'none',
    account_id: null,
    bank_last4: null,
    submitted_at: null,
    usable_from: null,
    requirements: '[]',
    problem: null,
    changed_to: null,
    cools_until: null,
    since,
  };
  rows.put(ACCOUNT, { ...known, since, ...to });
}

/** A tutor's way to an account that can be paid (SPEC RM13). */
export const accounts: Projection = {
  name: 'accounts',
  tables: [ACCOUNT],
  project(fact, rows) {
    const at = fact.meta.occurredAt;
    switch (fact.type) {
      case 'PayoutDetailsSubmitted': {
        const { tutorId, bankLast4, at: submittedAt } = fact.data;
        const known = rows.get(ACCOUNT, tutorId);
        // With an account at the provider the state of that account stands; a new bank comes by an event of its own.
        if (known && known.account_id !== null) return setAccount(rows, tutorId, at, { submitted_at: submittedAt });
        return setAccount(rows, tutorId, at, {
          status: 'details',
          bank_last4: bankLast4,
          submitted_at: submittedAt,
          problem: null,
        });
      }
      case 'LinkedAccountRequested':
        return setAccount(rows, fact.data.tutorId, at, { status: 'requested', problem: null });
      case 'LinkedAccountCreated':
        return setAccount(rows, fact.data.tutorId, at, { status: 'created', account_id: fact.data.accountId });
      case 'LinkedAccountUnderReview':
        return setAccount(rows, fact.data.tutorId, at, { status: 'under-review', requirements: '[]' });
      case 'LinkedAccountNeedsClarification': {
        const { tutorId, requirements } = fact.data;
        return setAccount(rows, tutorId, at, { status: 'needs-clarification', requirements: json(requirements) });
      }
      case 'LinkedAccountActivated': {
        const { tutorId, accountId, usableFrom } = fact.data;
        return setAccount(rows, tutorId, at, {
          status: 'active',
          account_id: accountId,
          usable_from: usableFrom,
          requirements: '[]',
          problem: null,
        });
      }
      case 'LinkedAccountSuspended':
        return setAccount(rows, fact.data.tutorId, at, { status: 'suspended', problem: fact.data.reason });
      case 'LinkedAccountFailed':
        return setAccount(rows, fact.data.tutorId, at, { status: 'failed', problem: fact.data.reason });
      case 'BankDetailsChanged': {
        const { tutorId, bankLast4, coolsUntil } = fact.data;
        const known = rows.get(ACCOUNT, tutorId);
        return setAccount(rows, tutorId, known?.since ?? at, {
          bank_last4: bankLast4,
          changed_to: bankLast4,
          cools_until: coolsUntil,
        });
      }
    }
  },
};
