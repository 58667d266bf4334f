import type { Filter } from './collection.server.ts';
import type { Order } from './entities.ts';
import { invalid, malformedId, unknownId } from './errors.ts';
import { isId, newId } from './ids.ts';
import {
  flag,
  isFields,
  notes,
  onlyFields,
  requiredAmount,
  requiredCurrency,
  textOrNull,
  type Fields,
} from './input.ts';
import { insertTransfers, readTransfers } from './transfers.server.ts';
import type { World } from './world.server.ts';

const ORDER_FIELDS = [
  'amount',
  'currency',
  'receipt',
  'notes',
  'partial_payment',
  'payment',
  'payment_capture',
  'transfers',
] as const;

export function createOrder(world: World, body: Fields): Order {
  onlyFields(body, ...ORDER_FIELDS);
  const amount = requiredAmount(body);
  const currency = requiredCurrency(body);
  if (flag(body, 'partial_payment') === true) throw invalid('Partial payment is not enabled.', 'partial_payment');
  const wanted = readTransfers(world, body);
  if (wanted.reduce((sum, transfer) => sum + transfer.amount, 0) > amount) {
    throw invalid('The sum of amount requested for transfer is greater than the order amount', 'transfers');
  }
  const order: Order = {
    id: newId('order'),
    amount,
    amount_paid: 0,
    currency,
    receipt: textOrNull(body, 'receipt', 40),
    status: 'created',
    attempts: 0,
    notes: notes(body),
    created_at: world.clock.seconds(),
    internal: { capture: readCapture(body), hasTransfers: wanted.length > 0 },
  };
  world.orders.insert(order, { parent: null, key: order.receipt });
  insertTransfers(world, wanted, { source: order.id, status: 'created' });
  return order;
}

/** Automatic is the account's default. */
function readCapture(body: Fields): 'automatic' | 'manual' {
  if (flag(body, 'payment_capture') === false) return 'manual';
  const payment = body.payment;
  if (!isFields(payment) || payment.capture === undefined) return 'automatic';
  if (payment.capture !== 'automatic' && payment.capture !== 'manual') {
    throw invalid('The payment.capture field must be automatic or manual.', 'payment');
  }
  return payment.capture;
}

export function findOrder(world: World, id: string): Order {
  if (!isId('order', id)) throw malformedId(id);
  const order = world.orders.find(id);
  if (!order) throw unknownId();
  return order;
}

export function listOrders(world: World, query: Fields, page: Filter): Order[] {
  return world.orders.list({ ...page, key: textOrNull(query, 'receipt', 40) ?? undefined });
}

/** Only the notes of an order can be changed. */
export function editOrder(world: World, id: string, body: Fields): Order {
  onlyFields(body, 'notes');
  if (body.notes === undefined) throw invalid('The notes field is required.', 'notes');
  const order = { ...findOrder(world, id), notes: notes(body) };
  world.orders.save(order);
  return order;
}
