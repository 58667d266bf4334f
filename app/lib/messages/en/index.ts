import { account } from './account.ts';
import { board } from './board.ts';
import { booking } from './booking.ts';
import { chat } from './chat.ts';
import { check } from './check.ts';
import { common } from './common.ts';
import { conversations } from './conversations.ts';
import { landing } from './landing.ts';
import { refusals } from './refusals.ts';
import { trace } from './trace.ts';
import { moneyStory } from './money-story.ts';
import { evidence } from './evidence.ts';
import { timeline } from './timeline.ts';
import { tutors } from './tutors.ts';
import { verify } from './verify.ts';
import { calendar } from './calendar.ts';
import { home } from './home.ts';
import { devices } from './devices.ts';
import { live } from './live.ts';
import { looks } from './looks.ts';
import { dispute } from './dispute.ts';
import { move } from './move.ts';
import { past } from './past.ts';
import { papers } from './papers.ts';
import { payouts } from './payouts.ts';
import { earnings } from './earnings.ts';
import { cases } from './cases.ts';
import { caseStrip } from './case-strip.ts';
import { classroom } from './classroom.ts';
import { sandbox } from './sandbox.ts';
import { profile } from './profile.ts';
import { records } from './records.ts';
import { rehearsal } from './rehearsal.ts';
import { replay } from './replay.ts';
import { rights } from './rights.ts';
import { room } from './room.ts';
import { study } from './study.ts';

export const en = {
  common,
  landing,
  tutors,
  board,
  booking,
  chat,
  check,
  account,
  refusals,
  moneyStory,
  evidence,
  timeline,
  trace,
  calendar,
  home,
  live,
  looks,
  earnings,
  dispute,
  move,
  papers,
  past,
  payouts,
  cases,
  caseStrip,
  classroom,
  conversations,
  devices,
  sandbox,
  profile,
  records,
  rehearsal,
  replay,
  rights,
  room,
  study,
  verify,
};
