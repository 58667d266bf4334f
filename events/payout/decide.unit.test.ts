import { describe, expect, it } from 'vitest';
import { specFor } from '../shared/given.ts';
import { decide } from './decide.ts';
import { evolve, initial } from './events.ts';
import {
  arrived,
  Authorized,
  cancel,
  Cancelled,
  endsAt,
  fail,
  Failed,
  held,
  HoldStarted,
  lift,
  Lifted,
  pending,
  plan,
  Planned,
  plannedTerms,
  Processed,
  release,
  released,
  releasing,
  Requested,
  ReversalRequested,
  reverse,
  reversed,
  Reversed,
  running,
  settle,
  Settled,
  startHold,
  t0,
  transfer,
} from './examples.ts';

const given = specFor({ initial, evolve, decide });
describe('planning', () => {
  it('PO2: 80,000 = 8,000 + 72,000', () => given([]).when(plan()).then([Planned]));
  it('PO1: 101 paise = 10 + 91', () =>
    given([])
      .when(plan(101))
      .then([{ type: 'PayoutPlanned', data: { ...plannedTerms, gross: 101, commission: 10, share: 91 } }]));
  it('PO1: planned once', () => {
    given(released).when(plan()).then([]);
    given([Planned]).when(plan(90_000)).then('payout-exists');
  });
  it('PO1: with sound figures', () => {
    given([]).when(plan(0)).then('amount-invalid');
    given([])
      .when(plan(80_000, { commissionBps: 10_000 }))
      .then('amount-invalid');
    given([])
      .when(plan(80_000, { holdMs: -1 }))
      .then('hold-invalid');
  });
});

describe('the transfer', () => {
  it('PO3: is asked for once', () => {
    given([Planned])
      .when(transfer('op1'))
      .then([Requested('op1', 1)]);
    given(pending).when(transfer('op1')).then([]);
    given(pending).when(transfer('op2')).then('transfer-running');
    given(released).when(transfer('op1')).then([]);
    given(held).when(transfer('op2')).then('transfer-done');
    given([Planned, Cancelled]).when(transfer('op1')).then('payout-over');
  });
  it('PO4: is tried again under a new id', () => {
    given([...pending, Failed])
      .when(transfer('op2'))
      .then([Requested('op2', 2)]);
    given([...pending, Failed])
      .when(transfer('op1'))
      .then('operation-reused');
    const tries = Array.from({ length: 10 }, (_, index) => [Requested(`op${index}`, index + 1), Failed]).flat();
    given([Planned, ...tries])
      .when(transfer('op99'))
      .then('too-many-attempts');
  });
  it('PO5: is exactly the share, and was asked for', () => {
    given(pending).when(arrived()).then([Processed]);
    given(held).when(arrived()).then([]);
    given(released).when(arrived()).then([]);
    given(pending).when(arrived('trf_1', 80_000)).then('transfer-mismatch');
    given(held).when(arrived('trf_2')).then('transfer-exists');
    given([Planned]).when(arrived()).then('transfer-not-requested');
    given([Planned, Cancelled]).when(arrived()).then('payout-over');
  });
  it('PO5: one thought failed may turn out done', () =>
    given([...pending, Failed])
      .when(arrived())
      .then([Processed]));
  it('PO6: fails once, and not when it has arrived', () => {
    given(pending).when(fail).then([Failed]);
    given([...pending, Failed])
      .when(fail)
      .then([]);
    given(held).when(fail).then('transfer-done');
    given([Planned]).when(fail).then('transfer-not-requested');
    given([Planned, Cancelled]).when(fail).then('payout-over');
  });
});

describe('the hold', () => {
  it('PO7: starts once, on an arrived transfer', () => {
    given(held).when(startHold()).then([HoldStarted]);
    for (const history of [running, releasing, released]) given(history).when(startHold()).then([]);
    given(running)
      .when(startHold(t0 + 1))
      .then('hold-started');
    for (const history of [[Planned], pending, [...pending, Failed]]) given(history).when(startHold()).then('not-held');
    given([Planned, Cancelled]).when(startHold()).then('payout-over');
    given([...held, ReversalRequested('rev', 1)])
      .when(startHold())
      .then('reversal-running');
    given([...running, ReversalRequested('rev', 1)])
      .when(startHold())
      .then([]);
  });
  it('PO8: ends 259,200 s later', () => expect(endsAt - t0).toBe(259_200_000));
  it('PO9: at 71:59:59.999 no release', () =>
    given(running)
      .when(release(endsAt - 1))
      .then('hold-running'));
  it('PO9: at 72:00:00.000 it is', () => given(running).when(release(endsAt)).then([Authorized]));
});

describe('the release', () => {
  it('PO10: is authorized once', () => {
    given(releasing)
      .when(release(endsAt + 1))
      .then([]);
    given(released)
      .when(release(endsAt + 1))
      .then([]);
    given([...released, Settled])
      .when(release(endsAt + 1))
      .then([]);
    given(releasing)
      .when(release(endsAt + 1, 'other'))
      .then('already-released');
    given(released)
      .when(release(endsAt + 1, 'other'))
      .then('already-released');
  });
  it('PO11: not before there is something to release', () => {
    given(held).when(release(endsAt)).then('hold-not-started');
    given([...running, ReversalRequested('rev', 1)])
      .when(release(endsAt))
      .then('reversal-running');
    for (const history of [[Planned], pending, [...pending, Failed]])
      given(history).when(release(endsAt)).then('not-held');
    given([Planned, Cancelled]).when(release(endsAt)).then('payout-over');
    given([...held, ReversalRequested('rev', 72_000), Reversed('rev', 72_000)])
      .when(release(endsAt))
      .then('payout-over');
  });
  it('PO12: against a reversal one wins', () => {
    given(releasing).when(reverse('rev', 1)).then('already-released');
    given([...running, ReversalRequested('rev', 72_000)])
      .when(release(endsAt))
      .then('reversal-running');
  });
  it('PO13: lifts this transfer and what is left of it', () => {
    given(releasing).when(lift()).then([Lifted()]);
    given(released).when(lift()).then([]);
    given(releasing).when(lift(71_999)).then('transfer-mismatch');
    given(releasing).when(lift(72_000, 'trf_2')).then('transfer-mismatch');
    for (const history of [held, running]) given(history).when(lift()).then('release-not-authorized');
  });
  it('PO14: settles once, after the release', () => {
    given(released).when(settle()).then([Settled]);
    given([...released, Settled])
      .when(settle())
      .then([]);
    given([...released, Settled])
      .when(settle('setl_2'))
      .then('already-settled');
    given(releasing).when(settle()).then('not-released');
  });
});

describe('reversals', () => {
  it('PO15: take at most what is left', () => {
    given(held)
      .when(reverse('rev', 72_000))
      .then([ReversalRequested('rev', 72_000)]);
    given(running)
      .when(reverse('rev', 36_000))
      .then([ReversalRequested('rev', 36_000)]);
    given(held).when(reverse('rev', 72_001)).then('reversal-too-large');
    given(held).when(reverse('rev', 0)).then('amount-invalid');
    const part = [...held, ReversalRequested('one', 36_000), Reversed('one', 36_000)];
    given(part).when(reverse('two', 36_001)).then('reversal-too-large');
    given(part)
      .when(reverse('two', 36_000))
      .then([ReversalRequested('two', 36_000)]);
  });
  it('PO15: one at a time, before the release, of an arrived transfer', () => {
    given([...held, ReversalRequested('one', 1)])
      .when(reverse('two', 1))
      .then('reversal-running');
    given(released).when(reverse('one', 1)).then('already-released');
    for (const history of [[Planned], pending, [...pending, Failed]])
      given(history).when(reverse('one', 1)).then('not-held');
    given([Planned, Cancelled]).when(reverse('one', 1)).then('payout-over');
  });
  it('PO16: an id means one reversal', () => {
    const asked = [...held, ReversalRequested('one', 5)];
    given(asked).when(reverse('one', 5)).then([]);
    given(asked).when(reverse('one', 6)).then('operation-reused');
    given([...asked, Reversed('one', 5)])
      .when(reverse('one', 5))
      .then([]);
    given([...asked, Reversed('one', 5)])
      .when(reverse('one', 6))
      .then('operation-reused');
  });
  it('PO16: one that was reckoned before another part came back is refused', () => {
    const part = [...held, ReversalRequested('one', 5), Reversed('one', 5)];
    given(part)
      .when(reverse('two', 5, 0))
      .then('payout-changed');
    given(part)
      .when(reverse('two', 5, 5))
      .then([ReversalRequested('two', 5)]);
  });
  it('PO17: are recorded once, as asked for', () => {
    const asked = [...held, ReversalRequested('one', 5)];
    given(asked)
      .when(reversed('one', 5))
      .then([Reversed('one', 5)]);
    given([...asked, Reversed('one', 5)])
      .when(reversed('one', 5))
      .then([]);
    given([...asked, Reversed('one', 5)])
      .when(reversed('one', 5, 'rvrsl_x'))
      .then('reversal-mismatch');
    given(asked).when(reversed('one', 6)).then('reversal-mismatch');
    given(asked).when(reversed('two', 5)).then('reversal-not-requested');
    given(held).when(reversed('one', 5)).then('reversal-not-requested');
  });
  it('PO17: after a part before the hold, the rest goes through hold and release', () => {
    const part = [...held, ReversalRequested('one', 36_000), Reversed('one', 36_000)];
    given(part).when(startHold()).then([HoldStarted]);
    given([...part, HoldStarted])
      .when(release(endsAt - 1))
      .then('hold-running');
    given([...part, HoldStarted])
      .when(release(endsAt))
      .then([Authorized]);
    given([...part, HoldStarted, Authorized])
      .when(lift(36_000))
      .then([Lifted(36_000)]);
    given([...part, HoldStarted, Authorized])
      .when(lift(72_000))
      .then('transfer-mismatch');
  });
  it('PO17: after a part during the hold, the hold goes on as it was', () => {
    const part = [...running, ReversalRequested('one', 36_000), Reversed('one', 36_000)];
    given(part)
      .when(release(endsAt - 1))
      .then('hold-running');
    given(part).when(release(endsAt)).then([Authorized]);
  });
  it('PO17: after the whole, nothing is left', () => {
    const whole = [...running, ReversalRequested('one', 72_000), Reversed('one', 72_000)];
    given(whole).when(release(endsAt)).then('payout-over');
    given(whole).when(reverse('two', 1)).then('payout-over');
    given(whole).when(startHold()).then('payout-over');
  });
});

describe('cancelling', () => {
  it('PO18: only while no transfer exists', () => {
    given([Planned]).when(cancel).then([Cancelled]);
    given([...pending, Failed])
      .when(cancel)
      .then([Cancelled]);
    given([Planned, Cancelled]).when(cancel).then([]);
    given(pending).when(cancel).then('transfer-running');
    for (const history of [held, running, releasing, released]) given(history).when(cancel).then('transfer-done');
  });
});

it('PO1: nothing happens to a payout that was never planned', () => {
  for (const command of [transfer('op1'), arrived(), fail, startHold(), release(endsAt), lift(), settle(), cancel])
    given([]).when(command).then('payout-unknown');
});
