/** Events and commands for tests. */
import type { ConversationCommand } from './decide.ts';
import type { ConversationEvent } from './events.ts';

export const conversationId = 'c1';
export const at = 7;
const now = at;

/** Asha teaches, Ravi and Meera learn, Zoya is a stranger. */
export const opened: ConversationEvent = {
  type: 'DirectOpened',
  data: { conversationId, personId: 'ravi', otherId: 'asha', at },
};
export const blocked: ConversationEvent = {
  type: 'WriterBlocked',
  data: { conversationId, by: 'asha', personId: 'ravi', at },
};
export const ended: ConversationEvent = {
  type: 'DirectEnded',
  data: { conversationId, personId: 'ravi', otherId: 'asha', at },
};
export const created: ConversationEvent = {
  type: 'StudyGroupCreated',
  data: { conversationId, by: 'ravi', name: 'Physics', at },
};
/** When a link of today ends that works for a day. */
export const tomorrow = at + 24 * 3_600_000;
export const linked = (linkId = 'k1', mostUses: number | null = null): ConversationEvent => ({
  type: 'InviteLinkMade',
  data: { conversationId, by: 'ravi', linkId, tokenHash: `hash of ${linkId}`, expiresAt: tomorrow, mostUses, at },
});
export const revoked = (linkId = 'k1'): ConversationEvent => ({
  type: 'InviteLinkRevoked',
  data: { conversationId, by: 'ravi', linkId, tokenHash: `hash of ${linkId}`, at },
});
export const invited = (personId = 'zoya'): ConversationEvent => ({
  type: 'MemberInvited',
  data: { conversationId, by: 'ravi', personId, at },
});
export const uninvited = (by: string, personId = 'zoya'): ConversationEvent => ({
  type: 'InvitationEnded',
  data: { conversationId, by, personId, at },
});
export const joined = (personId = 'meera', why: 'link' | 'invitation' = 'link', when = at): ConversationEvent => ({
  type: 'MemberJoined',
  data: { conversationId, personId, why, at: when },
});
export const left = (personId = 'meera'): ConversationEvent => ({
  type: 'MemberLeft',
  data: { conversationId, personId, at },
});
export const removed = (personId = 'meera'): ConversationEvent => ({
  type: 'MemberRemoved',
  data: { conversationId, by: 'ravi', personId, at },
});
export const handedOver = (personId: string): ConversationEvent => ({
  type: 'GroupHandedOver',
  data: { conversationId, by: 'ravi', personId, at },
});
export const closed: ConversationEvent = { type: 'StudyGroupClosed', data: { conversationId, at } };

export const addressed = (personId: string, by: string, why: 'direct' | 'mention' = 'mention'): ConversationEvent => ({
  type: 'PersonAddressed',
  data: { conversationId, personId, by, why, at },
});
export const caughtUp = (personId: string): ConversationEvent => ({
  type: 'PersonCaughtUp',
  data: { conversationId, personId, at },
});
export const reported = (
  reportId: string,
  by: string,
  messageKey: string | null = null,
  personId: string | null = null,
): ConversationEvent => ({
  type: 'ConversationReported',
  data: { conversationId, reportId, by, messageKey, personId, reason: 'abuse', at },
});
export const reportClosed = (reportId: string, by = 'latha'): ConversationEvent => ({
  type: 'ReportClosed',
  data: { conversationId, reportId, by, outcome: 'acted', at },
});
export const report = (
  reportId: string,
  by: string,
  messageKey: string | null = null,
  personId: string | null = null,
): ConversationCommand => ({
  type: 'ReportConversation',
  data: { conversationId, reportId, by, messageKey, personId, reason: 'abuse' },
  now,
});
export const closeReport = (reportId: string, by = 'latha'): ConversationCommand => ({
  type: 'CloseReport',
  data: { conversationId, reportId, by, outcome: 'acted' },
  now,
});
export const address = (by: string, personId: string | null = null): ConversationCommand => ({
  type: 'NoteAddressed',
  data: { conversationId, by, personId },
  now,
});
export const catchUp = (personId: string): ConversationCommand => ({
  type: 'NoteCaughtUp',
  data: { conversationId, personId },
  now,
});

export const open = (personId = 'ravi', otherId = 'asha'): ConversationCommand => ({
  type: 'OpenDirect',
  data: { conversationId, personId, otherId },
  now,
});
export const block = (by = 'asha', personId = 'ravi'): ConversationCommand => ({
  type: 'BlockWriter',
  data: { conversationId, by, personId },
  now,
});
export const unblock = (by = 'asha', personId = 'ravi'): ConversationCommand => ({
  type: 'UnblockWriter',
  data: { conversationId, by, personId },
  now,
});
export const create = (name = 'Physics', by = 'ravi'): ConversationCommand => ({
  type: 'CreateStudyGroup',
  data: { conversationId, by, name },
  now,
});
export const rename = (name: string, by = 'ravi'): ConversationCommand => ({
  type: 'RenameStudyGroup',
  data: { conversationId, by, name },
  now,
});
export const link = (
  linkId = 'k1',
  by = 'ravi',
  limits: { expiresAt: number; mostUses: number | null } = { expiresAt: tomorrow, mostUses: null },
): ConversationCommand => ({
  type: 'MakeInviteLink',
  data: { conversationId, by, linkId, tokenHash: `hash of ${linkId}`, ...limits },
  now,
});
export const revoke = (by = 'ravi'): ConversationCommand => ({
  type: 'RevokeInviteLink',
  data: { conversationId, by },
  now,
});
export const invite = (personId = 'zoya', by = 'ravi'): ConversationCommand => ({
  type: 'InviteMember',
  data: { conversationId, by, personId },
  now,
});
export const uninvite = (by: string, personId = 'zoya'): ConversationCommand => ({
  type: 'EndInvitation',
  data: { conversationId, by, personId },
  now,
});
export const join = (personId: string, linkId: string | null = 'k1', when = now): ConversationCommand => ({
  type: 'JoinStudyGroup',
  data: { conversationId, personId, tokenHash: linkId === null ? null : `hash of ${linkId}` },
  now: when,
});
export const leave = (personId: string, successorId: string | null = null): ConversationCommand => ({
  type: 'LeaveStudyGroup',
  data: { conversationId, personId, successorId },
  now,
});
export const remove = (personId = 'meera', by = 'ravi'): ConversationCommand => ({
  type: 'RemoveMember',
  data: { conversationId, by, personId },
  now,
});
export const end = (personId: string): ConversationCommand => ({
  type: 'EndMembership',
  data: { conversationId, personId },
  now,
});
