/** Leaving this device: nothing of the person stays on it. */
import { parseDocumentName } from '#sync/documents/names.ts';
import { emptyDatabase } from './care.ts';
import { IN_REPLAY } from './contract.ts';
import { keepPagesOf } from './page.ts';
import { leftoversOf, openKept } from './store.ts';
import { tellSignedOut } from './who.ts';

export interface OnlyHere {
  /** Messages that were not sent. */
  readonly messages: number;
  /** Everything else that was done on a board or in a chat. */
  readonly changes: number;
  /** A lesson that some of it is of. */
  readonly code: string | null;
}

const NOTHING: OnlyHere = { messages: 0, changes: 0, code: null };
/** Other tabs write what they have when they leave; wall ms. */
const LEAVE_MS = 400;

/**
 * What this person wrote that is on this device alone, null for nothing; 'unknown' when the database cannot be read now, which
 * may still be emptied a moment later. Never rejects.
 */
export async function onlyHere(personId: string): Promise<OnlyHere | 'unknown' | null> {
  try {
    const kept = await openKept(personId);
    const lessons = new Map<string, string>();
    for (const { name, code } of await kept.list()) lessons.set(parseDocumentName(name)?.lessonId ?? '', code);
    let found = NOTHING;
    for (const [lessonId, code] of lessons)
      for (const { surface, keys, others, reason } of await leftoversOf(kept, lessonId)) {
        if (reason === IN_REPLAY) continue;
        const messages = surface === 'chat' ? keys.length : 0;
        const changes = keys.length - messages + others.length;
        found = {
          messages: found.messages + messages,
          changes: found.changes + changes,
          code: found.code ?? code,
        };
      }
    if (found !== NOTHING) return found;
    return kept.lasting ? null : 'unknown';
  } catch (error) {
    console.warn('What is kept of the classroom cannot be read:', error);
    return 'unknown';
  }
}

/** After signing out, or an erasure: other tabs leave, and then everything that is kept of this person goes. Never rejects. */
export async function leaveNothing(personId: string): Promise<void> {
  tellSignedOut();
  await new Promise((done) => setTimeout(done, LEAVE_MS));
  try {
    await emptyDatabase(personId);
  } catch (error) {
    console.warn('What is kept of the classroom could not be thrown away:', error);
  }
  await keepPagesOf(null);
}
