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
  /** `personId` is gone for good; what was written stays with `otherId`, to read. */
  | { readonly type: 'DirectEnded'; readonly data: Own & { readonly otherId: string } }
  | { readonly type: 'StudyGroupCreated'; readonly data: At & { readonly by: string; readonly name: string } }
  | { readonly type: 'StudyGroupRenamed'; readonly data: At & { readonly by: string; readonly name: string } }
  | {
      /** Whoever has the link may join. The log keeps the SHA-256 of its secret only. */
      readonly type: 'InviteLinkMade';
      readonly data: At & { readonly by: string; readonly linkId: string; readonly tokenHash: string };
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
}

export interface Direct {
  readonly kind: 'direct';
  readonly people: readonly [string, string];
  /** Who of the two does not want to hear from the other. */
  readonly blockedBy: readonly string[];
}

export type ConversationState =
  | { readonly kind: 'none' }
  | Direct
  | { readonly kind: 'direct-ended'; readonly people: readonly [string, string] }
  | StudyGroup
  | { readonly kind: 'group-closed' };

export const initial: ConversationState = { kind: 'none' };

const without = (people: readonly string[], personId: string): readonly string[] =>
  people.filter((one) => one !== personId);

export function evolve(state: ConversationState, event: ConversationEvent): ConversationState {
  switch (event.type) {
    case 'DirectOpened': {
      const { personId, otherId } = event.data;
      return state.kind === 'none'
        ? { kind: 'direct', people: [personId, otherId], blockedBy: [] }
        : impossible(event, state);
    }
    case 'StudyGroupCreated': {
      const { name, by } = event.data;
      return state.kind === 'none'
        ? { kind: 'group', name, ownerId: by, members: [by], invited: [], removed: [], link: null }
        : impossible(event, state);
    }
    case 'WriterBlocked':
    case 'WriterUnblocked':
    case 'DirectEnded':
      return state.kind === 'direct' ? evolveDirect(state, event) : impossible(event, state);
    default:
      return state.kind === 'group' ? evolveGroup(state, event) : impossible(event, state);
  }
}

type DirectEvent = Extract<ConversationEvent, { type: 'WriterBlocked' | 'WriterUnblocked' | 'DirectEnded' }>;
type GroupEvent = Exclude<ConversationEvent, DirectEvent | { type: 'DirectOpened' | 'StudyGroupCreated' }>;

function evolveDirect(state: Direct, event: DirectEvent): ConversationState {
  switch (event.type) {
    case 'WriterBlocked':
      return { ...state, blockedBy: [...state.blockedBy, event.data.by] };
    case 'WriterUnblocked':
      return { ...state, blockedBy: without(state.blockedBy, event.data.by) };
    case 'DirectEnded':
      return { kind: 'direct-ended', people: state.people };
    default:
      return never(event, 'conversation event');
  }
}

function evolveGroup(state: StudyGroup, event: GroupEvent): ConversationState {
  switch (event.type) {
    case 'StudyGroupRenamed':
      return { ...state, name: event.data.name };
    case 'InviteLinkMade':
      return { ...state, link: { linkId: event.data.linkId, tokenHash: event.data.tokenHash } };
    case 'InviteLinkRevoked':
      return { ...state, link: null };
    case 'MemberInvited': {
      const { personId } = event.data;
      return { ...state, invited: [...state.invited, personId], removed: without(state.removed, personId) };
    }
    case 'InvitationEnded':
      return { ...state, invited: without(state.invited, event.data.personId) };
    case 'MemberJoined': {
      const { personId } = event.data;
      return { ...state, members: [...state.members, personId], invited: without(state.invited, personId) };
    }
    case 'MemberLeft':
      return { ...state, members: without(state.members, event.data.personId) };
    case 'MemberRemoved': {
      const { personId } = event.data;
      return { ...state, members: without(state.members, personId), removed: [...state.removed, personId] };
    }
    case 'GroupHandedOver':
      return { ...state, ownerId: event.data.personId };
    case 'StudyGroupClosed':
      return { kind: 'group-closed' };
    default:
      return never(event, 'conversation event');
  }
}
