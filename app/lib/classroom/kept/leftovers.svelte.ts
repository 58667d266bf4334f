/** What this device has of one lesson and the server does not, as its page shows it while nobody is inside. */
import { handInLesson } from './hand-in.ts';
import { keepOnly, leftoversOf, openKept, throwAway, type Leftover } from './store.ts';

/** What was open a moment ago is written behind the page, ms. */
const WRITTEN_MS = 300;

export class Leftovers {
  list: readonly Leftover[] = $state.raw([]);
  private readonly personId: string;
  private readonly lesson: { readonly lessonId: string; readonly code: string };

  private turn = 0;

  constructor(personId: string, lesson: { readonly lessonId: string; readonly code: string }) {
    this.personId = personId;
    this.lesson = lesson;
  }

  /** Looks for it; of a lesson that has ended boards go into its history. Never rejects. */
  async look(ended: boolean): Promise<void> {
    const { lessonId } = this.lesson;
    const turn = (this.turn += 1);
    // Of a lesson that ended it is not known yet what becomes of it.
    if (ended) this.list = [];
    try {
      const kept = await openKept(this.personId);
      await new Promise((done) => setTimeout(done, WRITTEN_MS));
      if (ended) await handInLesson(kept, this.lesson);
      const found = await leftoversOf(kept, lessonId);
      if (ended) await keepOnly(kept, lessonId, found);
      if (turn === this.turn) this.list = found;
    } catch (error) {
      console.warn('What is kept of the lesson cannot be read:', error);
    }
  }

  async throwAway(leftover: Leftover): Promise<void> {
    this.list = this.list.filter((one) => one !== leftover);
    await throwAway(await openKept(this.personId), leftover);
  }
}
