/** The forms behind the levers that ask first. */
import type { Form } from './forms.ts';
import { moneyText } from './dom.ts';
import type { Payment } from './server.ts';

const DAY_S = 86_400;
const TIMES = { name: 'times', label: 'How often', kind: 'whole', value: '1' } as const;
const rupees = (paise: number): string => (paise / 100).toFixed(2);
const choices = (values: readonly (readonly [string, string])[]) => values.map(([value, label]) => ({ value, label }));

/** `now` is the provider's clock, ms. `phase` is the round that may come now. */
export const disputeForm = (payment: Payment, now: number): Form => ({
  title: 'Open a dispute',
  lead: `The payer’s bank asks for the money of ${payment.id} back.`,
  fields: [
    {
      name: 'amount',
      label: 'Amount in rupees',
      kind: 'money',
      value: rupees(payment.amount - payment.amount_refunded || payment.amount),
      hint: `At most ${moneyText(payment.amount)}.`,
    },
    {
      name: 'phase',
      label: 'Phase',
      kind: 'choice',
      value: 'chargeback',
      options: choices([
        ['chargeback', 'Chargeback'],
        ['fraud', 'Suspicion of fraud'],
        ['retrieval', 'Retrieval: a question'],
        ['pre_arbitration', 'Pre-arbitration, after a won chargeback'],
        ['arbitration', 'Arbitration, after a won pre-arbitration'],
      ]),
    },
    { name: 'days', label: 'Days to answer', kind: 'whole', value: '7' },
  ],
  submit: 'Open it',
  pull: ({ amount, phase, days }) => ({
    path: `payments/${payment.id}/disputes`,
    body: { amount, phase, respond_by: Math.floor(now / 1000) + Number(days) * DAY_S },
    done: 'The dispute is open.',
  }),
});

/** Null is the platform's own. */
export const balanceForm = (account: string | null, name: string, balance: number): Form => ({
  title: 'Set a balance',
  lead: `What ${name} can spend. The difference is booked as an adjustment.`,
  fields: [{ name: 'amount', label: 'Balance in rupees', kind: 'money', value: rupees(balance) }],
  submit: 'Set it',
  pull: ({ amount }) => ({
    path: 'balance',
    body: { amount, ...(account === null ? {} : { account }) },
    done: `The balance of ${name} is set.`,
  }),
});

export const pendForm: Form = {
  title: 'Keep refunds pending',
  lead: 'The next refunds stay pending until you say that they were processed or failed.',
  fields: [{ ...TIMES, label: 'How many' }],
  submit: 'Keep them pending',
  pull: ({ times }) => ({ path: 'refunds/pend', body: { times }, done: 'The next refunds will stay pending.' }),
};

const EVENTS = [
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'order.paid',
  'transfer.processed',
  'transfer.failed',
  'refund.created',
  'refund.processed',
  'refund.failed',
  'settlement.processed',
  'payment.dispute.created',
  'payment.dispute.under_review',
  'payment.dispute.action_required',
  'payment.dispute.won',
  'payment.dispute.lost',
  'payment.dispute.closed',
  'product.route.under_review',
  'product.route.needs_clarification',
  'product.route.activated',
];

export const webhookForm: Form = {
  title: 'Disturb webhooks',
  lead: 'It happens to the next events that fit.',
  fields: [
    {
      name: 'kind',
      label: 'What happens',
      kind: 'choice',
      value: 'hold',
      options: choices([
        ['hold', 'Held until released'],
        ['drop', 'Never sent'],
        ['duplicate', 'Sent twice'],
        ['delay', 'Sent late'],
        ['reorder', 'Gathered, then sent backwards'],
      ]),
    },
    {
      name: 'event',
      label: 'Event',
      kind: 'choice',
      value: '',
      options: choices([['', 'Any'], ...EVENTS.map((event) => [event, event] as const)]),
    },
    { ...TIMES, hint: 'To be sent backwards, at least two are needed.' },
    { name: 'seconds', label: 'Seconds late', kind: 'whole', value: '20', hint: 'Only when sent late.' },
  ],
  submit: 'Disturb them',
  pull: ({ kind, event, times, seconds }) => ({
    path: 'webhooks/faults',
    body: { kind, times, delayMs: Number(seconds) * 1000, ...(event === '' ? {} : { event }) },
    done: 'The next webhooks will be disturbed.',
  }),
};

/** `routes` are the calls that a fault can meet. */
export const faultForm = (routes: readonly string[]): Form => ({
  title: 'Disturb calls',
  lead: 'It happens to the next calls that the platform makes there.',
  fields: [
    {
      name: 'call',
      label: 'Call',
      kind: 'choice',
      value: 'POST /v1/payments/:id/transfers',
      options: choices(routes.map((route) => [route, route] as const)),
    },
    {
      name: 'kind',
      label: 'What happens',
      kind: 'choice',
      value: 'timeout-after-commit',
      options: choices([
        ['429', '429: too many calls'],
        ['500', '500: nothing was done'],
        ['500-after-commit', '500, and yet it was done'],
        ['502-html', '502 as a web page: nothing was done'],
        ['timeout-before-commit', 'No answer: nothing was done'],
        ['timeout-after-commit', 'No answer, and yet it was done'],
        ['delay', 'The true answer, late'],
      ]),
    },
    TIMES,
    { name: 'seconds', label: 'Seconds', kind: 'whole', value: '10', hint: 'How long a silence or a delay lasts.' },
  ],
  submit: 'Disturb them',
  pull: ({ call, kind, times, seconds }) => {
    const [method = '', route = ''] = String(call).split(' ');
    return {
      path: 'faults',
      body: { method, route, kind, times, ms: Number(seconds) * 1000 },
      done: 'The next calls there will be disturbed.',
    };
  },
});
