/** Closes a switch over a union: a case that is missing does not compile. */
export function never(value: never, what = 'case'): never {
  throw new Error(`Unknown ${what}: ${JSON.stringify(value)}`);
}
