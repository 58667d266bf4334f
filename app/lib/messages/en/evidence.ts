/** Words of the evidence of a case. `paise` and `ms` come as words already where a sentence takes text. */
import type { FindingCode } from '#events/evidence/findings.ts';
import type { Side } from '#events/evidence/minutes.ts';
import type { Strength, VerdictReason, WhyOpen } from '#events/evidence/verdict.ts';

/** What a sentence may use of one finding. */
export interface FindingFact {
  readonly tutor: string;
  readonly student: string;
  number(name: string): number;
  /** A length of ms, in words. */
  length(name: string): string;
  /** Paise, in words. */
  money(name: string): string;
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
const minutes = (count: number): string => (count === 1 ? '1 minute' : `${count} minutes`);

const findings: Readonly<Record<FindingCode, (fact: FindingFact) => string>> = {
  'minutes-held': (fact) =>
    `Both were active at once for ${fact.length('heldMs')} of ${fact.length('bookedMs')}.${
      fact.number('overrunMs') >= 60_000 ? ` ${fact.length('overrunMs')} of these after the scheduled end.` : ''
    }`,
  outcome: () => 'The lesson’s outcome was decided from these facts when it ended.',
  paid: (fact) =>
    fact.number('captured') === fact.number('price')
      ? `${fact.money('captured')} was paid once, as agreed.`
      : `${fact.money('captured')} was paid; ${fact.money('price')} was agreed.`,
  surplus: (fact) =>
    fact.number('returned') === 1
      ? `A second payment of ${fact.money('amount')} came in, and its way back was begun.`
      : `A second payment of ${fact.money('amount')} came in, and nothing of it is on its way back.`,
  refunded: (fact) => `${fact.money('refunded')} is on its way back, or arrived.`,
  released: (fact) => `The tutor’s part was released to ${fact.tutor}.`,
  bank: (fact) => `The payer’s bank asks for ${fact.money('amount')} back.`,
  cancelled: (fact) => `The booking was cancelled; ${fact.money('refund')} goes back.`,
  answered: (fact) => `${fact.tutor} answered.`,
  'tutor-never-came': (fact) => `${fact.tutor} did not come.`,
  'student-never-came': (fact) => `${fact.student} did not come.`,
  'tutor-late': (fact) => `${fact.tutor} came ${fact.length('ms')} late.`,
  'student-late': (fact) => `${fact.student} came ${fact.length('ms')} late.`,
  'tutor-left-early': (fact) => `${fact.tutor} was last there ${fact.length('ms')} before the scheduled end.`,
  'student-left-early': (fact) => `${fact.student} was last there ${fact.length('ms')} before the scheduled end.`,
  'tutor-dropped': (fact) => `${fact.tutor}’s connection broke ${times(fact.number('times'))}.`,
  'student-dropped': (fact) => `${fact.student}’s connection broke ${times(fact.number('times'))}.`,
  'tutor-lost-by-server': (fact) => `Our server lost ${fact.tutor} ${times(fact.number('times'))}.`,
  'student-lost-by-server': (fact) => `Our server lost ${fact.student} ${times(fact.number('times'))}.`,
  'tutor-weak': (fact) => `${fact.tutor}’s own network was weak for ${fact.length('ms')}.`,
  'student-weak': (fact) => `${fact.student}’s own network was weak for ${fact.length('ms')}.`,
  'tutor-weak-shared': (fact) =>
    `${fact.tutor}’s connection was weak for ${fact.length('ms')}, as most of the room’s was: not their own network.`,
  'student-weak-shared': (fact) =>
    `${fact.student}’s connection was weak for ${fact.length('ms')}, as most of the room’s was: not their own network.`,
  'tutor-camera-black': (fact) => `${fact.tutor}’s camera gave a black picture for ${fact.length('ms')}.`,
  'student-camera-black': (fact) => `${fact.student}’s camera gave a black picture for ${fact.length('ms')}.`,
  'tutor-microphone-silent': (fact) => `${fact.tutor}’s microphone gave no sound for ${fact.length('ms')}.`,
  'student-microphone-silent': (fact) => `${fact.student}’s microphone gave no sound for ${fact.length('ms')}.`,
  'tutor-hears-nobody': (fact) => `No sound of others reached ${fact.tutor} for ${fact.length('ms')}.`,
  'student-hears-nobody': (fact) => `No sound of others reached ${fact.student} for ${fact.length('ms')}.`,
  'tutor-away': (fact) =>
    `${fact.tutor} had the page out of sight for ${fact.length('ms')}, while sound and picture could go on.`,
  'student-away': (fact) =>
    `${fact.student} had the page out of sight for ${fact.length('ms')}, while sound and picture could go on.`,
  'tutor-worked': (fact) =>
    `${fact.tutor} worked in ${minutes(fact.number('board'))} on the board and ${minutes(fact.number('chat'))} in the chat.`,
  'student-worked': (fact) =>
    `${fact.student} worked in ${minutes(fact.number('board'))} on the board and ${minutes(fact.number('chat'))} in the chat.`,
  'tutor-earlier': (fact) =>
    `${fact.tutor} had ${fact.number('disputes')} other dispute${fact.number('disputes') === 1 ? '' : 's'}; in ${fact.number('givenBack')} money went back.`,
  'student-earlier': (fact) =>
    `${fact.student} had ${fact.number('disputes')} other dispute${fact.number('disputes') === 1 ? '' : 's'}; in ${fact.number('givenBack')} money went back.`,
  'kept-out': (fact) => `${fact.student} was not let in for ${fact.length('ms')}.`,
  'lost-tutor-absent': (fact) => `${fact.length('ms')} were lost because ${fact.tutor} was not there.`,
  'lost-tutor-without-media': (fact) =>
    `${fact.length('ms')} were lost in which ${fact.tutor} was there and sent nothing.`,
  'lost-tutor-network': (fact) => `${fact.length('ms')} were lost to ${fact.tutor}’s own network.`,
  'lost-tutor-microphone': (fact) => `${fact.length('ms')} were lost because ${fact.tutor}’s microphone gave no sound.`,
  'lost-student-kept-out': (fact) => `${fact.length('ms')} were lost while ${fact.student} was not let in.`,
  'lost-ended-early': (fact) => `${fact.length('ms')} were lost because ${fact.tutor} ended the lesson early.`,
  'lost-parted-early': (fact) =>
    `${fact.length('ms')} were left when ${fact.student} went, and the lesson was ended soon after.`,
  'lost-student-absent': (fact) => `${fact.length('ms')} were lost because ${fact.student} was not there.`,
  'lost-student-without-media': (fact) =>
    `${fact.length('ms')} were lost in which ${fact.student} was there and received nothing, while ${fact.tutor} sent.`,
  'lost-student-network': (fact) => `${fact.length('ms')} were lost to ${fact.student}’s own network.`,
  'lost-our-servers': (fact) => `${fact.length('ms')} were lost because our server failed.`,
  'lost-shared-network': (fact) => `${fact.length('ms')} were lost to a network that most of the room shared.`,
  'lost-hears-nobody': (fact) => `${fact.length('ms')} were lost in which ${fact.student} heard nobody.`,
  'lost-no-media-at-all': (fact) =>
    `${fact.length('ms')} were lost in which both were there, and no sound or picture of either flowed.`,
};

const strengths: Readonly<Record<Strength, string>> = {
  plain: 'The facts are plain',
  likely: 'The facts lean this way',
};

const reasons: Readonly<Record<VerdictReason, string>> = {
  'no-lesson-without-tutor': 'There is no lesson without the tutor.',
  'tutor-waited-in-vain': 'The tutor was there and waited for the student.',
  'held-whole': 'The lesson was held as booked.',
  'held-mostly': 'At least half was held, and what is missing was not lost by the tutor or by us.',
  'lost-by-tutor': 'This time was lost on the tutor’s side.',
  'lost-by-us': 'This time was lost on our side.',
  'lost-by-student': 'Most of the time was lost on the student’s side, and the tutor was ready.',
  'nobody-plainly': 'Less than half was held, and it is nobody’s plain fault: what was not held goes back.',
  'paid-once': 'It was paid once, as agreed.',
  'surplus-returned': 'It was paid twice, and the second payment goes back by itself.',
  'already-cancelled': 'The cancellation decided it already.',
};

const open: Readonly<Record<WhyOpen, string>> = {
  'lesson-not-over': 'The lesson is not over yet. This grows by itself.',
  'never-ended': 'The lesson was never ended, so nothing was decided of it. See what is stuck above.',
  'not-for-facts':
    'What was taught, and how, is not for minutes to judge. Read what both wrote, and look at the board.',
  'surplus-kept': 'More was paid than agreed, and it has not gone back. See what is stuck above.',
  'no-lesson': 'There was no lesson to look at.',
};

const sides: Readonly<Record<Side | 'none', string>> = {
  tutor: 'tutor’s side',
  student: 'student’s side',
  ours: 'our side',
  nobody: 'nobody’s plain fault',
  none: '',
};

export const evidence = {
  title: 'What the facts say',
  lead: (count: number, when: string) => `Built from ${count} events, as of ${when}. It binds nobody.`,
  refund: (money: string, minutes: number | null, booked: number) =>
    minutes === null || minutes === booked
      ? `They speak for sending ${money} back.`
      : `They speak for sending ${money} back: ${minutes} of ${booked} minutes.`,
  refundAll: (money: string) => `They speak for sending all ${money} back.`,
  refundNothing: 'They speak for sending nothing back.',
  notYet: 'They do not say it yet.',
  theTutor: 'the tutor',
  theStudent: 'the student',
  refundOpen: 'They do not decide this case.',
  bank: {
    contest: 'To the bank: contest it.',
    accept: 'To the bank: accept it.',
    open: 'What to tell the bank is for you to decide.',
  },
  strengths,
  reasons,
  open,
  sides,
  findings,
  because: 'What this rests on',
  also: 'Also known',
  minutes: 'Where the booked minutes went',
  held: 'held',
  toCome: 'to come',
  lost: (side: string) => `lost, ${side}`,
  moment: (clock: string) => `See it at ${clock}`,
  event: 'See the event',
  aboutFinding: (link: string, finding: string) => `${link}: ${finding}`,
  more: (count: number) => `and ${count} more events`,
  fingerprint: 'Fingerprint',
  failed: 'What the facts say could not be read just now. It comes by itself once the log answers.',
  kept: (when: string, count: number) => `Kept with the decision ${when}, from ${count} events.`,
  keptApproval: (when: string, count: number) => `Kept with the second person’s yes ${when}, from ${count} events.`,
  takePdf: 'PDF',
  takeSigned: 'Signed file',
  takeOf: (what: string, which: string) => `${what} of the evidence ${which}`,
  asNow: 'as it stands now',
  asDecided: 'as it was kept with the decision',
  asApproved: 'as it was kept with the second person’s yes',
  use: 'Take over what the facts say',
  used: 'Taken over from what the facts say. Change it as you see fit.',
  /** The reason that both sides will read, to begin with. */
  draft: (reason: string, findings: readonly string[]) => [reason, ...findings].join(' '),
};
