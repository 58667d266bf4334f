/** Words of “Where the money is”: one answer for each state of a booking's money, and the names of its places. */
import type { PauseReason } from '#events/payout/events.ts';
import type { Back, Cause, Payout, Unpaid } from '../../money-story/fate.ts';
import type { StoryNames, StoryPlace } from '../../money-story/story.ts';

type Say = StoryNames;

const RULES: Readonly<Record<string, (say: Say) => string>> = {
  grace: () => 'the booking was cancelled within 15 minutes',
  'tier-24h': () => 'the lesson was cancelled more than 24 hours before',
  'tier-4h': () => 'the lesson was cancelled between 24 and 4 hours before',
  'too-late': () => 'the lesson was cancelled less than 4 hours before',
  'by-tutor': (say) => `${say.tutor} cancelled`,
  'by-platform': () => 'NexusEd cancelled',
  'tutor-no-show': (say) => `${say.tutor} did not come`,
  nobody: () => 'nobody came to the lesson',
  'not-paid': () => 'the booking had ended before the payment arrived',
  review: () => 'that was decided after looking at what happened',
};

function because(cause: Cause, say: Say): string | null {
  switch (cause.kind) {
    case 'rule':
      return RULES[cause.rule]?.(say) ?? 'the lesson was cancelled';
    case 'dispute':
      return 'that was decided after a problem was reported';
    case 'bank':
      return 'the payer’s bank took the payment back';
    case 'too-late':
      return 'the payment arrived after the booking had ended';
    case 'other':
      return null;
  }
}

function unpaid(why: Unpaid, say: Say): string {
  switch (why.kind) {
    case 'asked':
      return 'Nothing is to be paid yet: the request waits for an answer.';
    case 'awaiting-payment':
      return `Not paid yet. ${why.failed ? 'A payment did not go through, and no money reached us. ' : ''}The seat is kept until ${say.when(why.payBy)}.`;
    case 'authorised':
      return `${say.money(why.paise)} is promised by the bank and on its way to us.`;
    case 'declined':
      return 'Nothing was paid: the request was declined.';
    case 'expired':
      return `Nothing was paid: the seat was not paid in time and is free again since ${say.when(why.at)}.`;
    case 'cancelled-unpaid':
      return 'Nothing was paid: the booking was cancelled before a payment.';
  }
}

function back(one: Back, say: Say): string {
  const paise = say.money(one.paise);
  const { payer } = say;
  switch (one.state) {
    case 'to-be-asked':
      return `${paise} is to go back to ${payer}.`;
    case 'requested':
      return `${paise} is on its way back to ${payer}.`;
    case 'delayed':
      return `${paise} is to go back to ${payer}, and goes out as soon as the payment provider has the money for it.`;
    case 'failed':
      return `${paise} is to go back to ${payer}. Sending it did not work yet, and it is tried again.`;
    case 'processed':
      return `${paise} went back to ${payer} on ${say.when(one.at)}.`;
  }
}

const AFTER = {
  lesson: '72 hours after the lesson ended',
  'no-show': '72 hours after the planned end; the student did not come',
  cancelled: '72 hours after the late cancellation',
  decision: '72 hours after the decision',
} as const;

const PAUSED: Readonly<Record<PauseReason, (say: Say) => string>> = {
  'bank-changed': (say) => `${say.tutors} bank account was changed`,
  'account-suspended': (say) => `${say.tutors} account at the payment provider is suspended`,
  chargeback: () => 'the payer’s bank asks for the payment back',
};

function disputed(fate: Extract<Payout, { kind: 'disputed' }>, say: Say): string {
  const why = fate.review ? 'it is not plain what came of the lesson' : 'a dispute is open';
  const next =
    fate.answerBy !== null && !fate.review && fate.decideBy === null
      ? ` ${say.tutor === 'you' ? 'You may' : `${say.Tutor} may`} answer until ${say.when(fate.answerBy)}.`
      : fate.decideBy !== null
        ? ` It is decided by ${say.when(fate.decideBy)}.`
        : '';
  const second = fate.second && say.all ? ' A second person must agree to the proposal.' : '';
  return `Held, because ${why}. ${say.money(fate.paise)} waits for ${say.tutor} until that is decided.${next}${second}`;
}

/** Why the tutor's part is where it is. */
function payout(fate: Payout, say: Say): string {
  switch (fate.kind) {
    case 'none': {
      const why = because(fate.cause, say);
      return why === null ? `Not paid to ${say.tutor}.` : `Not paid to ${say.tutor}: ${why}.`;
    }
    case 'settled':
      return `${say.money(fate.paise)} reached ${say.tutors} bank on ${say.when(fate.at)}.`;
    case 'released':
      return `${say.money(fate.paise)} was released to ${say.tutor} on ${say.when(fate.at)} and is on its way to the bank.`;
    case 'releasing':
      return `${say.money(fate.paise)} is being released to ${say.tutor}: the hold is over.`;
    case 'disputed':
      return disputed(fate, say);
    case 'paused': {
      const until = fate.until === null ? 'It goes on once that is over.' : `It goes on after ${say.when(fate.until)}.`;
      return `Paused: ${PAUSED[fate.reason](say)}. ${say.money(fate.paise)} is held for ${say.tutor}. ${until}`;
    }
    case 'taking-back':
      return fate.refused
        ? `${say.money(fate.paise)} is held: the part that goes back to the payer could not be taken back yet.`
        : `${say.money(fate.paise)} is held, while the part that goes back to the payer is taken back.`;
    case 'setting-aside':
      return `${say.money(fate.paise)} is set aside for ${say.tutor}. ${fate.failed ? 'The transfer did not go through yet, and it is tried again.' : 'The payment provider confirms the transfer in a moment.'}`;
    case 'holding':
      return `${say.money(fate.paise)} is held for ${say.tutor} until ${say.when(fate.until)}, ${AFTER[fate.after]}. It is then released by itself.`;
    case 'due':
      return `${say.money(fate.paise)} is held for ${say.tutor}. The hold ended on ${say.when(fate.since)}, and it is released within minutes.`;
    case 'before-lesson':
      return `${say.money(fate.paise)} is held for ${say.tutor}. The 72 hours begin when the lesson has ended.`;
    case 'no-outcome':
      return `${say.money(fate.paise)} is held for ${say.tutor}. The 72 hours begin once it is plain what came of the lesson.`;
    case 'unplanned':
      return `${say.tutors === 'your' ? 'Your' : say.tutors} part is being set aside.`;
  }
}

/** What the payer's side reads instead: nothing of the tutor's payout. */
function kept(fate: Payout, paise: number, say: Say): string {
  const paid = say.money(paise);
  switch (fate.kind) {
    case 'disputed':
      return fate.decideBy === null
        ? `${paid} waits while a case is open.`
        : `${paid} waits while a case is open. It is decided by ${say.when(fate.decideBy)}.`;
    case 'holding':
      return fate.after === 'decision' || fate.after === 'cancelled'
        ? `${paid} is paid.`
        : `${paid} is paid and waits until ${say.when(fate.until)}.`;
    case 'before-lesson':
      return `${paid} is paid and waits for the lesson.`;
    case 'no-outcome':
      return `${paid} is paid and waits until it is plain what came of the lesson.`;
    default:
      return `${paid} is paid.`;
  }
}

export const moneyStory = {
  title: 'Where the money is',
  steps: (count: number) => (count === 1 ? 'One step' : `${count} steps`),
  at: (positions: string) => `Event ${positions}`,
  toEvent: 'See it in the history',
  sum: (amount: string) => `Together ${amount}, which is what came in.`,
  sumTutor: (amount: string) => `Together ${amount}, which is your share.`,
  unpaid,
  back,
  because,
  payout,
  kept,
  tookBack: (amount: string, say: Say) => `${say.payer === 'you' ? 'Your' : 'The payer’s'} bank took ${amount} back.`,
  atBank: (say: Say) =>
    `${say.payer === 'you' ? 'Your' : 'The payer’s'} bank is asked for the money too: nothing is sent back twice.`,
  clawback: (amount: string, say: Say) =>
    `The payer’s bank took the payment back after that: ${say.tutor === 'you' ? 'you owe' : `${say.tutor} owes`} ${amount}.`,
  surplus: (words: string) => `A payment too many: ${words}`,
  places: {
    us: 'With NexusEd',
    lost: 'Paid by NexusEd',
    refunding: 'On its way back',
    held: 'Held at Razorpay for the tutor',
    heldForYou: 'Held for you',
    settling: 'On its way to the tutor’s bank',
    settlingYours: 'On its way to your bank',
    tutor: 'With the tutor',
    yours: 'In your bank',
    payer: 'Back with the payer',
    sentBack: 'Sent back',
    paid: 'Paid for the lesson',
    aside: 'Being set aside for you',
    gone: 'Not yours any more',
  } satisfies Readonly<Record<StoryPlace, string>>,
};
