import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { splitGross } from '../shared/money.ts';
import { checkPairs } from '../shared/pairs.ts';
import { isRefusal } from '../shared/refusal.ts';
import { HOUR } from '../shared/times.ts';
import { decide, type DisputeCommand } from './decide.ts';
import { evolve, initial, type DisputeEvent, type DisputeState } from './events.ts';
import {
  answer,
  Answered,
  answerBy,
  approve,
  bookingId,
  escalate,
  freeze,
  LIMIT,
  open,
  Opened,
  opened,
  openedAt,
  proposed,
  Proposed,
  propose,
  reject,
  Rejected,
  Resolved,
  review,
  reviewed,
  settle,
  state,
  Statement,
  UnderReview,
  withdraw,
  Withdrawn,
} from './examples.ts';
import { MAX_SUMMARY } from './freeze.ts';
import { partsOf } from './resolve.ts';

const decider = { initial, evolve, decide };
const given = specFor(decider);

describe('opening', () => {
  it('DI1: gives the tutor 48 hours from now', () => given([]).when(open()).then([Opened]));
  it('DI1: counted from when it could be told, not from when it was said', () => {
    const late = openedAt + HOUR;
    given([])
      .when(open({}, late))
      .then([{ type: 'DisputeOpened', data: { ...opened, answerBy: late + 48 * HOUR } }]);
  });
  it('DI2: once', () => {
    given([Opened]).when(open()).then([]);
    given(reviewed).when(open()).then([]);
    given([Opened])
      .when(open({ text: 'Something else.' }))
      .then('dispute-exists');
    given([Opened, Withdrawn])
      .when(open({ disputeId: 'd2' }))
      .then('dispute-exists');
    given([Opened]).when(review()).then('dispute-exists');
  });
  it('DI2: only a withdrawn one may be followed, by a review', () => {
    const decision = decide(review(), fold(decider, [Opened, Withdrawn]));
    expect(decision).toMatchObject([
      { type: 'DisputeOpened', data: { disputeId: 'r1', kind: 'review' } },
      { type: 'DisputeUnderReview', data: { why: 'review' } },
    ]);
  });
  it('DI3: a review is under review at once, for 72 hours', () => {
    const decision = decide(review(), initial);
    expect(decision).toMatchObject([{ type: 'DisputeOpened' }, UnderReview('review', openedAt)]);
  });
  it('DI1: with sound figures', () => {
    given([])
      .when(open({ gross: 0 }))
      .then('amount-invalid');
    given([])
      .when(open({ share: 80_001 }))
      .then('amount-invalid');
    given([])
      .when(open({ answerWithinMs: 0 }))
      .then('time-invalid');
  });
});

describe('the tutor’s answer', () => {
  it('DI4: within 48 hours, by the tutor, and then ops have 72 hours', () => {
    given([Opened])
      .when(answer())
      .then([Answered, UnderReview('answered', openedAt + HOUR)]);
    given([Opened]).when(answer(openedAt, 's1')).then('not-the-tutor');
    given([Opened]).when(answer(answerBy)).then('answer-over');
    expect(isRefusal(decide(answer(answerBy - 1), fold(decider, [Opened])))).toBe(false);
    given([Opened])
      .when(answer(openedAt, 't1', ' a '))
      .then('text-missing');
  });
  it('DI5: silence brings it under review, exactly after 48 hours, and loses nothing by itself', () => {
    given([Opened])
      .when(escalate(answerBy - 1))
      .then('not-due');
    given([Opened])
      .when(escalate(answerBy))
      .then([UnderReview('no-answer', answerBy)]);
  });
  it('DI6: anyone adds statements until it is decided, within bounds', () => {
    for (const history of [[Opened], reviewed, proposed]) given(history).when(state()).then([Statement]);
    given([Opened]).when(state('')).then('text-missing');
    given([Opened, ...Array.from({ length: 50 }, () => Statement)])
      .when(state())
      .then('too-many-statements');
  });
});

describe('withdrawing', () => {
  it('DI7: by the side that opened it, while the tutor has not answered', () => {
    given([Opened]).when(withdraw()).then([Withdrawn]);
    given([Opened]).when(withdraw('t1')).then('not-the-opener');
    given([Opened]).when(withdraw('ops')).then('not-the-opener');
    given(reviewed).when(withdraw()).then('under-review');
  });
});

describe('the decision', () => {
  it('DI8: not before the tutor could answer', () => given([Opened]).when(propose()).then('answer-awaited'));
  it('DI9: the golden case: half of 80,000 is 40,000 back, 36,000 to the tutor, 4,000 commission', () => {
    given(reviewed).when(propose()).then([Resolved()]);
    expect(partsOf({ gross: 80_000, share: 72_000 }, 40_000).commission).toBe(4_000);
    given(reviewed)
      .when(propose(80_000))
      .then([Resolved({ outcome: 'student', refund: 80_000, tutorGets: 0 })]);
    given(reviewed)
      .when(propose(0))
      .then([Resolved({ outcome: 'tutor', refund: 0, tutorGets: 72_000 })]);
  });
  it('DI9: between nothing and what was paid, with a reason', () => {
    for (const refund of [-1, 0.5, 80_001, Number.NaN]) given(reviewed).when(propose(refund)).then('refund-invalid');
    given(reviewed)
      .when(propose(1, { reason: ' ' }))
      .then('reason-missing');
  });
  it('DI10: nobody decides a case of their own', () => {
    for (const by of ['t1', 's1', 'parent']) {
      given(reviewed).when(propose(1, { by })).then('own-case');
      given(proposed).when(approve(by)).then('own-case');
      given(proposed).when(reject(by)).then('own-case');
    }
  });
  it('DI11: exactly ₹5,000 is for one person, a paisa more for two', () => {
    const big = { gross: 600_000, share: 540_000 };
    const dear: readonly DisputeEvent[] = [
      { type: 'DisputeOpened', data: { ...opened, ...big } },
      ...reviewed.slice(1),
    ];
    given(dear)
      .when(propose(LIMIT))
      .then([Resolved({ refund: LIMIT, tutorGets: 90_000 })]);
    given(dear)
      .when(propose(LIMIT + 1))
      .then([Proposed(LIMIT + 1)]);
  });
  it('DI12: the second is another person', () => {
    given(proposed).when(approve('ops')).then('second-person-needed');
    given(proposed)
      .when(approve('ops2'))
      .then([Resolved({ approvedBy: 'ops2', at: openedAt + 51 * HOUR })]);
    given(proposed).when(approve('ops2', 'p2')).then('proposal-unknown');
  });
  it('DI13: one proposal at a time; what was turned down needs a new one', () => {
    given(proposed).when(reject()).then([Rejected]);
    given(proposed)
      .when(propose(1, { proposalId: 'p2' }))
      .then('proposal-open');
    given(proposed).when(propose(1)).then('proposal-reused');
    given([...proposed, Rejected])
      .when(propose())
      .then('proposal-reused');
    given([...proposed, Rejected])
      .when(approve())
      .then('proposal-unknown');
    given([...proposed, Rejected])
      .when(reject())
      .then([]);
    given([...proposed, Rejected])
      .when(propose(40_000, { proposalId: 'p2' }))
      .then([Resolved({ proposalId: 'p2' })]);
    given(proposed)
      .when(reject('ops2', 'p1', ''))
      .then('reason-missing');
  });
  it('DI14: decided once', () => {
    const done = [...reviewed, Resolved()];
    given(done).when(propose()).then([]);
    given(done).when(propose(1)).then('already-resolved');
    given(done)
      .when(propose(40_000, { proposalId: 'p2' }))
      .then('already-resolved');
    const seconded = [...proposed, Resolved({ approvedBy: 'ops2' })];
    given(seconded).when(approve()).then([]);
    given(seconded).when(approve('ops3')).then('already-resolved');
  });
  it('DI15: the lesson’s outcome or a cancellation decides whatever is open', () => {
    const bySettling = (rule: 'tutor-no-show' | 'cancelled') =>
      Resolved({
        proposalId: null,
        outcome: 'student',
        refund: 80_000,
        tutorGets: 0,
        reason: rule,
        decidedBy: 'policy',
        rule,
        at: openedAt + 2 * HOUR,
      });
    for (const history of [[Opened], reviewed, proposed])
      given(history)
        .when(settle())
        .then([bySettling('tutor-no-show')]);
    given([Opened])
      .when(settle(80_000, 'cancelled'))
      .then([bySettling('cancelled')]);
    given([Opened]).when(settle(80_001)).then('refund-invalid');
    given([Opened, bySettling('cancelled')])
      .when(settle(80_000, 'cancelled'))
      .then([]);
  });
  it('DI16: whatever is decided, refund + tutor + commission is the price to the paisa', () => {
    expect(partsOf({ gross: 101, share: 91 }, 33)).toEqual({
      outcome: 'split',
      refund: 33,
      tutorGets: 62,
      commission: 6,
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 10_000_000 }), fc.nat(), (gross, some) => {
        const { share } = splitGross(gross, 1_000);
        const parts = partsOf({ gross, share }, some % (gross + 1));
        expect(parts.refund + parts.tutorGets + parts.commission).toBe(gross);
        expect(Math.min(parts.tutorGets, parts.commission)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 20261121, numRuns: 1_000 },
    );
  });
});

const made = (decision: ReturnType<typeof decide>): readonly DisputeEvent[] => {
  if (isRefusal(decision)) throw new Error(decision.code);
  return decision;
};

describe('evidence', () => {
  const Frozen: DisputeEvent = (() => {
    const [event] = made(decide(freeze(), fold(decider, reviewed)));
    if (!event) throw new Error('nothing was kept');
    return event;
  })();

  it('DI17: is kept once for each act of deciding', () => {
    expect(Frozen).toMatchObject({ type: 'EvidenceFrozen', data: { hash: 'a'.repeat(64), at: openedAt + 50 * HOUR } });
    const kept = fold(decider, [...reviewed, Frozen]);
    expect(decide(freeze({ hash: 'b'.repeat(64) }), kept)).toEqual([]);
    expect(decide(freeze({ step: 'approval', by: 'ops2' }), kept)).toMatchObject({ code: 'proposal-unknown' });
    expect(decide(freeze(), fold(decider, [...reviewed, Frozen, Resolved()]))).toEqual([]);
  });
  it('DI17: of the second person’s yes only for the proposal that waits, and never by who made it', () => {
    const waiting = fold(decider, [...reviewed, Frozen, Proposed()]);
    expect(decide(freeze(), waiting)).toEqual([]);
    expect(decide(freeze({ step: 'approval' }), waiting)).toMatchObject({ code: 'second-person-needed' });
    expect(decide(freeze({ by: 'ops2' }), waiting)).toMatchObject({ code: 'proposal-open' });
    expect(decide(freeze({ step: 'approval', proposalId: 'p9', by: 'ops2' }), waiting)).toMatchObject({
      code: 'proposal-unknown',
    });
    const [theirs] = made(decide(freeze({ step: 'approval', by: 'ops2' }), waiting));
    if (!theirs) throw new Error('nothing was kept');
    // Whose yes came to nothing leaves the next one's to be kept.
    const again = fold(decider, [...reviewed, Frozen, Proposed(), theirs]);
    expect(made(decide(freeze({ step: 'approval', by: 'ops3' }), again))).toHaveLength(1);
  });
  it('DI17: survives a proposal that was turned down, whose successor keeps its own', () => {
    const again = fold(decider, [...reviewed, Frozen, Proposed(), Rejected]);
    expect(decide(freeze(), again)).toEqual([]);
    expect(made(decide(freeze({ proposalId: 'p2' }), again))).toHaveLength(1);
  });
  it.each<[string, Parameters<typeof freeze>[0], string]>([
    ['a party', { by: 't1' }, 'own-case'],
    ['no fingerprint', { hash: 'abc' }, 'evidence-invalid'],
    ['nothing in it', { events: 0 }, 'evidence-invalid'],
    ['from the future', { asOf: openedAt + 51 * HOUR }, 'evidence-invalid'],
    ['too much', { summary: 'x'.repeat(MAX_SUMMARY + 1) }, 'evidence-too-large'],
  ])('DI17: not by or with %s', (_, change, code) =>
    expect(decide(freeze(change), fold(decider, reviewed))).toMatchObject({ code }),
  );
});

const STATES: Readonly<Record<DisputeState['kind'], readonly DisputeEvent[]>> = {
  none: [],
  opened: [Opened],
  'under-review': reviewed,
  'awaiting-second': proposed,
  resolved: [...reviewed, Resolved()],
  withdrawn: [Opened, Withdrawn],
};
const COMMANDS: Readonly<Record<DisputeCommand['type'], DisputeCommand>> = {
  OpenDispute: open({ text: 'Another one.' }),
  AnswerDispute: answer(),
  AddStatement: state(),
  EscalateDispute: escalate(),
  WithdrawDispute: withdraw(),
  FreezeEvidence: freeze({ proposalId: 'p2' }),
  ProposeResolution: propose(50_000, { proposalId: 'p2', secondPersonAbove: 0 }),
  ApproveResolution: approve(),
  RejectResolution: reject(),
  SettleByOutcome: settle(),
};
const TABLE: Readonly<Record<DisputeCommand['type'], Readonly<Record<string, string>>>> = {
  OpenDispute: {
    DisputeOpened: 'none',
    'dispute-exists': 'opened under-review awaiting-second resolved withdrawn',
  },
  AnswerDispute: {
    'dispute-unknown': 'none',
    'DisputeAnswered+DisputeUnderReview': 'opened',
    'answer-over': 'under-review awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  AddStatement: {
    'dispute-unknown': 'none',
    StatementAdded: 'opened under-review awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  EscalateDispute: {
    'dispute-unknown': 'none',
    DisputeUnderReview: 'opened',
    nothing: 'under-review awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  WithdrawDispute: {
    'dispute-unknown': 'none',
    DisputeWithdrawn: 'opened',
    'under-review': 'under-review awaiting-second',
    'already-resolved': 'resolved',
    nothing: 'withdrawn',
  },
  FreezeEvidence: {
    'dispute-unknown': 'none',
    'answer-awaited': 'opened',
    EvidenceFrozen: 'under-review',
    'proposal-open': 'awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  ProposeResolution: {
    'dispute-unknown': 'none',
    'answer-awaited': 'opened',
    ResolutionProposed: 'under-review',
    'proposal-open': 'awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  ApproveResolution: {
    'dispute-unknown': 'none',
    'proposal-unknown': 'opened under-review',
    DisputeResolved: 'awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  RejectResolution: {
    'dispute-unknown': 'none',
    'proposal-unknown': 'opened under-review',
    ResolutionRejected: 'awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
  SettleByOutcome: {
    'dispute-unknown': 'none',
    DisputeResolved: 'opened under-review awaiting-second',
    'already-resolved': 'resolved',
    withdrawn: 'withdrawn',
  },
};

it('DI1–DI17: each state with each command', () => {
  checkPairs(decider, STATES, COMMANDS, TABLE);
  for (const [name, history] of Object.entries(STATES)) expect(fold(decider, history).kind).toBe(name);
});

it('DI2: a history that no decider could have written is not read', () => {
  expect(() => fold(decider, [Opened, Opened])).toThrow('cannot follow');
  expect(() =>
    fold(decider, [{ type: 'DisputeWithdrawn', data: { bookingId, disputeId: 'd1', by: 's1', at: 0 } }]),
  ).toThrow('cannot follow');
});
