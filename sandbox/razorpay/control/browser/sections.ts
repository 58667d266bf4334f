/** What the tables about money show of the provider's state, newest first. */
import { balanceForm, disputeForm } from './actions.ts';
import { code, make, money, moneyText, small, tag, timeText, type Child } from './dom.ts';
import { askFor, type Form } from './forms.ts';
import type { Account, Balance, Dispute, Payment, Pull, State, Transfer } from './server.ts';
import type { Action, Row, Table } from './tables.ts';

/** Opens a form; what it said when done goes to `then`. */
export type Ask = (form: Form) => void;
export const asking =
  (then: (said: string) => void): Ask =>
  (form) => {
    askFor(form)
      .then((said) => said !== false && then(said))
      .catch((problem: unknown) => console.error(problem));
  };

export const lever = (label: string, pull: Pull, tone?: Action['tone']): Action => ({ label, does: pull, tone });
export const newest = <T>(items: readonly T[]): T[] => items.toReversed();

export function ordersTable(state: State, ask: Ask): Table {
  const byOrder = Map.groupBy(state.payments, ({ order_id: id }) => id);
  return {
    caption: 'Orders and the payments for them',
    columns: [{ label: 'Order' }, { label: 'Amount', numeric: true }, { label: 'State' }, { label: 'Payments' }],
    empty: 'No orders yet. Book a lesson, and its order is here.',
    rows: newest(state.orders).map((order): Row => {
      const payments = byOrder.get(order.id) ?? [];
      const taken = payments.find(({ captured }) => captured);
      return {
        key: order.id,
        source: [order, payments],
        cells: [
          [code(order.id), small(order.receipt ?? 'no receipt')],
          [money(order.amount)],
          [tag(order.status)],
          payments.length === 0 ? [make('span', { class: 'soft' }, 'none')] : payments.map(paymentLine),
        ],
        actions: [
          ...(order.status === 'paid' ? [] : payLevers(order.id)),
          ...(taken ? [{ label: 'Dispute…', does: () => ask(disputeForm(taken, state.clock.now)) }] : []),
        ],
      };
    }),
  };
}

function paymentLine(payment: Payment): Child {
  const refunded = payment.amount_refunded > 0 ? `, ${moneyText(payment.amount_refunded)} refunded` : '';
  return make(
    'div',
    { class: 'line' },
    code(payment.id),
    tag(payment.status),
    small(`${payment.method}${refunded}`),
    payment.error_description ? small(payment.error_description) : null,
  );
}

const payLevers = (id: string): Action[] => [
  lever('Pay', { path: `orders/${id}/pay`, done: 'The order is paid.' }, 'primary'),
  lever('Fail', { path: `orders/${id}/pay`, body: { outcome: 'failure' }, done: 'A payment for it failed.' }),
  lever('Late yes', { path: `orders/${id}/late-authorise`, done: 'The bank said yes after all.' }),
];

export function transfersTable(state: State): Table {
  const names = new Map(state.accounts.map((account) => [account.id, account.contact_name]));
  const reversals = Map.groupBy(state.reversals, ({ transfer_id: id }) => id);
  return {
    caption: 'Transfers to linked accounts',
    columns: [
      { label: 'Transfer' },
      { label: 'To' },
      { label: 'Amount', numeric: true },
      { label: 'State' },
      { label: 'Hold and settlement' },
    ],
    empty: 'No transfers yet. A captured payment is passed on to the tutor here.',
    rows: newest(state.transfers).map((transfer): Row => {
      const back = reversals.get(transfer.id) ?? [];
      return {
        key: transfer.id,
        source: [transfer, back, names.get(transfer.recipient)],
        cells: [
          [code(transfer.id), small('from ', code(transfer.source))],
          [names.get(transfer.recipient) ?? '', small(code(transfer.recipient))],
          [money(transfer.amount), ...back.map((one) => small(`− ${moneyText(one.amount)} reversed`))],
          [tag(transfer.status), transfer.error.description ? small(transfer.error.description) : null],
          holdOf(transfer),
        ],
      };
    }),
  };
}

function holdOf(transfer: Transfer): Child[] {
  if (transfer.on_hold) {
    const until = transfer.on_hold_until;
    return [tag('on_hold'), small(until === null ? 'no end' : `until ${timeText(until)}`)];
  }
  if (transfer.settlement_status === 'settled')
    return [tag('settled'), small(code(transfer.recipient_settlement_id ?? ''))];
  if (transfer.settlesAt !== null) return [tag('pending'), small(`settles ${timeText(transfer.settlesAt)}`)];
  return [make('span', { class: 'soft' }, 'none')];
}

export const refundsTable = (state: State): Table => ({
  caption: 'Refunds',
  columns: [{ label: 'Refund' }, { label: 'Amount', numeric: true }, { label: 'State' }, { label: 'Asked for' }],
  empty: 'No refunds yet.',
  rows: newest(state.refunds).map((refund) => ({
    key: refund.id,
    source: refund,
    cells: [
      [code(refund.id), small('of ', code(refund.payment_id))],
      [money(refund.amount)],
      [tag(refund.status)],
      [timeText(refund.created_at)],
    ],
    actions:
      refund.status === 'pending'
        ? [
            lever(
              'Processed',
              { path: `refunds/${refund.id}/resolve`, body: { status: 'processed' }, done: 'The refund is processed.' },
              'primary',
            ),
            lever(
              'Failed',
              { path: `refunds/${refund.id}/resolve`, body: { status: 'failed' }, done: 'The refund failed.' },
              'loss',
            ),
          ]
        : [],
  })),
});

export const disputesTable = (state: State, ask: Ask): Table => ({
  caption: 'Disputes that banks raised',
  columns: [
    { label: 'Dispute' },
    { label: 'Amount', numeric: true },
    { label: 'Phase' },
    { label: 'State' },
    { label: 'Answer' },
  ],
  empty: 'No disputes. Open one at a captured payment, under Orders.',
  rows: newest(state.disputes).map((dispute) => ({
    key: dispute.id,
    source: dispute,
    cells: [
      [code(dispute.id), small('of ', code(dispute.payment_id))],
      [
        money(dispute.amount),
        dispute.amount_deducted > 0 ? small(`${moneyText(dispute.amount_deducted)} taken`) : null,
      ],
      [
        dispute.phase.replaceAll('_', ' '),
        dispute.reason_code === dispute.phase ? null : small(dispute.reason_code.replaceAll('_', ' ')),
      ],
      [tag(dispute.status)],
      dispute.evidence.submitted_at === null
        ? [`by ${timeText(dispute.respond_by)}`, small(dispute.evidence.summary ?? 'nothing submitted')]
        : [`submitted ${timeText(dispute.evidence.submitted_at)}`, small(dispute.evidence.summary ?? '')],
    ],
    actions: disputeLevers(dispute, state, ask),
  })),
});

function disputeLevers(dispute: Dispute, state: State, ask: Ask): Action[] {
  const end = (label: string, status: string, done: string, tone?: Action['tone']): Action =>
    lever(label, { path: `disputes/${dispute.id}/resolve`, body: { status }, done }, tone);
  const lost = end('Lost', 'lost', 'The dispute is lost; the money is taken.', 'loss');
  const closed = dispute.phase === 'fraud' ? [end('Closed', 'closed', 'The suspicion is closed.')] : [];
  if (dispute.status === 'open') return [lost, ...closed];
  if (dispute.status === 'under_review') {
    const wants = end('Wants more', 'action_required', 'The bank wants to see more.');
    return [end('Won', 'won', 'The dispute is won.', 'primary'), lost, wants, ...closed];
  }
  const payment = state.payments.find(({ id }) => id === dispute.payment_id);
  const next = { chargeback: 'pre_arbitration', pre_arbitration: 'arbitration' }[dispute.phase];
  if (dispute.status !== 'won' || next === undefined || !payment) return [];
  const form = disputeForm(payment, state.clock.now);
  const fields = form.fields.map((field) => (field.name === 'phase' ? { ...field, value: next } : field));
  return [{ label: 'Challenge again…', does: () => ask({ ...form, fields }) }];
}

export function accountsTable(state: State, ask: Ask): Table {
  const figures = (balance: Balance): Child[][] => [
    [money(balance.balance)],
    [money(balance.held)],
    [money(balance.pending)],
    [money(balance.settled)],
  ];
  const { platform, accounts } = state.balances;
  const own: Row = {
    key: 'the platform',
    source: platform,
    cells: [
      [make('b', {}, 'The platform')],
      [make('span', { class: 'soft' }, 'its own balance')],
      ...figures(platform),
    ],
    actions: [{ label: 'Balance…', does: () => ask(balanceForm(null, 'the platform', platform.balance)) }],
  };
  const linked = newest(state.accounts).map((account): Row => {
    const balance = accounts[account.id] ?? { balance: 0, held: 0, pending: 0, settled: 0 };
    return {
      key: account.id,
      source: [account, balance, state.clock.now / 1000 < account.coolingUntil],
      cells: [
        [make('b', {}, account.contact_name), small(account.email), small(code(account.id))],
        [tag(account.activation), ...doubts(account, state.clock.now)],
        ...figures(balance),
      ],
      actions: [
        ...(account.activation === 'activated'
          ? []
          : [
              lever(
                'Activate',
                { path: `accounts/${account.id}/activate`, done: 'The account is activated.' },
                'primary',
              ),
            ]),
        ...(account.activation === 'needs_clarification'
          ? []
          : [lever('Clarify', { path: `accounts/${account.id}/clarify`, done: 'The account needs clarification.' })]),
        ...(account.activation === 'suspended'
          ? []
          : [lever('Suspend', { path: `accounts/${account.id}/suspend`, done: 'The account is suspended.' }, 'loss')]),
        { label: 'Balance…', does: () => ask(balanceForm(account.id, account.contact_name, balance.balance)) },
      ],
    };
  });
  return {
    caption: 'Accounts and their balances',
    columns: [
      { label: 'Account' },
      { label: 'State' },
      { label: 'Balance', numeric: true },
      { label: 'On hold', numeric: true },
      { label: 'To settle', numeric: true },
      { label: 'Settled', numeric: true },
    ],
    empty: 'No accounts.',
    rows: [own, ...linked],
  };
}

function doubts(account: Account, now: number): Child[] {
  const wanted = account.product?.requirements.map(({ field_reference: field }) => field) ?? [];
  return [
    wanted.length > 0 ? small(`wants ${wanted.join(', ')}`) : null,
    now / 1000 < account.coolingUntil ? small(`cools until ${timeText(account.coolingUntil)}`) : null,
  ];
}

export function settlementsTable(state: State): Table {
  const names = new Map(state.accounts.map((account) => [account.id, account.contact_name]));
  return {
    caption: 'Settlements to bank accounts',
    columns: [
      { label: 'Settlement' },
      { label: 'To' },
      { label: 'Amount', numeric: true },
      { label: 'Fees in it', numeric: true },
      { label: 'When' },
    ],
    empty: 'Nothing was settled yet. Released money settles two working days after its transfer.',
    rows: newest(state.settlements).map((settlement) => ({
      key: settlement.id,
      source: settlement,
      cells: [
        [code(settlement.id), small(`UTR ${settlement.utr}`)],
        [settlement.owner === 'platform' ? 'The platform' : (names.get(settlement.owner) ?? settlement.owner)],
        [money(settlement.amount)],
        [money(settlement.fees)],
        [timeText(settlement.created_at)],
      ],
    })),
  };
}
