/** Study groups (rules CV5–CV16). */
import { isText } from '../shared/check.ts';
import { whyLinkIsDead } from '../shared/invite-link.ts';
import { never } from '../shared/never.ts';
import { refuse, type Refusal } from '../shared/refusal.ts';
import type { ConversationCommand, GroupCommand } from './decide.ts';
import type { ConversationEvent, ConversationState, StudyGroup } from './events.ts';

export const MOST_MEMBERS = 50;
const DAY_MS = 24 * 3_600_000;
/** How long a link works that nobody said anything else of, and at most, ms. */
export const LINK_MS = 14 * DAY_MS;
export const MOST_LINK_MS = 90 * DAY_MS;
/** UTF-16 units. */
export const MOST_NAME = 80;

const NAME_INVALID = refuse('name-invalid', `Give the group a name of up to ${MOST_NAME} characters.`);
const NOT_A_MEMBER = refuse('not-a-member', 'There is no such conversation.');
const NOT_THE_OWNER = refuse('not-the-owner', 'Only the owner of the group can do this.');
const FULL = refuse('group-full', `This group has ${MOST_MEMBERS} members, which is all it can have.`);
const LINK_UNKNOWN = refuse('link-unknown', 'This link does not work any more. Ask who sent it for a new one.');
const LINK_EXPIRED = refuse('link-expired', 'This link has expired. Ask who sent it for a new one.');
const LINK_USED_UP = refuse(
  'link-used-up',
  'As many people have joined by this link as it was made for. Ask who sent it for a new one.',
);
const LINK_INVALID = refuse('link-invalid', `A link works for up to 90 days and ${MOST_MEMBERS} people.`);
const NOT_INVITED = refuse('not-invited', 'This invitation was taken back. Ask whoever runs the group for a new one.');
const REMOVED = refuse('removed-before', 'You were taken out of this group. Only its owner can invite you again.');

type Decision = readonly ConversationEvent[] | Refusal;

export function createGroup(
  { data, now }: Extract<ConversationCommand, { type: 'CreateStudyGroup' }>,
  state: ConversationState,
): Decision {
  const { conversationId, by } = data;
  if (state.kind !== 'none') return refuse('conversation-exists', 'This group exists already.');
  const name = data.name.trim();
  if (!isText(name, 1, MOST_NAME)) return NAME_INVALID;
  return [{ type: 'StudyGroupCreated', data: { conversationId, by, name, at: now } }];
}

export function decideGroup(command: GroupCommand, state: StudyGroup): Decision {
  const { conversationId } = command.data;
  const at = command.now;
  switch (command.type) {
    case 'RenameStudyGroup': {
      const { by } = command.data;
      const name = command.data.name.trim();
      const no = ownerOnly(state, by);
      if (no) return no;
      if (!isText(name, 1, MOST_NAME)) return NAME_INVALID;
      return name === state.name ? [] : [{ type: 'StudyGroupRenamed', data: { conversationId, by, name, at } }];
    }
    case 'MakeInviteLink': {
      const { by, linkId, tokenHash, expiresAt, mostUses } = command.data;
      const no = ownerOnly(state, by);
      if (no) return no;
      if (state.link?.linkId === linkId) return [];
      if (!(expiresAt > at && expiresAt <= at + MOST_LINK_MS) || !isUses(mostUses)) return LINK_INVALID;
      return [
        ...revoked(state, conversationId, by, at),
        { type: 'InviteLinkMade', data: { conversationId, by, linkId, tokenHash, expiresAt, mostUses, at } },
      ];
    }
    case 'RevokeInviteLink':
      return ownerOnly(state, command.data.by) ?? revoked(state, conversationId, command.data.by, at);
    case 'InviteMember': {
      const { by, personId } = command.data;
      const no = ownerOnly(state, by);
      if (no) return no;
      if (state.members.includes(personId) || state.invited.includes(personId)) return [];
      if (state.members.length + state.invited.length >= MOST_MEMBERS) return FULL;
      return [{ type: 'MemberInvited', data: { conversationId, by, personId, at } }];
    }
    case 'EndInvitation': {
      const { by, personId } = command.data;
      const no = by === personId ? null : ownerOnly(state, by);
      if (no) return no;
      if (!state.invited.includes(personId)) return [];
      return [{ type: 'InvitationEnded', data: { conversationId, by, personId, at } }];
    }
    case 'JoinStudyGroup':
      return join(command, state);
    case 'LeaveStudyGroup':
      return leave(command, state);
    case 'RemoveMember': {
      const { by, personId } = command.data;
      const no = ownerOnly(state, by);
      if (no) return no;
      if (personId === by) return refuse('owner-stays', 'To go yourself, leave the group.');
      if (!state.members.includes(personId)) return [];
      return [{ type: 'MemberRemoved', data: { conversationId, by, personId, at } }];
    }
    default:
      return never(command, 'conversation command');
  }
}

function ownerOnly(state: StudyGroup, by: string): Refusal | null {
  if (by === state.ownerId) return null;
  return state.members.includes(by) ? NOT_THE_OWNER : NOT_A_MEMBER;
}

const isUses = (most: number | null): boolean =>
  most === null || (Number.isInteger(most) && most >= 1 && most <= MOST_MEMBERS);

function revoked({ link }: StudyGroup, conversationId: string, by: string, at: number): readonly ConversationEvent[] {
  if (link === null) return [];
  const { linkId, tokenHash } = link;
  return [{ type: 'InviteLinkRevoked', data: { conversationId, by, linkId, tokenHash, at } }];
}

function join({ data, now }: Extract<GroupCommand, { type: 'JoinStudyGroup' }>, state: StudyGroup): Decision {
  const { conversationId, personId, tokenHash } = data;
  if (state.members.includes(personId)) return [];
  const invited = state.invited.includes(personId);
  if (!invited) {
    if (tokenHash === null) return NOT_INVITED;
    if (state.link?.tokenHash !== tokenHash) return LINK_UNKNOWN;
    if (state.removed.includes(personId)) return REMOVED;
    const dead = whyLinkIsDead(state.link, now);
    if (dead) return dead === 'expired' ? LINK_EXPIRED : LINK_USED_UP;
  }
  if (state.members.length >= MOST_MEMBERS) return FULL;
  const why = invited ? 'invitation' : 'link';
  return [{ type: 'MemberJoined', data: { conversationId, personId, why, at: now } }];
}

/** An owner hands over first; behind the last member the door is closed. */
function leave({ data, now }: Extract<GroupCommand, { type: 'LeaveStudyGroup' }>, state: StudyGroup): Decision {
  const { conversationId, personId, successorId } = data;
  if (!state.members.includes(personId)) return NOT_A_MEMBER;
  const left: ConversationEvent = { type: 'MemberLeft', data: { conversationId, personId, at: now } };
  if (personId !== state.ownerId) return [left];
  const others = state.members.filter((member) => member !== personId);
  const next = successorId === null ? others[0] : others.find((member) => member === successorId);
  if (successorId !== null && next === undefined)
    return refuse('successor-unknown', 'Whoever takes the group over must be a member of it.');
  if (next !== undefined)
    return [{ type: 'GroupHandedOver', data: { conversationId, by: personId, personId: next, at: now } }, left];
  return [
    ...revoked(state, conversationId, personId, now),
    ...state.invited.map((invited): ConversationEvent => ({
      type: 'InvitationEnded',
      data: { conversationId, by: personId, personId: invited, at: now },
    })),
    left,
    { type: 'StudyGroupClosed', data: { conversationId, at: now } },
  ];
}
