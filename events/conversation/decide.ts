import type { Command } from '../shared/command.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import { decideAddressed } from './addressed.ts';
import { decideDirect } from './direct.ts';
import type { ConversationEvent, ConversationState, ReportOutcome, ReportReason } from './events.ts';
import { createGroup, decideGroup } from './group.ts';
import { decideReport } from './reports.ts';

type Of = { readonly conversationId: string };
/** `by`: who asks for it. */
type By = Of & { readonly by: string };
type About = By & { readonly personId: string };

export type DirectCommand =
  /** `personId` asks. */
  | Command<'OpenDirect', Of & { personId: string; otherId: string }>
  | Command<'BlockWriter', About>
  | Command<'UnblockWriter', About>;

export type GroupCommand =
  | Command<'RenameStudyGroup', By & { name: string }>
  /** The one before it stops working. */
  | Command<'MakeInviteLink', By & { linkId: string; tokenHash: string; expiresAt: number; mostUses: number | null }>
  | Command<'RevokeInviteLink', By>
  | Command<'InviteMember', About>
  /** By the invited person or the owner. */
  | Command<'EndInvitation', About>
  /** With the hash of a link's secret, or null for who was invited by name. */
  | Command<'JoinStudyGroup', Of & { personId: string; tokenHash: string | null }>
  /** Who takes an owner's place; null: whoever is in it longest. */
  | Command<'LeaveStudyGroup', Of & { personId: string; successorId: string | null }>
  | Command<'RemoveMember', About>;

export type AddressCommand =
  /** `by` wrote something that `personId` has not seen: in a group somebody whom they named, among two (null) the other. */
  | Command<'NoteAddressed', By & { personId: string | null }>
  /** The person has seen all that was said to them. */
  | Command<'NoteCaughtUp', Of & { personId: string }>;

export type ReportCommand =
  /** Null and null: the conversation as a whole. */
  | Command<
      'ReportConversation',
      By & { reportId: string; messageKey: string | null; personId: string | null; reason: ReportReason }
    >
  | Command<'CloseReport', By & { reportId: string; outcome: ReportOutcome }>;

export type ConversationCommand =
  | DirectCommand
  | ReportCommand
  | AddressCommand
  | Command<'CreateStudyGroup', By & { name: string }>
  | GroupCommand
  /** The person is erased: whatever they were in goes on without them. */
  | Command<'EndMembership', Of & { personId: string }>;

const UNKNOWN = refuse('conversation-unknown', 'There is no such conversation.');
const OVER = refuse('conversation-over', 'This conversation is over. What was written can still be read.');

/** Rules CV1–CV23. Whether two people may write to each other at all is checked before, by `mayOpenDirect`. */
export function decide(command: ConversationCommand, state: ConversationState): readonly ConversationEvent[] | Refusal {
  switch (command.type) {
    case 'OpenDirect':
    case 'BlockWriter':
    case 'UnblockWriter':
      if (state.kind === 'none') return command.type === 'OpenDirect' ? decideDirect(command, null) : UNKNOWN;
      if (state.kind === 'direct-ended') return OVER;
      return state.kind === 'direct' ? decideDirect(command, state) : UNKNOWN;
    case 'CreateStudyGroup':
      return createGroup(command, state);
    case 'NoteAddressed':
    case 'NoteCaughtUp':
      if (state.kind === 'none') return UNKNOWN;
      return state.kind === 'direct' || state.kind === 'group' ? decideAddressed(command, state) : OVER;
    case 'ReportConversation':
    case 'CloseReport':
      return state.kind === 'none' ? UNKNOWN : decideReport(command, state);
    case 'EndMembership':
      return endMembership(command, state);
    default:
      if (state.kind === 'group-closed') return OVER;
      return state.kind === 'group' ? decideGroup(command, state) : UNKNOWN;
  }
}

function endMembership(
  { data, now }: Extract<ConversationCommand, { type: 'EndMembership' }>,
  state: ConversationState,
): readonly ConversationEvent[] | Refusal {
  const { conversationId, personId } = data;
  switch (state.kind) {
    case 'none':
      return UNKNOWN;
    case 'direct': {
      const [otherId] = state.people.filter((one) => one !== personId);
      if (!state.people.includes(personId) || otherId === undefined) return [];
      return [{ type: 'DirectEnded', data: { conversationId, personId, otherId, at: now } }];
    }
    case 'group':
      if (state.invited.includes(personId))
        return [{ type: 'InvitationEnded', data: { conversationId, personId, by: personId, at: now } }];
      if (!state.members.includes(personId)) return [];
      return decideGroup(
        { type: 'LeaveStudyGroup', data: { conversationId, personId, successorId: null }, now },
        state,
      );
    case 'direct-ended':
    case 'group-closed':
      return [];
    default:
      return never(state, 'conversation');
  }
}
