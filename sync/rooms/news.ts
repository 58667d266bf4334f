/** Tells the pages that something was written in a conversation: once for what comes close together, and fleeting. */
import { CONVERSATION_NEWS, type ConversationNews } from '#events/conversation/names.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { Log } from '../log.ts';

/** Wall ms. */
const GATHER_MS = 150;

export class News {
  private readonly bus: Bus;
  private readonly log: Log;
  private readonly waiting = new Map<string, NodeJS.Timeout>();

  constructor(bus: Bus, log: Log) {
    this.bus = bus;
    this.log = log;
  }

  written(conversationId: string): void {
    if (this.waiting.has(conversationId)) return;
    this.waiting.set(
      conversationId,
      setTimeout(() => this.tell(conversationId), GATHER_MS),
    );
  }

  stop(): void {
    for (const timer of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
  }

  private tell(conversationId: string): void {
    this.waiting.delete(conversationId);
    const news: ConversationNews = { conversationId, alsoFor: [] };
    this.bus
      .publish(CONVERSATION_NEWS, news)
      .catch((error: unknown) => this.log.warn({ err: error, conversationId }, 'news could not be told'));
  }
}
