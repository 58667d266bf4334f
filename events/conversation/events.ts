import { impossible, never } from '../shared/never.ts';

type At = {
  readonly conversationId: string;
  /** Business ms. */
  readonly at: number;
};

/** Of one person, by themselves. */
type Own = At & { readonly personId: string };

/** Done to one person by another. */
type ToSomebody = Own & { readonly by: string };

export const REPORT_REASONS = ['abuse', 'unsafe', 'spam', 'other'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];
export const REPORT_OUTCOMES = ['acted', 'no-cause'] as const;
export type ReportOutcome = (typeof REPORT_OUTCOMES)[number];

/** Stream `conversation-<conversationId>`. What is written in a conversation is a document of the Yjs server, not here. */
export type ConversationEvent =
  | {
      /** Two people can write to each other; `personId` asked for it. */
      readonly type: 'DirectOpened';
      readonly data: Own & { readonly otherId: string };
    }
  /** `by` does not want to hear from `personId`. While this stands neither of the two writes. */
  | { readonly type: 'WriterBlocked'; readonly data: ToSomebody }
  | { readonly type: 'WriterUnblocked'; readonly data: ToSomebody }
  /** `by` has written to `personId`, or named them, and they have not seen it yet. Of what was said nothing is here. */
  | { readonly type: 'PersonAddressed'; readonly data: ToSomebody & { readonly why: 'direct' | 'mention' } }
  /** They have seen it by now. */
  | { readonly type: 'PersonCaughtUp'; readonly data: Own }
  | {
      /** `by` wants ops to look at a message of `personId`, or (both null) at the conversation. Its words are not here. */
      readonly type: 'ConversationReported';
      readonly data: At & {
        readonly reportId: string;
        readonly by: string;
        /** The message's key in the chat's document. */
        readonly messageKey: string | null;
        readonly personId: string | null;
        readonly reason: ReportReason;
      };
    }
  /** `by`, of ops, has looked at it. */
  | {
      readonly type: 'ReportClosed';
      readonly data: At & { readonly reportId: string; readonly by: string; readonly outcome: ReportOutcome };
    }
  /** `personId` is gone for good; what was written stays with `otherId`, to read. */
  | { readonly type: 'DirectEnded'; readonly data: Own & { readonly otherId: string } }
  | { readonly type: 'StudyGroupCreated'; readonly data: At & { readonly by: string; readonly name: string } }
  | { readonly type: 'StudyGroupRenamed'; readonly data: At & { readonly by: string; readonly name: string } }
  | {
      /** Whoever has the link may join. The log keeps the SHA-256 of its secret only. */
      readonly type: 'InviteLinkMade';
      readonly data: At & {
        readonly by: string;
        readonly linkId: string;
        readonly tokenHash: string;
        /** Business ms; null: as long as nobody stops it. */
        readonly expiresAt: number | null;
        /** How many may join by it; null: whoever has it. */
        readonly mostUses: number | null;
      };
    }
  | {
      readonly type: 'InviteLinkRevoked';
      readonly data: At & { readonly by: string; readonly linkId: string; readonly tokenHash: string };
    }
  | { readonly type: 'MemberInvited'; readonly data: ToSomebody }
  /** Declined by the invited person, or taken back by the owner. */
  | { readonly type: 'InvitationEnded'; readonly data: ToSomebody }
  | { readonly type: 'MemberJoined'; readonly data: Own & { readonly why: 'link' | 'invitation' } }
  | { readonly type: 'MemberLeft'; readonly data: Own }
  | { readonly type: 'MemberRemoved'; readonly data: ToSomebody }
  /** `personId` is the owner from now on, `by` was. */
  | { readonly type: 'GroupHandedOver'; readonly data: ToSomebody }
  /** The last member left. */
  | { readonly type: 'StudyGroupClosed'; readonly data: At };

export interface InviteLink {
  readonly linkId: string;
  readonly tokenHash: string;
  /** Business ms. */
  readonly expiresAt: number | null;
  readonly mostUses: number | null;
  /** How many have joined by it. */
  readonly uses: number;
}

export interface Report {
  readonly reportId: string;
  readonly by: string;
  readonly messageKey: string | null;
  readonly personId: string | null;
  readonly state: 'open' | 'closed';
}

export interface StudyGroup {
  readonly kind: 'group';
  readonly name: string;
  readonly ownerId: string;
  /** The owner among them; who joined first comes first. */
  readonly members: readonly string[];
  readonly invited: readonly string[];
  /** Whom the owner took out: no link brings them back, only an invitation. */
  readonly removed: readonly string[];
  readonly link: InviteLink | null;
  /** Members who were addressed and have not seen it yet. */
  readonly waiting: readonly string[];
  readonly reports: readonly Report[];
}

export interface Direct {
  readonly kind: 'direct';
  readonly people: readonly [string, string];
  /** Who of the two does not want to hear from the other. */
  readonly blockedBy: readonly string[];
  /** Who of the two was written to and has not seen it yet. */
  readonly waiting: readonly string[];
  readonly reports: readonly Report[];
}

export type ConversationState =
  | { readonly kind: 'none' }
  | Direct
  | { readonly kind: 'direct-ended'; readonly people: readonly [string, string]; readonly reports: readonly Report[] }
  | StudyGroup
  | { readonly kind: 'group-closed'; readonly reports: readonly Report[] };

export const initial: ConversationState = { kind: 'none' };

/** What a group begins without. */
const NOTHING_YET = { invited: [], removed: [], link: null, waiting: [], reports: [] } as const;

const without = (people: readonly string[], personId: string): readonly string[] =>
  people.filter((one) => one !== personId);

export function evolve(state: ConversationState, event: ConversationEvent): ConversationState {
  switch (event.type) {
    case 'DirectOpened': {
      const { personId, otherId } = event.data;
      return state.kind === 'none'
        ? { kind: 'direct', people: [personId, otherId], blockedBy: [], waiting: [], reports: [] }
        : impossible(event, state);
    }
    case 'StudyGroupCreated': {
      const { name, by } = event.data;
      return state.kind === 'none'
        ? { kind: 'group', name, ownerId: by, members: [by], ...NOTHING_YET }
        : impossible(event, state);
    }
    case 'ConversationReported': {
      const { reportId, by, messageKey, personId } = event.data;
      if (state.kind === 'none') return impossible(event, state);
      return { ...state, reports: [...state.reports, { reportId, by, messageKey, personId, state: 'open' }] };
    }
    case 'ReportClosed': {
      const { reportId } = event.data;
      if (state.kind === 'none') return impossible(event, state);
      const closed = (one: Report): Report => (one.reportId === reportId ? { ...one, state: 'closed' } : one);
      return { ...state, reports: state.reports.map(closed) };
    }
    case 'PersonAddressed':
      return state.kind === 'direct' || state.kind === 'group'
        ? { ...state, waiting: [...state.waiting, event.data.personId] }
        : impossible(event, state);
    case 'PersonCaughtUp':
      return state.kind === 'direct' || state.kind === 'group'
        ? { ...state, waiting: without(state.waiting, event.data.personId) }
        : impossible(event, state);
    case 'WriterBlocked':
    case 'WriterUnblocked':
    case 'DirectEnded':
      return state.kind === 'direct' ? evolveDirect(state, event) : impossible(event, state);
    default:
      return state.kind === 'group' ? evolveGroup(state, event) : impossible(event, state);
  }
}

type DirectEvent = Extract<ConversationEvent, { type: 'WriterBlocked' | 'WriterUnblocked' | 'DirectEnded' }>;
type ReportEvent = { type: 'ConversationReported' | 'ReportClosed' };
type OtherEvent = ReportEvent | { type: 'DirectOpened' | 'StudyGroupCreated' | 'PersonAddressed' | 'PersonCaughtUp' };
type GroupEvent = Exclude<ConversationEvent, DirectEvent | OtherEvent>;

function evolveDirect(state: Direct, event: DirectEvent): ConversationState {
  switch (event.type) {
    case 'WriterBlocked':
      return { ...state, blockedBy: [...state.blockedBy, event.data.by] };
    case 'WriterUnblocked':
      return { ...state, blockedBy: without(state.blockedBy, event.data.by) };
    case 'DirectEnded':
      return { kind: 'direct-ended', people: state.people, reports: state.reports };
    default:
      return never(event, 'conversation event');
  }
}

const withoutMember = (state: StudyGroup, personId: string): StudyGroup => ({
  ...state,
  members: without(state.members, personId),
  waiting: without(state.waiting, personId),
});

function evolveGroup(state: StudyGroup, event: GroupEvent): ConversationState {
  switch (event.type) {
    case 'StudyGroupRenamed':
      return { ...state, name: event.data.name };
    case 'InviteLinkMade': {
      const { linkId, tokenHash, expiresAt, mostUses } = event.data;
      return { ...state, link: { linkId, tokenHash, expiresAt, mostUses, uses: 0 } };
    }
    case 'InviteLinkRevoked':
      return { ...state, link: null };
    case 'MemberInvited': {
      const { personId } = event.data;
      return { ...state, invited: [...state.invited, personId], removed: without(state.removed, personId) };
    }
    case 'InvitationEnded':
      return { ...state, invited: without(state.invited, event.data.personId) };
    case 'MemberJoined': {
      const { personId, why } = event.data;
      const link = state.link && why === 'link' ? { ...state.link, uses: state.link.uses + 1 } : state.link;
      return { ...state, members: [...state.members, personId], invited: without(state.invited, personId), link };
    }
    case 'MemberLeft':
      return withoutMember(state, event.data.personId);
    case 'MemberRemoved': {
      const { personId } = event.data;
      return { ...withoutMember(state, personId), removed: [...state.removed, personId] };
    }
    case 'GroupHandedOver':
      return { ...state, ownerId: event.data.personId };
    case 'StudyGroupClosed':
      return { kind: 'group-closed', reports: state.reports };
    default:
      return never(event, 'conversation event');
  }
}
