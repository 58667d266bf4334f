/**
 * What a webhook is about. Nothing in it is believed, so only ids are taken out, leniently: an entity may stand in its
 * wrapper or alone, evidence inside or beside it, the time inside the payload, the event under its name or its plural.
 */

export interface News {
  /** Two webhooks of the same meaning tell the same fact, whatever their event ids; empty when it cannot be told. */
  readonly meaning: string;
  readonly orders: readonly string[];
  readonly disputes: readonly string[];
  readonly accounts: readonly { readonly accountId: string; readonly productId: string | null }[];
  /** Ids at the provider, and our own operation ids, whose calls may have come through. */
  readonly called: readonly string[];
  /** The bank has moved money: there are new lines in the provider's books. */
  readonly settled: boolean;
}

const NOTHING: News = { meaning: '', orders: [], disputes: [], accounts: [], called: [], settled: false };

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, name) ? Reflect.get(found, name) : undefined,
    value,
  );
const text = (value: unknown): string | null => (typeof value === 'string' && value.length <= 200 ? value : null);
const texts = (...values: readonly unknown[]): readonly string[] => [
  ...new Set(values.flatMap((value) => text(value) ?? [])),
];

/** What these come to is never undone, so a second event of the same meaning is no news. */
const FINAL = new Set(['captured', 'paid', 'processed', 'failed', 'won', 'lost', 'closed']);

export function newsIn(body: string): News {
  let event: unknown;
  try {
    event = JSON.parse(body);
  } catch {
    // Signed by the provider and yet no JSON: there is nothing in it to look up.
    return NOTHING;
  }
  const payload = at(event, 'payload');
  const entity = (name: string): unknown => at(payload, name, 'entity') ?? at(payload, name);
  const name = text(at(event, 'event')) ?? '';
  const [payment, order, refund, transfer, dispute, product] = [
    entity('payment'),
    entity('order'),
    entity('refund'),
    entity('transfer') ?? entity('transfers'),
    entity('dispute'),
    entity('merchant_product'),
  ];
  const accountId = text(at(product, 'merchant_id')) ?? (product === undefined ? null : text(at(event, 'account_id')));
  const subject = dispute ?? product ?? refund ?? transfer ?? payment ?? order;
  return {
    meaning: meaningOf(name, subject, at(event, 'created_at') ?? at(payload, 'created_at')),
    orders: texts(at(order, 'id'), at(payment, 'order_id')),
    disputes: texts(at(dispute, 'id')),
    accounts: accountId === null ? [] : [{ accountId, productId: text(at(product, 'id')) }],
    called: texts(at(transfer, 'id'), at(refund, 'id'), at(transfer, 'notes', 'op_id'), at(refund, 'notes', 'op_id')),
    settled: name.startsWith('settlement'),
  };
}

function meaningOf(name: string, subject: unknown, createdAt: unknown): string {
  const id = text(at(subject, 'id'));
  const status = text(at(subject, 'status')) ?? text(at(subject, 'activation_status'));
  if (id === null || status === null) return '';
  // A case or an account may come to the same status twice: then the time tells them apart, and, as that is in seconds,
  // the event too. A case is open when it is made, and open when more is wanted.
  const when = FINAL.has(status) ? '' : ` ${typeof createdAt === 'number' ? createdAt : ''} ${name}`;
  const phase = text(at(subject, 'phase'));
  return `${id} ${status}${phase === null ? '' : ` ${phase}`}${when}`;
}
