/** Names that servers and pages share. Pure. */

/** Whether this is a conversation's id: they begin with their kind, so none is a lesson's, which is a bare UUID. */
export const isConversationId = (id: string): boolean => /^(dm|group)-./.test(id);

/** Whether it is one of two people, in which nobody is the host. */
export const isDirectId = (id: string): boolean => id.startsWith('dm-');

/** The chat's document of a conversation. */
export const chatOf = (conversationId: string): string => `chat:${conversationId}`;

/** Topic on the bus: something is new in a conversation. Fleeting; whoever hears it reads the truth. */
export const CONVERSATION_NEWS = 'conversation-news';

export interface ConversationNews {
  readonly conversationId: string;
  /** People it is news for who are not members (any more). */
  readonly alsoFor: readonly string[];
}

/** Null for anything else. */
export function conversationNews(message: unknown): ConversationNews | null {
  if (typeof message !== 'object' || message === null) return null;
  if (!('conversationId' in message) || typeof message.conversationId !== 'string') return null;
  const alsoFor = 'alsoFor' in message && Array.isArray(message.alsoFor) ? message.alsoFor : [];
  return {
    conversationId: message.conversationId,
    alsoFor: alsoFor.filter((one: unknown) => typeof one === 'string'),
  };
}
