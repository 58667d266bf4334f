/** Whether a consumer runs, and how much of a picture it carries. */
import type { Source } from '../signalling/protocol.ts';
import type { Consumed } from './peer.ts';

const runs = ({ ready, watched, audible }: Consumed): boolean => ready && watched && audible;

/**
 * Pauses or resumes it, as what is known of it says. Several calls at once end in what holds at the end: each request to the
 * worker takes a while, in which the person may have turned the page back.
 */
export async function settle(consumed: Consumed): Promise<void> {
  const { consumer } = consumed;
  while (!consumer.closed && runs(consumed) === consumer.paused) {
    consumed.settling ??= change(consumed);
    await consumed.settling;
  }
}

async function change(consumed: Consumed): Promise<void> {
  const { consumer } = consumed;
  try {
    await asked(consumed, () => (runs(consumed) ? consumer.resume() : consumer.pause()));
  } finally {
    consumed.settling = null;
  }
}

/** The worker forgets a consumer with its producer, and we hear of it a moment later. */
const HEARD_BY_THEN_MS = 200;

/** Asks the worker something about a consumer; nothing comes of it when the consumer is gone. */
async function asked({ consumer }: Consumed, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!consumer.closed) await new Promise((resolve) => setTimeout(resolve, HEARD_BY_THEN_MS));
    if (!consumer.closed) throw error;
  }
}

/** Of what is left when there is not enough for all: a screen is read, a large picture is looked at. */
export function priorityOf(source: Source, spatialLayer: number): number {
  if (source === 'screen') return 200;
  return [10, 50, 100][spatialLayer] ?? 100;
}

/** @param spatialLayer 0 to 2 for the size of its tile; null when nobody looks. */
export async function look(consumed: Consumed, spatialLayer: number | null): Promise<void> {
  const { consumer, source } = consumed;
  consumed.watched = spatialLayer !== null;
  if (spatialLayer !== null && consumer.kind === 'video' && !consumer.closed) {
    const priority = priorityOf(source, spatialLayer);
    // The layer before the word to run, so that no larger picture is begun than is wanted.
    await asked(consumed, () =>
      Promise.all([
        consumer.type === 'simulcast' ? consumer.setPreferredLayers({ spatialLayer }) : null,
        consumer.priority === priority ? null : consumer.setPriority(priority),
      ]),
    );
  }
  await settle(consumed);
}
