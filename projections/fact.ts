import type { KnownEvent } from '#events/handling/registry.ts';

/** An event of the log, in today's shape: `switch (fact.type)` narrows its data. */
export type Fact = KnownEvent;

export { recognise } from '#events/handling/registry.ts';
