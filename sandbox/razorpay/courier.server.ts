import type { DueWebhook, Webhooks } from './webhooks.server.ts';

export interface Courier {
  /** Where webhooks go; with null they wait. */
  setUrl(url: string | null): void;
  url(): string | null;
  /** Resolves when the requests under way have ended. */
  stop(): Promise<void>;
}

const IDLE_MS = 50;
/** The receiver has 5 s to answer, as at the real provider. */
const ANSWER_MS = 5_000;
const AT_ONCE = 16;

/**
 * Sends what the outbox holds, several at a time, so order is likely but never promised. An event counts as sent only
 * after a 2xx: a crash between the two sends it again.
 */
export function startCourier(webhooks: Webhooks, startUrl: string | null): Courier {
  let url = startUrl;
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  const send = async (target: string, webhook: DueWebhook): Promise<void> => {
    let status: number | null = null;
    let problem: string | null = null;
    try {
      const answer = await fetch(target, {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Razorpay-Webhook/v1',
          'x-razorpay-signature': webhook.signature,
          'x-razorpay-event-id': webhook.eventId,
        },
        body: webhook.body,
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      status = answer.status;
      await answer.body?.cancel();
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (!stopping.signal.aborted || status !== null) webhooks.recordAttempt(webhook.eventId, status, problem);
  };

  const round = (): void => {
    if (url === null || stopping.signal.aborted) return;
    // Those under way are still due, and are usually the oldest.
    for (const webhook of webhooks.due(AT_ONCE + underWay.size)) {
      if (underWay.size >= AT_ONCE) return;
      if (underWay.has(webhook.eventId)) continue;
      const task = send(url, webhook).finally(() => {
        underWay.delete(webhook.eventId);
        // The next at once, when a burst is waiting; the timer alone would send a handful per tick.
        if (underWay.size < AT_ONCE / 2) round();
      });
      underWay.set(webhook.eventId, task);
    }
  };
  const timer = setInterval(round, IDLE_MS);

  return {
    setUrl(next) {
      url = next;
    },
    url: () => url,
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await Promise.allSettled(underWay.values());
    },
  };
}
