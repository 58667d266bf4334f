/** Closes a switch over a union: a case that is missing does not compile. */
export function never(value: never, what = 'case'): never {
  throw new Error(`Unknown ${what}: ${JSON.stringify(value)}`);
}

/** For `evolve`: a history that no decider could have written. Going on would build money or attendance on a broken log. */
export function impossible(event: { readonly type: string }, state: { readonly kind: string }): never {
  throw new Error(`The log is broken: ${event.type} cannot follow the state "${state.kind}".`);
}
