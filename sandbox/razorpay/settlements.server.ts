import type { Settlement } from './entities.ts';
import { newId, randomDigits } from './ids.ts';
import { PLATFORM } from './ledger.server.ts';
import { showSettlement } from './present.ts';
import { announce, type World } from './world.server.ts';

/**
 * Pays out to bank accounts what is due by the clock; with `everything`, also what is not due yet. Never what is on
 * hold. An owner whose debits outweigh their credits, or whose balance is short, waits for the next run.
 */
export function runSettlement(world: World, { everything }: { everything: boolean }): Settlement[] {
  const now = world.clock.seconds();
  const until = everything ? null : now;
  return world.ledger.ownersDue(until).flatMap((owner) => {
    const { amount, transferIds, entityIds } = world.ledger.due(owner, until);
    if (amount <= 0 || world.ledger.available(owner) < amount) return [];
    const settlement: Settlement = {
      id: newId('setl'),
      owner,
      amount,
      status: 'processed',
      ...(owner === PLATFORM ? feesOf(world, entityIds) : { fees: 0, tax: 0 }),
      utr: randomDigits(16),
      created_at: now,
    };
    world.settlements.insert(settlement, { parent: owner, key: null });
    world.ledger.settle(owner, until, settlement.id);
    for (const id of transferIds) markSettled(world, id, settlement.id);
    if (owner === PLATFORM) {
      announce(world, 'settlement.processed', settlement.id, { settlement: showSettlement(settlement) });
    }
    return [settlement];
  });
}

/** What the payments and transfers of a settlement cost. */
function feesOf(world: World, entityIds: readonly string[]): { fees: number; tax: number } {
  const costs = entityIds.map((id) => {
    if (id.startsWith('pay_')) {
      const payment = world.payments.find(id);
      return { fees: payment?.fee ?? 0, tax: payment?.tax ?? 0 };
    }
    const transfer = id.startsWith('trf_') ? world.transfers.find(id) : undefined;
    return { fees: transfer?.fees ?? 0, tax: transfer?.tax ?? 0 };
  });
  return costs.reduce((sum, cost) => ({ fees: sum.fees + cost.fees, tax: sum.tax + cost.tax }), { fees: 0, tax: 0 });
}

function markSettled(world: World, transferId: string, settlementId: string): void {
  const transfer = world.transfers.find(transferId);
  if (!transfer || transfer.settlement_status !== 'pending') return;
  world.transfers.save({ ...transfer, settlement_status: 'settled', recipient_settlement_id: settlementId });
  world.transfers.rekey(transferId, settlementId);
}
