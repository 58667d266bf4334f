import { describe, expect, it } from 'vitest';
import { upcast, EVENTS } from '../handling/registry.ts';
import { specFor } from '../shared/given.ts';
import { splitGross } from '../shared/money.ts';
import { isRefusal } from '../shared/refusal.ts';
import { HOUR } from '../shared/times.ts';
import { decide } from './decide.ts';
import { reversalFor } from './dispute.ts';
import { evolve, initial } from './events.ts';
import {
  arrived,
  Authorized,
  AuthorizedAt,
  bookingId,
  Cancelled,
  clawback,
  Clawback,
  close,
  Closed,
  dispute,
  Disputed,
  endsAt,
  Failed,
  failed,
  held,
  HoldStarted,
  lift,
  Lifted,
  opensAt,
  pause,
  Paused,
  pending,
  Planned,
  Processed,
  release,
  released,
  releasing,
  Requested,
  Resumed,
  resume,
  reversalFailed,
  ReversalFailed,
  ReversalRequested,
  reverse,
  Reversed,
  reversed,
  review,
  running,
  settled,
  startHold,
  t0,
  transfer,
} from './examples.ts';

const given = specFor({ initial, evolve, decide });
const open = [...running, Disputed()];

describe('opening a dispute', () => {
  it('PO19: from exactly 15 minutes after the start', () => {
    given(held)
      .when(dispute(opensAt - 1))
      .then('too-early');
    given(held)
      .when(dispute(opensAt))
      .then([Disputed(opensAt)]);
  });
  it('PO19: at 71:59:59.999 yes, at 72:00:00.000 no, whether the release came or not', () => {
    given(running)
      .when(dispute(t0 + 72 * HOUR - 1))
      .then([Disputed(t0 + 72 * HOUR - 1)]);
    given(running)
      .when(dispute(t0 + 72 * HOUR))
      .then('too-late');
    given(releasing)
      .when(dispute(t0 + 72 * HOUR))
      .then('too-late');
  });
  it('PO19: without an outcome the end of the hold is open', () =>
    given(held)
      .when(dispute(endsAt + HOUR))
      .then([Disputed(endsAt + HOUR)]));
  it('PO20: against a release at the same moment one wins, whichever is first in the stream', () => {
    given([...running, Disputed(endsAt - 1)])
      .when(release(endsAt))
      .then('dispute-open');
    given(releasing)
      .when(dispute(endsAt - 1))
      .then('too-late');
  });
  it('PO21: one a seat, ever', () => {
    given(open).when(dispute()).then([]);
    given(open)
      .when(dispute(t0 + HOUR, { text: 'Something else.' }))
      .then('dispute-exists');
    for (const end of ['tutor', 'withdrawn'] as const)
      given([...open, Closed(end, 0, 0)])
        .when(dispute())
        .then('dispute-exists');
    given([...open, Closed('tutor', 0, 0), Authorized])
      .when(dispute())
      .then('dispute-exists');
  });
  it('PO22: not about money that went back, or is on its way back', () => {
    given([...running, ReversalRequested('one', 36_000)])
      .when(dispute())
      .then('reversal-running');
    given([...running, ReversalRequested('one', 36_000), Reversed('one', 36_000)])
      .when(dispute())
      .then('payout-over');
    given([Planned, Cancelled]).when(dispute()).then('payout-over');
  });
  it('PO24: by the other side, with a sound wish', () => {
    given(running)
      .when(dispute(t0, { openedBy: 't1' }))
      .then('own-lesson');
    for (const wants of [0, -1, 0.5, 80_001]) given(running).when(dispute(t0, { wants })).then('wants-invalid');
    given(running)
      .when(dispute(t0, { text: 'x'.repeat(4_001) }))
      .then('text-too-long');
  });
});

describe('while it is open', () => {
  it('PO23: transfer and hold go on, and count from their own facts', () => {
    const early = [Planned, Disputed()];
    given(early)
      .when(transfer('op1'))
      .then([Requested('op1', 1)]);
    given([...early, Requested('op1', 1)])
      .when(arrived())
      .then([Processed]);
    given([...early, Requested('op1', 1), Processed])
      .when(startHold())
      .then([HoldStarted]);
    const late = [...early, Requested('op1', 1), Processed, HoldStarted];
    given(late).when(release(endsAt)).then('dispute-open');
    given([...late, Closed('tutor', 0, 0)])
      .when(release(endsAt))
      .then([Authorized]);
  });
  it('PO23: nothing is released, taken back or cancelled', () => {
    given(open)
      .when(release(endsAt + 1_000 * HOUR))
      .then('dispute-open');
    given(open).when(reverse('rev', 1)).then('dispute-open');
    given([Planned, Disputed()])
      .when({ type: 'CancelPayout', data: { bookingId, reason: '' }, now: t0 })
      .then('dispute-open');
  });
});

describe('closing it', () => {
  it('PO25, PO26: for the student, the whole share is asked back in the same append, so no release comes between', () => {
    given(open)
      .when(close('student', 80_000, 72_000))
      .then([Closed('student', 80_000, 72_000), ReversalRequested('d-rev', 72_000, 'dispute')]);
    const closed = [...open, Closed('student', 80_000, 72_000), ReversalRequested('d-rev', 72_000, 'dispute')];
    given(closed).when(release(endsAt)).then('reversal-running');
    given([...closed, Reversed('d-rev', 72_000)])
      .when(release(endsAt))
      .then('payout-over');
  });
  it('PO29: for the tutor, the release goes on, at once when the hold is over', () => {
    given(open)
      .when(close('tutor', 0, 0))
      .then([Closed('tutor', 0, 0)]);
    given([...open, Closed('tutor', 0, 0)])
      .when(release(endsAt - 1))
      .then('hold-running');
    given([...open, Closed('tutor', 0, 0)])
      .when(release(endsAt))
      .then([Authorized]);
  });
  it('PO29: split, the student’s part of the share comes back and the rest is released', () => {
    const split = [...open, Closed('split', 40_000, 36_000), ReversalRequested('d-rev', 36_000, 'dispute')];
    given(open)
      .when(close('split', 40_000, 36_000))
      .then(split.slice(open.length));
    const rest = [...split, Reversed('d-rev', 36_000)];
    given(rest).when(release(endsAt)).then([Authorized]);
    given([...rest, Authorized])
      .when(lift(36_000))
      .then([Lifted(36_000)]);
  });
  it('PO25: to the paisa: refund and reversal belong together', () => {
    for (const [outcome, refund, reversal] of [
      ['student', 79_999, 71_999],
      ['split', 0, 0],
      ['split', 80_000, 72_000],
      ['tutor', 1, 0],
      ['withdrawn', 1, 0],
      ['split', 40_000, 35_999],
      ['student', 80_000, 0],
      ['split', 40_000.5, 36_000],
      ['student', 80_001, 72_000],
    ] as const)
      given(open)
        .when(close(outcome, refund, reversal))
        .then('amount-mismatch');
    const odd = { gross: 101, share: splitGross(101, 1_000).share };
    expect(odd.share).toBe(91);
    expect([1, 33, 34, 50, 67, 100, 101].map((refund) => reversalFor(odd, refund, 0))).toEqual([
      0, 29, 30, 45, 60, 90, 91,
    ]);
    // Thirds of an odd price: whatever is taken back in steps is never more than the share.
    expect(reversalFor(odd, 67, 29)).toBe(31);
    expect(reversalFor(odd, 101, 29 + 31)).toBe(31);
  });
  it('PO27: a transfer on its way is waited for', () => {
    given([...pending, Disputed()])
      .when(close('student', 80_000, 72_000))
      .then('transfer-running');
    given([...pending, Disputed()])
      .when(close('tutor', 0, 0))
      .then([Closed('tutor', 0, 0)]);
  });
  it('PO27: without a transfer the payout is cancelled; a part needs the transfer first', () => {
    const over = { type: 'PayoutCancelled', data: { bookingId, reason: 'dispute' } } as const;
    for (const history of [[Planned], failed])
      given([...history, Disputed()])
        .when(close('student', 80_000, 72_000))
        .then([Closed('student', 80_000, 0), over]);
    given([...failed, Disputed()])
      .when(close('split', 40_000, 36_000))
      .then('not-held');
    given([...failed, Disputed(), Requested('op2', 2), Failed])
      .when(close('split', 40_000, 36_000))
      .then('not-held');
  });
  it('PO28: once', () => {
    const closed = [...open, Closed('tutor', 0, 0)];
    given(closed)
      .when(close('tutor', 0, 0))
      .then([]);
    given(closed)
      .when(close('student', 80_000, 72_000))
      .then('dispute-closed');
    given(running)
      .when(close('tutor', 0, 0))
      .then('dispute-unknown');
    given(open)
      .when(close('tutor', 0, 0, 'd2'))
      .then('dispute-unknown');
  });
});

describe('a review', () => {
  it('PO30: is asked for by the lesson’s outcome, whatever the time, unless a dispute decides already', () => {
    const decision = decide(review(0), held.reduce(evolve, initial));
    expect(decision).toMatchObject([{ type: 'PayoutDisputed', data: { kind: 'review', openedBy: 'policy' } }]);
    given(open).when(review()).then('dispute-exists');
    given([...open, Closed('split', 1, 0)])
      .when(review())
      .then('dispute-exists');
  });
  it('PO30: also after a complaint was withdrawn', () => {
    const state = [...open, Closed('withdrawn', 0, 0)].reduce(evolve, initial);
    const decision = decide(review(), state);
    if (isRefusal(decision)) throw new Error(decision.code);
    expect(decision).toMatchObject([{ type: 'PayoutDisputed', data: { disputeId: 'r1' } }]);
    const reviewed = [...decision, Closed('student', 80_000, 72_000, 'r1')].reduce(evolve, state);
    expect(decide(review(t0 + HOUR), reviewed)).toMatchObject({ code: 'dispute-exists' });
  });
});

describe('a reversal that fails', () => {
  const owed = [...running, ReversalRequested('one', 36_000), ReversalFailed('one')];
  it('PO31: is owed: no release before another operation took it', () => {
    given([...running, ReversalRequested('one', 36_000)])
      .when(reversalFailed('one'))
      .then([ReversalFailed('one')]);
    given(owed).when(release(endsAt)).then('reversal-owed');
    given(owed).when(reversalFailed('one')).then([]);
    given(owed).when(reverse('one', 36_000)).then('operation-reused');
    given(owed)
      .when(reverse('two', 36_000))
      .then([ReversalRequested('two', 36_000)]);
    const done = [...owed, ReversalRequested('two', 36_000), Reversed('two', 36_000)];
    given(done).when(release(endsAt)).then([Authorized]);
    given([...owed, ReversalRequested('two', 36_000), ReversalFailed('two')])
      .when(release(endsAt))
      .then('reversal-owed');
  });
  it('PO31: was asked for, and did not happen', () => {
    given(running).when(reversalFailed('one')).then('reversal-not-requested');
    given([...running, ReversalRequested('one', 36_000), Reversed('one', 36_000)])
      .when(reversalFailed('one'))
      .then('reversal-done');
    given(owed).when(reversed('one', 36_000)).then('reversal-not-requested');
  });
});

describe('pauses', () => {
  it('PO32: no release while a reason stands', () => {
    const paused = [...running, Paused()];
    given(running).when(pause()).then([Paused()]);
    given(paused)
      .when(release(endsAt + HOUR))
      .then('payout-paused');
    given([...paused, Resumed])
      .when(release(endsAt))
      .then([Authorized]);
    given(releasing).when(pause()).then('already-released');
  });
  it('PO32: until its end, which is not part of it', () => {
    const cooling = [...running, Paused(endsAt + 1)];
    given(cooling).when(release(endsAt)).then('payout-paused');
    given(cooling)
      .when(release(endsAt + 1))
      .then([AuthorizedAt(endsAt + 1)]);
  });
  it('PO33: a reason stands once; a new end replaces the old one, another reason stands beside it', () => {
    given([...running, Paused(endsAt)])
      .when(pause(endsAt))
      .then([]);
    given([...running, Paused(endsAt)])
      .when(pause(endsAt + HOUR))
      .then([Paused(endsAt + HOUR)]);
    const both = [
      ...running,
      Paused(),
      { type: 'PayoutPaused', data: { bookingId, reason: 'chargeback', until: null, at: t0 } } as const,
      Resumed,
    ];
    given(both).when(release(endsAt)).then('payout-paused');
    given(running).when(resume).then([]);
    given(running).when(pause(-1)).then('until-invalid');
  });
  it('PO32: a pause outlives a dispute, and the other way round', () => {
    given([...running, Paused(), Disputed(), Closed('tutor', 0, 0)])
      .when(release(endsAt))
      .then('payout-paused');
    given([...running, Disputed(), Paused(), Resumed])
      .when(release(endsAt))
      .then('dispute-open');
  });
});

describe('after the release', () => {
  it('PO34: a lost chargeback is owed by the tutor', () => {
    for (const history of [releasing, released, settled]) given(history).when(clawback()).then([Clawback()]);
    given(running).when(clawback()).then('not-released');
    given(open).when(clawback()).then('not-released');
  });
  it('PO35: at most what was paid, once a chargeback', () => {
    given([...released, Clawback()])
      .when(clawback())
      .then([]);
    given([...released, Clawback(101)])
      .when(clawback(102))
      .then('clawback-exists');
    given([...released, Clawback(101)])
      .when(clawback(72_000, 'disp_2'))
      .then('clawback-too-large');
    given(released).when(clawback(0)).then('amount-invalid');
  });
});

describe('the fee of a transfer', () => {
  it('PO36: is recorded with it', () => {
    given(pending)
      .when({
        type: 'RecordTransfer',
        data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 213, tax: 33 },
        now: t0,
      })
      .then([
        { type: 'TransferProcessed', data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 213, tax: 33 } },
      ]);
    given(pending)
      .when({
        type: 'RecordTransfer',
        data: { bookingId, transferId: 'trf_1', amount: 72_000, fee: 1, tax: 2 },
        now: t0,
      })
      .then('fee-invalid');
  });
  it('PO36: is nothing in events of version 1', () => {
    const meta = { commandId: 'c', correlationId: 'c', causationId: 'c', occurredAt: 0, schemaVersion: 1 };
    const old = {
      id: 'e',
      type: 'TransferProcessed',
      data: { bookingId, transferId: 'trf_1', amount: 72_000 },
      stream: 'payout-b1',
      category: 'payout',
      revision: 2,
      position: '3',
      recordedAt: 0,
      chain: '',
      meta: { ...meta, actor: { kind: 'system', id: 'test' } as const },
    };
    expect(upcast(old, EVENTS)?.data).toEqual(Processed.data);
  });
});
