import { describe, expect, it } from 'vitest';
import { fold } from '../shared/decider.ts';
import { specFor } from '../shared/given.ts';
import { checkPairs } from '../shared/pairs.ts';
import { decide, type ChargebackCommand } from './decide.ts';
import { evolve, initial, type ChargebackEvent, type ChargebackState } from './events.ts';
import {
  accept,
  Accept,
  ActionRequired,
  AnswerFailed,
  answerFailed,
  Closed,
  contest,
  Contest,
  DAY,
  Lost,
  now,
  Opened,
  Reopened,
  RESPOND_BY,
  see,
  submitted,
  Submitted,
  Won,
} from './examples.ts';

const decider = { initial, evolve, decide };
const given = specFor(decider);
const contesting = [Opened, Contest()];
const underReview = [...contesting, Submitted()];

describe('what the provider says', () => {
  it('CB1: opens the case, whatever it has come to by then', () => {
    given([]).when(see('open')).then([Opened]);
    given([])
      .when(see('under_review'))
      .then([Opened, Submitted(null)]);
    given([]).when(see('won')).then([Opened, Won()]);
    given([]).when(see('lost')).then([Opened, Lost()]);
    given([]).when(see('closed')).then([Opened, Closed]);
    given([])
      .when(see('open', { amount: 0 }))
      .then('amount-invalid');
    given([])
      .when(see('open', { respondBy: -1 }))
      .then('deadline-invalid');
  });
  it('CB1: is about one payment', () => {
    given([Opened])
      .when(see('won', { providerPaymentId: 'pay_2' }))
      .then('chargeback-mismatch');
    given([Opened])
      .when(see('won', { bookingId: 'b2' }))
      .then('chargeback-mismatch');
  });
  it('CB2: what was read before the evidence was recorded does not open the case again', () => {
    given(underReview)
      .when(see('open', { asOf: now - 1 }))
      .then([]);
    given(contesting).when(see('open')).then([]);
    given([...underReview, Won()])
      .when(see('open', { asOf: now }))
      .then([]);
    given([...underReview, Lost()])
      .when(see('under_review', { asOf: now }))
      .then([]);
  });
  it('CB2: what was read before the bank asked again says nothing of the evidence that it wants now', () => {
    const asked = [...underReview, ActionRequired(RESPOND_BY, now + 5)];
    const before = { asOf: now + 4 };
    given(asked).when(see('under_review', before)).then([]);
    given([...asked, Contest('op2', 1, now + 5)])
      .when(see('under_review', before))
      .then([]);
    given([...asked, Accept('op2', now + 5)])
      .when(see('under_review', before))
      .then([]);
    given([...asked, Contest('op2', 1, now + 5)])
      .when(see('under_review', { asOf: now + 5 }))
      .then([Submitted('op2')]);
    // The end counts whenever it was read.
    given(asked).when(see('lost', before)).then([Lost()]);
    given(asked).when(see('closed', before)).then([Closed]);
  });
  it('CB2: a win that was read before the case was opened again is the one before', () =>
    given([...underReview, Won(), Reopened('chargeback')])
      .when(see('won', { asOf: now - 1 }))
      .then([]));
  it('CB3: evidence that is under review is ours, or someone handed it in elsewhere', () => {
    given(contesting)
      .when(see('under_review'))
      .then([Submitted('op1')]);
    given([Opened])
      .when(see('under_review'))
      .then([Submitted(null)]);
  });
  it('CB4: open again after the evidence, the bank wants more', () =>
    given(underReview)
      .when(see('open', { respondBy: RESPOND_BY + DAY }))
      .then([ActionRequired(RESPOND_BY + DAY)]));
  it('CB4: more time is taken on, less is not', () => {
    given([Opened])
      .when(see('open', { respondBy: RESPOND_BY + DAY }))
      .then([ActionRequired(RESPOND_BY + DAY)]);
    given([Opened])
      .when(see('open', { respondBy: RESPOND_BY - DAY }))
      .then([]);
    given([Opened, ActionRequired(RESPOND_BY + DAY)])
      .when(contest('op1', 'ops-1', RESPOND_BY + 1))
      .then([
        {
          type: 'ContestRequested',
          data: {
            chargebackId: 'disp_1',
            bookingId: 'b1',
            operationId: 'op1',
            round: 1,
            by: 'ops-1',
            summary: 'It was taught.',
            at: RESPOND_BY + 1,
          },
        },
      ]);
  });
  it('CB5: a case that is won is challenged again, and once more', () => {
    const won = [...underReview, Won()];
    given(won)
      .when(see('open', { phase: 'pre_arbitration', asOf: now - 1 }))
      .then([Reopened()]);
    const again = [...won, Reopened(), Contest('op2', 2), Submitted('op2', 2), Won(2)];
    given(again)
      .when(see('lost', { phase: 'arbitration' }))
      .then([Reopened('arbitration', 3), Lost(false, 80_000, 3)]);
    given(again)
      .when(see('won', { phase: 'pre_arbitration' }))
      .then([]);
    given(again)
      .when(see('won', { phase: 'pre_arbitration', asOf: now - 1 }))
      .then([]);
  });
  it('CB5: a win and a challenge that came between two looks are both recorded', () =>
    given(underReview)
      .when(see('open', { phase: 'pre_arbitration' }))
      .then([Won(), Reopened()]));
  it('CB5: money that is gone after a win is never overlooked, whatever the phase says', () =>
    given([...underReview, Won()])
      .when(see('lost'))
      .then([Reopened('chargeback'), Lost(false, 80_000, 2)]));
  it('CB6: lost with what the bank took, and over', () => {
    given(underReview)
      .when(see('lost', { amountDeducted: 40_000 }))
      .then([Lost(false, 40_000)]);
    given([...underReview, Lost()])
      .when(see('won'))
      .then('chargeback-over');
    given([...underReview, Lost()])
      .when(see('lost'))
      .then([]);
  });
  it('CB12: lost after we accepted it', () => {
    given([Opened, Accept()])
      .when(see('lost'))
      .then([Lost(true)]);
    expect(fold(decider, [Opened, Accept(), Lost(true)]).kind).toBe('accepted');
  });
});

describe('the answer', () => {
  it('CB7: in time, included; not a moment later', () => {
    given([Opened])
      .when(contest('op1', 'ops-1', RESPOND_BY + 1))
      .then('deadline-passed');
    expect(decide(contest('op1', 'ops-1', RESPOND_BY), fold(decider, [Opened]))).toHaveLength(1);
    given([Opened])
      .when(accept('op1', 'ops-1', RESPOND_BY + 1))
      .then('deadline-passed');
  });
  it('CB7: with a summary that the provider takes', () => {
    given([Opened])
      .when(contest('op1', 'ops-1', now, '  '))
      .then('summary-invalid');
    given([Opened])
      .when(contest('op1', 'ops-1', now, 'x'.repeat(1_001)))
      .then('summary-invalid');
    given([Opened])
      .when(accept('op1', 'ops-1', now, ''))
      .then('reason-invalid');
  });
  it('CB7, CB8: one at a time', () => {
    given(contesting).when(contest('op2')).then('contest-running');
    given(contesting).when(contest('op1')).then([]);
    given([Opened, Accept()]).when(accept('op2')).then('accept-running');
    given([Opened, Accept()]).when(contest('op2')).then('accept-running');
  });
  it('CB8: nothing is accepted once evidence is with the bank, unless it asks again', () => {
    given(underReview).when(accept('op2')).then('already-submitted');
    given([...underReview, ActionRequired()])
      .when(accept('op2'))
      .then([Accept('op2')]);
  });
  it('CB9: nobody decides about their own money', () => {
    given([Opened]).when(contest('op1', 'tutor-1')).then('own-case');
    given([Opened]).when(accept('op1', 'student-1')).then('own-case');
  });
  it('CB10: a contest that the bank has decided already is no surprise', () => {
    given([...contesting, Won()])
      .when(submitted())
      .then([]);
    given([...underReview, ActionRequired()])
      .when(submitted())
      .then([]);
    given([...contesting, AnswerFailed('contest')])
      .when(submitted())
      .then('contest-not-requested');
  });
  it('CB11: after an answer that failed another one is given, under a new id', () => {
    const failed = [...contesting, AnswerFailed('contest')];
    given(contesting)
      .when(answerFailed())
      .then([AnswerFailed('contest')]);
    given(failed).when(answerFailed()).then([]);
    given(failed).when(contest('op1')).then('operation-reused');
    given(failed)
      .when(contest('op2'))
      .then([Contest('op2')]);
    given([Opened, Accept()])
      .when(answerFailed())
      .then([AnswerFailed('accept')]);
    given(contesting).when(answerFailed('op9')).then('answer-not-requested');
    expect(fold(decider, [...underReview, ActionRequired(), Contest('op2'), AnswerFailed('contest', 'op2')]).kind).toBe(
      'action-required',
    );
  });
});

const STATES: { readonly [Kind in ChargebackState['kind']]: readonly ChargebackEvent[] } = {
  none: [],
  open: [Opened],
  contesting,
  accepting: [Opened, Accept()],
  submitted: underReview,
  'action-required': [...underReview, ActionRequired()],
  won: [...underReview, Won()],
  lost: [...underReview, Lost()],
  accepted: [Opened, Accept(), Lost(true)],
  closed: [Opened, Closed],
};

const COMMANDS: Readonly<Record<string, ChargebackCommand>> = {
  SeeOpen: see('open'),
  SeeUnderReview: see('under_review'),
  SeeWon: see('won'),
  SeeLost: see('lost'),
  SeeClosed: see('closed'),
  SeeOld: see('open', { asOf: now - 1 }),
  SeeLaterPhase: see('open', { phase: 'pre_arbitration' }),
  RequestContest: contest('op3'),
  RequestContestAgain: contest('op1'),
  RequestAccept: accept('op3'),
  RequestAcceptAgain: accept('op1'),
  RecordContest: submitted(),
  RecordAnswerFailure: answerFailed(),
};

const OPEN = 'open action-required';
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SeeOpen: {
    ChargebackOpened: 'none',
    nothing: `${OPEN} contesting accepting`,
    ChargebackActionRequired: 'submitted',
    ChargebackReopened: 'won',
    'chargeback-over': 'lost accepted closed',
  },
  SeeUnderReview: {
    'ChargebackOpened+ContestSubmitted': 'none',
    ContestSubmitted: `${OPEN} contesting accepting`,
    nothing: 'submitted',
    'ChargebackReopened+ContestSubmitted': 'won',
    'chargeback-over': 'lost accepted closed',
  },
  SeeWon: {
    'ChargebackOpened+ChargebackWon': 'none',
    ChargebackWon: `${OPEN} contesting accepting submitted`,
    nothing: 'won',
    'chargeback-over': 'lost accepted closed',
  },
  SeeLost: {
    'ChargebackOpened+ChargebackLost': 'none',
    ChargebackLost: `${OPEN} contesting accepting submitted`,
    'ChargebackReopened+ChargebackLost': 'won',
    nothing: 'lost accepted',
    'chargeback-over': 'closed',
  },
  SeeClosed: {
    'ChargebackOpened+ChargebackClosed': 'none',
    ChargebackClosed: `${OPEN} contesting accepting submitted`,
    'ChargebackReopened+ChargebackClosed': 'won',
    nothing: 'closed',
    'chargeback-over': 'lost accepted',
  },
  SeeOld: { ChargebackOpened: 'none', nothing: `${OPEN} contesting accepting submitted won lost accepted closed` },
  SeeLaterPhase: {
    ChargebackOpened: 'none',
    'ChargebackWon+ChargebackReopened': `${OPEN} contesting accepting submitted`,
    ChargebackReopened: 'won',
    'chargeback-over': 'lost accepted closed',
  },
  RequestContest: {
    'chargeback-unknown': 'none',
    ContestRequested: OPEN,
    'contest-running': 'contesting',
    'accept-running': 'accepting',
    'already-submitted': 'submitted',
    'chargeback-over': 'won lost accepted closed',
  },
  RequestContestAgain: {
    'chargeback-unknown': 'none',
    ContestRequested: 'open',
    'operation-reused': 'action-required',
    nothing: 'contesting submitted',
    'accept-running': 'accepting',
    'chargeback-over': 'won lost accepted closed',
  },
  RequestAccept: {
    'chargeback-unknown': 'none',
    AcceptRequested: OPEN,
    'contest-running': 'contesting',
    'accept-running': 'accepting',
    'already-submitted': 'submitted',
    'chargeback-over': 'won lost accepted closed',
  },
  RequestAcceptAgain: {
    'chargeback-unknown': 'none',
    AcceptRequested: OPEN,
    'contest-running': 'contesting',
    nothing: 'accepting',
    'already-submitted': 'submitted',
    'chargeback-over': 'won lost accepted closed',
  },
  RecordContest: {
    'chargeback-unknown': 'none',
    ContestSubmitted: 'contesting',
    nothing: 'submitted action-required won lost',
    'contest-not-requested': 'open accepting accepted closed',
  },
  RecordAnswerFailure: {
    'chargeback-unknown': 'none',
    ChargebackAnswerFailed: 'contesting accepting',
    nothing: `${OPEN} won lost accepted closed`,
    'already-submitted': 'submitted',
  },
};

it('CB1–CB12: each state with each command', () => checkPairs(decider, STATES, COMMANDS, TABLE));

it('the states are what they are called', () => {
  for (const [name, history] of Object.entries(STATES)) expect(fold(decider, history).kind).toBe(name);
});
