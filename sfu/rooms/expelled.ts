/** A ticket outlives the decision to take someone out of a lesson; until it has run out, this list is stronger. */
const TICKET_MS = 15 * 60_000;

export class Expelled {
  readonly #until = new Map<string, number>();

  /** @param now wall time, ms. */
  add(lessonId: string, personId: string, now: number): void {
    for (const [key, until] of this.#until) if (until <= now) this.#until.delete(key);
    this.#until.set(`${lessonId}/${personId}`, now + TICKET_MS);
  }

  /** They have a place in the lesson again. */
  lift(lessonId: string, personId: string): void {
    this.#until.delete(`${lessonId}/${personId}`);
  }

  has(lessonId: string, personId: string, now: number): boolean {
    return (this.#until.get(`${lessonId}/${personId}`) ?? 0) > now;
  }
}
