import type { Filter } from './collection.server.ts';
import type { Account, Notes, Payment, Transfer } from './entities.ts';
import { invalid, malformedId, refused, unknownId } from './errors.ts';
import { transferFee } from './fees.ts';
import { isId, newId } from './ids.ts';
import {
  flag,
  isFields,
  notes,
  onlyFields,
  requiredAmount,
  requiredCurrency,
  requiredText,
  secondsOrNull,
  textList,
  textOrNull,
  type Fields,
} from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import { showTransfer } from './present.ts';
import { workingDaysAfter } from './working-days.ts';
import { announce, type World } from './world.server.ts';

/** Between the answer `pending` and the transfer's processing; wall time. */
const PROCESSING_MS = 150;
const TRANSFER_FIELDS = ['account', 'amount', 'currency', 'notes', 'linked_account_notes', 'on_hold', 'on_hold_until'];

/** One requested transfer, checked by itself but not yet against the payment. */
export interface Wanted {
  readonly recipient: string;
  readonly amount: number;
  readonly notes: Notes;
  readonly linkedAccountNotes: string[];
  readonly onHold: boolean;
  readonly onHoldUntil: number | null;
}

/** The `transfers` of a body; none when the field is absent. */
export function readTransfers(world: World, body: Fields): Wanted[] {
  const value = body.transfers;
  if (value === undefined || value === null) return [];
  const list: unknown[] = Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [];
  if (list.length === 0) throw invalid('The transfers field is required.', 'transfers');
  return list.map((entry) => {
    if (!isFields(entry)) throw invalid('The transfers must be an array.', 'transfers');
    onlyFields(entry, ...TRANSFER_FIELDS);
    return readTransfer(world, entry);
  });
}

function readTransfer(world: World, fields: Fields): Wanted {
  const account = payableAccount(world, requiredText(fields, 'account'));
  const amount = requiredAmount(fields);
  requiredCurrency(fields);
  const transferNotes = notes(fields);
  const linkedAccountNotes = textList(fields, 'linked_account_notes');
  if (linkedAccountNotes.some((key) => !(key in transferNotes))) {
    throw invalid('Keys in linked_account_notes must exist in notes.', 'linked_account_notes');
  }
  return {
    recipient: account.id,
    amount,
    notes: transferNotes,
    linkedAccountNotes,
    onHold: flag(fields, 'on_hold') ?? false,
    onHoldUntil: secondsOrNull(fields, 'on_hold_until'),
  };
}

function payableAccount(world: World, id: string): Account {
  if (!isId('acc', id)) throw malformedId(id);
  const account = world.accounts.find(id);
  if (!account) throw unknownId();
  if (account.status === 'suspended') throw invalid('The linked account is suspended.', 'account');
  if (account.internal.activation !== 'activated') throw invalid('The linked account is not activated.', 'account');
  if (account.internal.cooling_until > world.clock.seconds()) {
    throw invalid('The linked account is in its cooling period. Try again 24 hours after its creation.', 'account');
  }
  return account;
}

export function insertTransfers(
  world: World,
  wanted: readonly Wanted[],
  from: { source: string; status: 'created' | 'pending' },
): Transfer[] {
  return wanted.map((entry) => {
    const transfer: Transfer = {
      id: newId('trf'),
      source: from.source,
      recipient: entry.recipient,
      amount: entry.amount,
      currency: 'INR',
      status: from.status,
      amount_reversed: 0,
      fees: null,
      tax: null,
      notes: entry.notes,
      linked_account_notes: entry.linkedAccountNotes,
      on_hold: entry.onHold,
      on_hold_until: entry.onHoldUntil,
      settlement_status: null,
      recipient_settlement_id: null,
      processed_at: null,
      error: null,
      created_at: world.clock.seconds(),
      internal: { holdsLifted: 0, settles_at: null },
    };
    world.transfers.insert(transfer, { parent: from.source, key: null });
    if (from.status === 'pending') world.jobs.schedule('process-transfer', transfer.id, PROCESSING_MS);
    return transfer;
  });
}

/** Splits a captured payment. Reversed amounts do not free room for a new transfer: the provider never says they do. */
export function transferFromPayment(world: World, payment: Payment, body: Fields): Transfer[] {
  onlyFields(body, 'transfers');
  const wanted = readTransfers(world, body);
  if (wanted.length === 0) throw invalid('The transfers field is required.', 'transfers');
  if (!payment.captured) throw invalid('The payment status should be captured for action to be taken');
  if (payment.amount_refunded > 0) throw invalid('Transfers cannot be made from a payment that has been refunded');
  const asked = wanted.reduce((sum, entry) => sum + entry.amount, 0);
  const alive = transfersOf(world, payment).filter((transfer) => transfer.status !== 'failed');
  if (alive.reduce((sum, transfer) => sum + transfer.amount, asked) > payment.amount) {
    throw invalid('The sum of amount requested for transfer is greater than the captured amount');
  }
  const made = insertTransfers(world, wanted, { source: payment.id, status: 'pending' });
  world.payments.save({ ...payment, amount_transferred: payment.amount_transferred + asked });
  return made;
}

/** From the platform's balance, without a payment. Refused at once when the balance is short. */
export function transferDirectly(world: World, body: Fields): Transfer {
  onlyFields(body, ...TRANSFER_FIELDS);
  const wanted = readTransfer(world, body);
  if (world.ledger.available(PLATFORM) < wanted.amount + transferFee(wanted.amount).fee) {
    throw refused(400, 'Your account does not have enough balance to carry out the transfer operation.');
  }
  const [made] = insertTransfers(world, [wanted], { source: world.platformAccountId, status: 'pending' });
  if (!made) throw new Error('a transfer was not made');
  return made;
}

/** Also those that the payment's order asked for. */
export function transfersOf(world: World, payment: Payment): Transfer[] {
  return [...world.transfers.list({ parent: payment.id }), ...world.transfers.list({ parent: payment.order_id })];
}

/** The transfers that an order asked for begin once it is paid. Returns their sum, paise. */
export function processOrderTransfers(world: World, orderId: string): number {
  const waiting = world.transfers.list({ parent: orderId }).filter((transfer) => transfer.status === 'created');
  for (const transfer of waiting) {
    world.transfers.save({ ...transfer, status: 'pending' });
    world.jobs.schedule('process-transfer', transfer.id, PROCESSING_MS);
  }
  return waiting.reduce((sum, transfer) => sum + transfer.amount, 0);
}

/** Moves the money to the linked account, held or not; fails when the platform's balance is short by now. */
export function processTransfer(world: World, id: string): void {
  const transfer = findTransfer(world, id);
  if (transfer.status !== 'pending') return;
  const { fee, tax } = transferFee(transfer.amount);
  if (world.ledger.available(PLATFORM) < transfer.amount + fee) {
    const failed: Transfer = {
      ...transfer,
      status: 'failed',
      error: {
        code: 'BAD_REQUEST_TRANSFER_INSUFFICIENT_BALANCE',
        description: 'Your account does not have enough balance to carry out the transfer operation.',
        source: 'business',
        step: 'balance_check',
        reason: 'insufficient_balance',
      },
    };
    world.transfers.save(failed);
    announce(world, 'transfer.failed', id, { transfer: showTransfer(failed) });
    return;
  }
  const now = world.clock.seconds();
  const settlesAt = transfer.on_hold ? null : settlementTime(now, now);
  const processed: Transfer = {
    ...transfer,
    status: 'processed',
    fees: fee,
    tax,
    settlement_status: transfer.on_hold ? 'on_hold' : 'pending',
    processed_at: now,
    internal: { ...transfer.internal, settles_at: settlesAt },
  };
  world.transfers.save(processed);
  const entry = { kind: 'transfer', entityId: id } as const;
  world.ledger.post({
    ...entry,
    owner: PLATFORM,
    amount: -(transfer.amount + fee),
    transferId: null,
    settlesAt: now,
  });
  world.ledger.post({
    ...entry,
    owner: transfer.recipient,
    amount: transfer.amount,
    transferId: id,
    settlesAt,
  });
  announce(world, 'transfer.processed', id, { transfer: showTransfer(processed) });
}

/** T+2 working days from processing, and never before the working day after the release. Seconds in, seconds out. */
function settlementTime(processedAt: number, releasedAt: number): number {
  const scheduled = workingDaysAfter(processedAt * 1000, 2);
  return Math.floor(Math.max(scheduled, workingDaysAfter(releasedAt * 1000, 1)) / 1000);
}

export function findTransfer(world: World, id: string): Transfer {
  if (!isId('trf', id)) throw malformedId(id);
  const transfer = world.transfers.find(id);
  if (!transfer) throw unknownId();
  return transfer;
}

export function listTransfers(world: World, query: Fields, page: Filter): Transfer[] {
  return world.transfers.list({ ...page, key: textOrNull(query, 'recipient_settlement_id') ?? undefined });
}

/** Repeating the same hold changes nothing. */
export function editTransfer(world: World, id: string, body: Fields): Transfer {
  onlyFields(body, 'on_hold', 'on_hold_until', 'notes');
  const transfer = findTransfer(world, id);
  const onHold = flag(body, 'on_hold');
  if (onHold === undefined) throw invalid('The on_hold field is required.', 'on_hold');
  const until = onHold ? secondsOrNull(body, 'on_hold_until') : null;
  if (transfer.settlement_status === 'settled') throw invalid('The transfer has already been settled.');
  if (transfer.status === 'failed' || transfer.status === 'reversed') {
    throw invalid(`The hold of a ${transfer.status} transfer cannot be changed.`);
  }
  return setHold(world, transfer, onHold, until);
}

function setHold(world: World, transfer: Transfer, onHold: boolean, until: number | null): Transfer {
  const moved = transfer.processed_at !== null;
  const lifted = transfer.on_hold && !onHold;
  const unchanged = transfer.on_hold === onHold;
  const settlesAt =
    onHold || !moved
      ? null
      : unchanged
        ? transfer.internal.settles_at
        : settlementTime(transfer.processed_at ?? 0, world.clock.seconds());
  const edited: Transfer = {
    ...transfer,
    on_hold: onHold,
    on_hold_until: until,
    settlement_status: moved ? (onHold ? 'on_hold' : 'pending') : null,
    internal: { holdsLifted: transfer.internal.holdsLifted + (lifted ? 1 : 0), settles_at: settlesAt },
  };
  world.transfers.save(edited);
  if (moved) world.ledger.reschedule(transfer.id, settlesAt);
  return edited;
}

/** Lifts the holds whose time has passed. */
export function liftExpiredHolds(world: World): void {
  const now = world.clock.seconds();
  for (const transfer of world.transfers.waiting()) {
    const ended = transfer.on_hold && transfer.on_hold_until !== null && transfer.on_hold_until <= now;
    if (ended && transfer.status !== 'reversed' && transfer.status !== 'failed') setHold(world, transfer, false, null);
  }
}
