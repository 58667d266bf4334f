import type { Reversal, Transfer } from './entities.ts';
import { invalid } from './errors.ts';
import { newId } from './ids.ts';
import { amountOrUndefined, notes, onlyFields, type Fields } from './input.ts';
import { PLATFORM } from './ledger.server.ts';
import { findTransfer } from './transfers.server.ts';
import type { World } from './world.server.ts';

/** Without an amount, everything that is left. An id in the answer means that it has happened. */
export function reverseTransfer(world: World, transferId: string, body: Fields): Reversal {
  onlyFields(body, 'amount', 'notes');
  const transfer = findTransfer(world, transferId);
  if (transfer.status !== 'processed' && transfer.status !== 'partially_reversed') {
    throw invalid(
      transfer.status === 'reversed'
        ? 'The transfer has been fully reversed already'
        : 'Only a processed transfer can be reversed',
    );
  }
  const left = transfer.amount - transfer.amount_reversed;
  const amount = amountOrUndefined(body) ?? left;
  if (amount > left) throw invalid('The reversal amount provided is greater than the unreversed amount', 'amount');
  if (world.ledger.available(transfer.recipient) < amount) {
    throw invalid('The linked account does not have sufficient balance to process reversal.');
  }
  return takeBack(world, transfer, amount, body);
}

function takeBack(world: World, transfer: Transfer, amount: number, body: Fields): Reversal {
  const now = world.clock.seconds();
  const reversal: Reversal = {
    id: newId('rvrsl'),
    transfer_id: transfer.id,
    amount,
    currency: transfer.currency,
    notes: notes(body),
    initiator_id: world.platformAccountId,
    created_at: now,
  };
  world.reversals.insert(reversal, { parent: transfer.id, key: null });
  const reversed = transfer.amount_reversed + amount;
  const whole = reversed === transfer.amount;
  const settled = transfer.settlement_status === 'settled';
  world.transfers.save({
    ...transfer,
    amount_reversed: reversed,
    status: whole ? 'reversed' : 'partially_reversed',
    settlement_status: whole && !settled ? null : transfer.settlement_status,
  });
  const entry = { kind: 'reversal', entityId: reversal.id } as const;
  world.ledger.post({
    ...entry,
    owner: transfer.recipient,
    amount: -amount,
    transferId: transfer.id,
    settlesAt: settled ? now : transfer.internal.settles_at,
  });
  world.ledger.post({ ...entry, owner: PLATFORM, amount, transferId: null, settlesAt: now });
  return reversal;
}

export function listReversals(world: World, transferId: string): Reversal[] {
  return world.reversals.list({ parent: findTransfer(world, transferId).id });
}
