/** Every state of a conversation with every command: what comes of it stands in the table, and a missing pair fails. */
import { it } from 'vitest';
import { checkPairs } from '../shared/pairs.ts';
import { decide, type ConversationCommand } from './decide.ts';
import { evolve, initial, type ConversationEvent } from './events.ts';
import * as of from './examples.ts';

const { opened, blocked, created, linked, joined, invited } = of;
const two = [created, linked(), joined('meera')];
const full = [created, linked(), ...Array.from({ length: 49 }, (_, n) => joined(`m${n}`))];

const STATES: Readonly<Record<string, readonly ConversationEvent[]>> = {
  none: [],
  direct: [opened],
  blocked: [opened, blocked],
  ended: [opened, of.ended],
  alone: [created],
  linked: [created, linked()],
  two,
  asked: [created, invited()],
  out: [...two, of.removed()],
  full,
  waiting: [...two, of.addressed('meera', 'ravi')],
  closed: [created, of.left('ravi'), of.closed],
};

/** By the owner, Ravi, unless it says otherwise; Meera is a member in `two`, Zoya is invited in `asked`. */
const COMMANDS: Readonly<Record<string, ConversationCommand>> = {
  OpenDirect: of.open(),
  BlockWriter: of.block(),
  UnblockWriter: of.unblock(),
  CreateStudyGroup: of.create(),
  RenameStudyGroup: of.rename('Maths'),
  'RenameStudyGroup: by a member': of.rename('Maths', 'meera'),
  MakeInviteLink: of.link('k2'),
  RevokeInviteLink: of.revoke(),
  InviteMember: of.invite(),
  EndInvitation: of.uninvite('ravi'),
  'JoinStudyGroup: by the link': of.join('meera'),
  'JoinStudyGroup: by name': of.join('zoya', null),
  'LeaveStudyGroup: the owner': of.leave('ravi'),
  'LeaveStudyGroup: a member': of.leave('meera'),
  RemoveMember: of.remove(),
  NoteAddressed: of.address('ravi', 'meera'),
  NoteCaughtUp: of.catchUp('meera'),
  EndMembership: of.end('ravi'),
};

const DIRECT = 'direct blocked ended';
const GROUPS = 'alone linked two asked out full waiting';
const TABLE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  OpenDirect: {
    DirectOpened: 'none',
    nothing: 'direct blocked',
    'conversation-over': 'ended',
    'conversation-unknown': `${GROUPS} closed`,
  },
  BlockWriter: {
    WriterBlocked: 'direct',
    nothing: 'blocked',
    'conversation-over': 'ended',
    'conversation-unknown': `none ${GROUPS} closed`,
  },
  UnblockWriter: {
    WriterUnblocked: 'blocked',
    nothing: 'direct',
    'conversation-over': 'ended',
    'conversation-unknown': `none ${GROUPS} closed`,
  },
  CreateStudyGroup: { StudyGroupCreated: 'none', 'conversation-exists': `${DIRECT} ${GROUPS} closed` },
  RenameStudyGroup: {
    'conversation-unknown': `none ${DIRECT}`,
    StudyGroupRenamed: GROUPS,
    'conversation-over': 'closed',
  },
  'RenameStudyGroup: by a member': {
    'conversation-unknown': `none ${DIRECT}`,
    'not-the-owner': 'two waiting',
    'not-a-member': 'alone linked asked out full',
    'conversation-over': 'closed',
  },
  MakeInviteLink: {
    'conversation-unknown': `none ${DIRECT}`,
    InviteLinkMade: 'alone asked',
    'InviteLinkRevoked+InviteLinkMade': 'linked two out full waiting',
    'conversation-over': 'closed',
  },
  RevokeInviteLink: {
    'conversation-unknown': `none ${DIRECT}`,
    nothing: 'alone asked',
    InviteLinkRevoked: 'linked two out full waiting',
    'conversation-over': 'closed',
  },
  InviteMember: {
    'conversation-unknown': `none ${DIRECT}`,
    MemberInvited: 'alone linked two out waiting',
    nothing: 'asked',
    'group-full': 'full',
    'conversation-over': 'closed',
  },
  EndInvitation: {
    'conversation-unknown': `none ${DIRECT}`,
    nothing: 'alone linked two out full waiting',
    InvitationEnded: 'asked',
    'conversation-over': 'closed',
  },
  'JoinStudyGroup: by the link': {
    'conversation-unknown': `none ${DIRECT}`,
    'link-unknown': 'alone asked',
    MemberJoined: 'linked',
    nothing: 'two waiting',
    'removed-before': 'out',
    'group-full': 'full',
    'conversation-over': 'closed',
  },
  'JoinStudyGroup: by name': {
    'conversation-unknown': `none ${DIRECT}`,
    'not-invited': 'alone linked two out full waiting',
    MemberJoined: 'asked',
    'conversation-over': 'closed',
  },
  'LeaveStudyGroup: the owner': {
    'conversation-unknown': `none ${DIRECT}`,
    'MemberLeft+StudyGroupClosed': 'alone',
    'InviteLinkRevoked+MemberLeft+StudyGroupClosed': 'linked out',
    'InvitationEnded+MemberLeft+StudyGroupClosed': 'asked',
    'GroupHandedOver+MemberLeft': 'two full waiting',
    'conversation-over': 'closed',
  },
  'LeaveStudyGroup: a member': {
    'conversation-unknown': `none ${DIRECT}`,
    'not-a-member': 'alone linked asked out full',
    MemberLeft: 'two waiting',
    'conversation-over': 'closed',
  },
  RemoveMember: {
    'conversation-unknown': `none ${DIRECT}`,
    nothing: 'alone linked asked out full',
    MemberRemoved: 'two waiting',
    'conversation-over': 'closed',
  },
  NoteAddressed: {
    'conversation-unknown': 'none',
    PersonAddressed: 'direct two',
    nothing: 'blocked alone linked asked out full waiting',
    'conversation-over': 'ended closed',
  },
  NoteCaughtUp: {
    'conversation-unknown': 'none',
    'not-a-member': 'direct blocked alone linked asked out full',
    nothing: 'two',
    PersonCaughtUp: 'waiting',
    'conversation-over': 'ended closed',
  },
  EndMembership: {
    'conversation-unknown': 'none',
    DirectEnded: 'direct blocked',
    nothing: 'ended closed',
    'MemberLeft+StudyGroupClosed': 'alone',
    'InviteLinkRevoked+MemberLeft+StudyGroupClosed': 'linked out',
    'InvitationEnded+MemberLeft+StudyGroupClosed': 'asked',
    'GroupHandedOver+MemberLeft': 'two full waiting',
  },
};

it('CV1–CV21: every command in every state', () => checkPairs({ initial, evolve, decide }, STATES, COMMANDS, TABLE));
