/** What `Timeline` shows: one row an event, already in words. */
export interface TimelineEntry {
  readonly id: string;
  /** Business time, ms. */
  readonly at: number;
  readonly lane: string;
  readonly words: string;
  /** Softer words under the sentence, such as who did it. */
  readonly detail?: string;
  /** Paise that moved. */
  readonly amount?: number;
  readonly tone?: 'key' | 'now' | 'loss';
  /** The raw event, shown on demand; leave out where people may not see it. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export interface TimelineLaneName {
  readonly id: string;
  readonly label: string;
}
