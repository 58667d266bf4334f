import { describe, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { HOUR, START } from '../shared/times.ts';
import { decide } from './decide.ts';
import { evolve, initial } from './events.ts';
import * as of from './examples.ts';

const given = specFor({ initial, evolve, decide });
/** An hour before the start: a student would get nothing back, and all of it goes back here. */
const NOW = START - HOUR;
const cancelling = [...of.dear, of.cancellationProposed(NOW)];

describe('a cancellation by ops', () => {
  it('BO43: is of a booking that is paid and not decided, with a reason', () => {
    given(of.awaiting).when(of.proposeCancellation(NOW)).then('not-confirmed');
    given([...of.paid, of.started, of.completed])
      .when(of.proposeCancellation(NOW))
      .then('already-completed');
    given(of.paid)
      .when(of.proposeCancellation(NOW, { reason: ' ' }))
      .then('reason-missing');
  });
  it.each(['t1', 's1'])('BO43: nobody decides about a booking of their own (%s)', (by) => {
    given(of.paid).when(of.proposeCancellation(NOW, { by })).then('own-case');
    given(cancelling).when(of.approveCancellation(NOW, { by })).then('own-case');
    given(cancelling).when(of.rejectCancellation(NOW, { by })).then('own-case');
  });
  it('BO44: one person decides up to the limit, included', () => {
    given(of.paid)
      .when(of.proposeCancellation(NOW))
      .then([of.cancelledByPlatform(NOW, 80_000)]);
    const [, ...rest] = of.dear;
    const priced = (price: number) => {
      const [first] = of.dear;
      if (first?.type !== 'BookingRequested') throw new Error('a booking begins with its request');
      return [{ ...first, data: { ...first.data, price } }, ...rest];
    };
    given(priced(500_000))
      .when(of.proposeCancellation(NOW))
      .then([of.cancelledByPlatform(NOW, 500_000)]);
    given(priced(500_001))
      .when(of.proposeCancellation(NOW))
      .then([
        {
          type: 'CancellationProposed',
          data: { bookingId: 'b1', proposalId: 'c1', refund: 500_001, reason: 'No account.', by: 'ops-1', at: NOW },
        },
      ]);
  });
  it('BO45: one at a time, and the same again changes nothing', () => {
    given(cancelling).when(of.proposeCancellation(NOW)).then([]);
    given(cancelling)
      .when(of.proposeCancellation(NOW, { by: 'ops-2', proposalId: 'c2' }))
      .then('proposal-open');
    given([...cancelling, of.cancellationRejected(NOW)])
      .when(of.proposeCancellation(NOW))
      .then('proposal-reused');
    given([...cancelling, of.cancellationRejected(NOW)])
      .when(of.proposeCancellation(NOW, { by: 'ops-2', proposalId: 'c2' }))
      .then([of.cancellationProposed(NOW, 'ops-2', 'c2')]);
  });
  it('BO45: the booking goes on meanwhile, and its end ends the proposal', () => {
    given([...cancelling, of.started, of.completed])
      .when(of.approveCancellation(NOW))
      .then('already-completed');
    given([...cancelling, of.started])
      .when(of.approveCancellation(START))
      .then([of.cancellationApproved(START), of.cancelledByPlatform(START, of.DEAR)]);
    given(cancelling)
      .when(of.cancel('tutor', NOW))
      .then([
        {
          type: 'BookingCancelled',
          data: {
            bookingId: 'b1',
            by: 'tutor',
            reason: '',
            rule: 'by-tutor',
            refundPct: 100,
            refund: of.DEAR,
            cancelledAt: NOW,
          },
        },
      ]);
  });
  it('BO46: another person confirms it, and all of it goes back', () => {
    given(cancelling)
      .when(of.approveCancellation(NOW, { by: 'ops-1' }))
      .then('second-person-needed');
    given(cancelling)
      .when(of.approveCancellation(NOW, { proposalId: 'c2' }))
      .then('proposal-unknown');
    given(cancelling)
      .when(of.approveCancellation(NOW))
      .then([of.cancellationApproved(NOW), of.cancelledByPlatform(NOW, of.DEAR)]);
  });
  it('BO47: it is turned down, or taken back, with a reason', () => {
    given(cancelling)
      .when(of.rejectCancellation(NOW))
      .then([of.cancellationRejected(NOW)]);
    given(cancelling)
      .when(of.rejectCancellation(NOW, { by: 'ops-1' }))
      .then([of.cancellationRejected(NOW, 'ops-1')]);
    given(cancelling)
      .when(of.rejectCancellation(NOW, { reason: 'no' }))
      .then('reason-missing');
    given([...cancelling, of.cancellationRejected(NOW)])
      .when(of.rejectCancellation(NOW))
      .then([]);
  });
});
