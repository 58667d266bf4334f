import { isInstant } from '../shared/check.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { DisputeCommandOf, DisputeDecision, ExistingDispute } from './decide.ts';
import { frozenKey } from './events.ts';
import { alreadyResolved, isWithdrawn } from './over.ts';
import { isParty, ownCase, proposalUnknown } from './resolve.ts';

/** So that the event stays well under what a store keeps, characters. */
export const MAX_SUMMARY = 48 * 1024;

/** Rule DI17. */
export function freeze({ data, now }: DisputeCommandOf<'FreezeEvidence'>, state: ExistingDispute): DisputeDecision {
  const { by, step, proposalId } = data;
  switch (state.kind) {
    case 'opened':
      return refuse('answer-awaited', 'The tutor still has time to answer.');
    case 'under-review':
      if (isParty(state.opened, by)) return ownCase();
      if (state.frozen.includes(frozenKey(data))) return [];
      if (step !== 'proposal') return proposalUnknown();
      return flaw(data, now) ?? [{ type: 'EvidenceFrozen', data: { ...data, at: now } }];
    case 'awaiting-second':
      if (isParty(state.opened, by)) return ownCase();
      if (state.frozen.includes(frozenKey(data))) return [];
      if (step !== 'approval') return refuse('proposal-open', 'Another proposal waits for a second person.');
      if (state.proposal.proposalId !== proposalId) return proposalUnknown();
      if (state.proposal.by === by)
        return refuse('second-person-needed', 'Someone else has to confirm a refund of this size.');
      return flaw(data, now) ?? [{ type: 'EvidenceFrozen', data: { ...data, at: now } }];
    case 'resolved':
      return state.frozen.includes(frozenKey(data)) ? [] : alreadyResolved();
    case 'withdrawn':
      return isWithdrawn();
    default:
      return never(state, 'dispute state');
  }
}

function flaw(
  { hash, asOf, events, summary }: DisputeCommandOf<'FreezeEvidence'>['data'],
  now: number,
): Refusal | null {
  if (!/^[0-9a-f]{64}$/.test(hash) || !isInstant(asOf) || asOf > now || !Number.isInteger(events) || events < 1)
    return refuse('evidence-invalid', 'Evidence needs its hash, its instant and its events.');
  if (summary.length > MAX_SUMMARY) return refuse('evidence-too-large', 'This evidence is too large to be kept.');
  return null;
}
