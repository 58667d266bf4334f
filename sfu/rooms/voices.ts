/**
 * Whose voice reaches everybody. In a small room everyone's does; in a large one the hosts' and those heard last, so that
 * forty open microphones are not forty streams to each of fifty people.
 */
export const MOST_VOICES = 8;

export interface Voice {
  /** A host or a co-host: heard whatever the others do. */
  readonly always: boolean;
  readonly open: boolean;
  /** Rises with each time they are heard; the highest spoke last. */
  readonly heard: number;
}

/**
 * Which of these are heard. Someone who is heard stays so until `most` others have spoken after them, so that nobody
 * drops out between two sentences; closed microphones give way first.
 *
 * @param voices by the id of what they send.
 * @param most beside the hosts'.
 */
export function audible(voices: ReadonlyMap<string, Voice>, most: number): ReadonlySet<string> {
  const always = [...voices].filter(([, voice]) => voice.always);
  const others = [...voices]
    .filter(([, voice]) => !voice.always)
    .toSorted(([, a], [, b]) => Number(b.open) - Number(a.open) || b.heard - a.heard);
  return new Set([...always, ...others.slice(0, most)].map(([id]) => id));
}
