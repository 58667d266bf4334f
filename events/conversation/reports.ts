/** What people in a conversation want ops to look at (rules CV22–CV23). Who is of ops is known before. */
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { ReportCommand } from './decide.ts';
import type { ConversationEvent, ConversationState } from './events.ts';

/** Open reports of one person in one conversation. */
export const MOST_OPEN = 20;

const NOT_A_MEMBER = refuse('not-a-member', 'There is no such conversation.');
const NOT_YOUR_OWN = refuse('own-message', 'That is your own message. You can delete it.');
const TOO_MANY = refuse(
  'too-many-reports',
  'We are looking at what you reported here. Write to support if it cannot wait.',
);
const UNKNOWN = refuse('report-unknown', 'There is no such report.');
const OWN_CASE = refuse('own-case', 'You are a party of this report. Someone else of ops must look at it.');

type Begun = Exclude<ConversationState, { kind: 'none' }>;

function peopleOf(state: Begun): readonly string[] {
  switch (state.kind) {
    case 'direct':
    case 'direct-ended':
      return state.people;
    case 'group':
      return state.members;
    case 'group-closed':
      return [];
    default:
      return never(state, 'conversation');
  }
}

export function decideReport(command: ReportCommand, state: Begun): readonly ConversationEvent[] | Refusal {
  const { conversationId, reportId, by } = command.data;
  const at = command.now;
  switch (command.type) {
    case 'ReportConversation': {
      const { messageKey, personId, reason } = command.data;
      if (!peopleOf(state).includes(by)) return NOT_A_MEMBER;
      if (personId === by) return NOT_YOUR_OWN;
      const open = state.reports.filter((one) => one.by === by && one.state === 'open');
      // The same thing twice is one report.
      if (open.some((one) => one.reportId === reportId || one.messageKey === messageKey)) return [];
      if (open.length >= MOST_OPEN) return TOO_MANY;
      const data = { conversationId, reportId, by, messageKey, personId, reason, at };
      return [{ type: 'ConversationReported', data }];
    }
    case 'CloseReport': {
      const report = state.reports.find((one) => one.reportId === reportId);
      if (!report) return UNKNOWN;
      if (report.by === by || report.personId === by || peopleOf(state).includes(by)) return OWN_CASE;
      if (report.state === 'closed') return [];
      return [{ type: 'ReportClosed', data: { conversationId, reportId, by, outcome: command.data.outcome, at } }];
    }
    default:
      return never(command, 'conversation command');
  }
}
