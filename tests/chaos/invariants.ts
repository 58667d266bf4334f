/**
 * What must hold after any kill (reliability.md P2): every money fact happens once. Pure: over the log, the provider's
 * own state and the ledger's entries; gives sentences, none when all is well.
 */
export interface LoggedEvent {
  readonly stream: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface LedgerEntry {
  readonly entryId: string;
  readonly bookingId: string;
  readonly account: string;
  readonly amount: number;
}

/** A command that was answered with yes is in the log, whatever died since. */
export function keptWhatWasAcknowledged(acknowledged: ReadonlySet<string>, written: ReadonlySet<string>): string[] {
  return [...acknowledged].filter((id) => !written.has(id)).map((id) => `the command ${id} was accepted and is gone`);
}

type Entity = Readonly<Record<string, unknown>>;

export interface Provider {
  readonly orders: readonly Entity[];
  readonly payments: readonly Entity[];
  readonly transfers: readonly Entity[];
  readonly refunds: readonly Entity[];
  readonly reversals: readonly Entity[];
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const amountOf = (entity: Entity): number => (typeof entity['amount'] === 'number' ? entity['amount'] : 0);
const sum = (entities: readonly Entity[]): number => entities.reduce((total, one) => total + amountOf(one), 0);

function groups<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(keyOf(item), [...(found.get(keyOf(item)) ?? []), item]);
  return found;
}

const idOf = (event: LoggedEvent): string => event.stream.slice(event.stream.indexOf('-') + 1);

/** One capture, one order, one authorised release a booking; none of them twice in the log. */
export function onceInLog(log: readonly LoggedEvent[]): string[] {
  const once = [
    'OrderPlanned',
    'PaymentCaptured',
    'PayoutPlanned',
    'TransferProcessed',
    'ReleaseAuthorized',
    'HoldLifted',
    'TransferSettled',
    'DisputeResolved',
  ];
  const counted = groups(
    log.filter((event) => once.includes(event.type)),
    (event) => `${event.type} of ${idOf(event)}`,
  );
  return [...counted].flatMap(([what, events]) => (events.length > 1 ? [`${what} stands ${events.length} times`] : []));
}

/** Never a release while a dispute is open. */
export function noReleaseUnderDispute(log: readonly LoggedEvent[]): string[] {
  const open = new Set<string>();
  const found: string[] = [];
  for (const event of log) {
    if (event.type === 'PayoutDisputed') open.add(event.stream);
    if (event.type === 'PayoutDisputeClosed') open.delete(event.stream);
    if (event.type === 'ReleaseAuthorized' && open.has(event.stream))
      found.push(`${event.stream} was released with an open dispute`);
  }
  return found;
}

/** What the provider did: one order a receipt, one live transfer a payment, one lifted hold a transfer, nothing over its amount. */
export function onceAtProvider({ orders, payments, transfers, refunds, reversals }: Provider): string[] {
  const found: string[] = [];
  for (const [receipt, many] of groups(orders, (order) => text(order['receipt'])))
    if (many.length > 1) found.push(`${many.length} orders for receipt ${receipt}`);
  for (const [source, many] of groups(
    transfers.filter((transfer) => transfer['status'] !== 'failed'),
    (transfer) => text(transfer['source']),
  ))
    if (many.length > 1) found.push(`${many.length} transfers of payment ${source}`);
  for (const transfer of transfers) {
    if (Number(transfer['holdsLifted'] ?? 0) > 1)
      found.push(`the hold of ${text(transfer['id'])} was lifted more than once`);
    const back = sum(reversals.filter((reversal) => reversal['transfer_id'] === transfer['id']));
    if (back > amountOf(transfer)) found.push(`more was taken back than was in ${text(transfer['id'])}`);
  }
  for (const payment of payments) {
    const back = sum(
      refunds.filter((refund) => refund['payment_id'] === payment['id'] && refund['status'] !== 'failed'),
    );
    if (back > amountOf(payment)) found.push(`more went back than was paid with ${text(payment['id'])}`);
  }
  const operationOf = (entity: Entity): string => {
    const notes = entity['notes'];
    return typeof notes === 'object' && notes !== null && 'op_id' in notes ? text(notes.op_id) : '';
  };
  for (const [kind, list] of Object.entries({ transfer: transfers, refund: refunds, reversal: reversals }))
    for (const [operation, many] of groups(
      list.filter((one) => operationOf(one) !== ''),
      operationOf,
    ))
      if (many.length > 1) found.push(`operation ${operation} made ${many.length} of one ${kind}`);
  return found;
}

/** A hold is lifted only where the log authorised it, and money went back to a payer only after the tutor's part came back. */
export function provenByLog(log: readonly LoggedEvent[], { transfers, refunds, reversals }: Provider): string[] {
  const found: string[] = [];
  const released = new Set(log.filter((event) => event.type === 'ReleaseAuthorized').map(idOf));
  const bookingOf = new Map(
    log
      .filter((event) => event.type === 'TransferProcessed')
      .map((event) => [text(event.data['transferId']), idOf(event)]),
  );
  for (const transfer of transfers) {
    const bookingId = bookingOf.get(text(transfer['id']));
    if (
      transfer['on_hold'] === false &&
      Number(transfer['holdsLifted'] ?? 0) > 0 &&
      (!bookingId || !released.has(bookingId))
    )
      found.push(`${text(transfer['id'])} was released without an authorisation in the log`);
  }
  for (const refund of refunds) {
    if (refund['status'] === 'failed') continue;
    const transfer = transfers.find((one) => one['source'] === refund['payment_id'] && one['status'] !== 'failed');
    if (!transfer) continue;
    const back = reversals.filter((reversal) => reversal['transfer_id'] === transfer['id']);
    const before = back.filter((reversal) => Number(reversal['created_at']) <= Number(refund['created_at']));
    if (before.length === 0 && amountOf(transfer) > 0)
      found.push(`refund ${text(refund['id'])} went out before the tutor's part came back`);
  }
  return found;
}

const ASSET = /^(psp:|bank:|gst:|expense:|tutor:[^:]+:receivable)/;

/** The entries of each event, and of each booking, add up to zero; no liability is negative. */
export function booksBalance(entries: readonly LedgerEntry[]): string[] {
  const found: string[] = [];
  const total = (list: readonly LedgerEntry[]): number => list.reduce((all, one) => all + one.amount, 0);
  for (const [event, list] of groups(entries, (entry) => entry.entryId.slice(0, entry.entryId.lastIndexOf(':'))))
    if (total(list) !== 0) found.push(`the entries of event ${event} add up to ${total(list)}`);
  for (const [key, list] of groups(
    entries.filter((entry) => !ASSET.test(entry.account)),
    (entry) => `${entry.bookingId} ${entry.account}`,
  ))
    if (total(list) > 0) found.push(`${key} is negative by ${total(list)}`);
  return found;
}
