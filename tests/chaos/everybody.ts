/** Whether everybody of a room has everybody else once, with packets that arrive, and how long that took. */
import type { WireClient } from '#sfu/testing/wire-client.server.ts';

export interface Times {
  readonly p50: number;
  readonly max: number;
}

/** Of a room: who is in it, and their client; null while they come back. */
export type People = ReadonlyMap<string, WireClient | null>;

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function timesOf(values: readonly number[]): Times {
  const sorted = values.toSorted((one, other) => one - other);
  return { p50: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0), max: Math.round(sorted.at(-1) ?? 0) };
}

export async function waitFor(holds: () => boolean, ms: number): Promise<void> {
  const until = performance.now() + ms;
  while (!holds() && performance.now() < until) await sleep(10);
}

/**
 * Until everybody has everybody's microphone and camera, each once, with packets that came after `at`
 * (`performance.now()`). What is missing after `within` wall ms is a problem.
 */
export async function settled(
  rooms: () => readonly People[],
  settings: { readonly at: number; readonly within: number; readonly problems: string[]; readonly when: string },
): Promise<{ readonly sound: number; readonly pictures: number }> {
  const { at, within, problems, when } = settings;
  const missing = (source: 'microphone' | 'camera'): string | null => {
    for (const people of rooms())
      for (const [name, person] of people) {
        const wanted = [...people.keys()].filter((other) => other !== name).map((other) => `${other} ${source}`);
        const of = (all: readonly string[] = []): string => all.filter((one) => one.endsWith(source)).join(', ');
        const goal = wanted.toSorted().join(', ');
        if (of(person?.all) !== goal) return `${name} has ${of(person?.all)} for ${goal}`;
        const arriving = of(person?.arriving(at));
        if (arriving !== goal) return `to ${name} comes ${arriving} for ${goal}`;
      }
    return null;
  };
  await waitFor(() => missing('microphone') === null, within);
  const sound = performance.now() - at;
  await waitFor(() => missing('camera') === null && missing('microphone') === null, within);
  const pictures = performance.now() - at;
  const still = missing('camera') ?? missing('microphone');
  if (still !== null) problems.push(`After ${when} ${still}`);
  return { sound, pictures };
}
