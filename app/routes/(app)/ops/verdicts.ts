import type { ProposedVerdict } from '#app/server/proposed-verdicts.server.ts';

/** What the facts speak for, by booking id; of those that could be worked out. */
export type Verdicts = Readonly<Record<string, ProposedVerdict>>;
