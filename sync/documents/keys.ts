/**
 * Keys of the entries in a shared document: `<client>.<n>`, both in base 36. The client is the Yjs client id under which
 * the entry was begun, so that a key can be given out by nobody but its author, and no two authors ever write the same one.
 */
const ENTRY = /^([0-9a-z]{1,11})\.[0-9a-z]{1,8}$/;
const CLIENT = /^[0-9a-z]{1,11}$/;

/** The key of a client's n-th entry. */
export const entryKey = (client: number, n: number): string => `${client.toString(36)}.${n.toString(36)}`;

/** The key under which a client introduces its person. */
export const clientKey = (client: number): string => client.toString(36);

function parseClient(text: string): number | null {
  const client = Number.parseInt(text, 36);
  // Only the shortest spelling, so that one client has one key.
  return Number.isSafeInteger(client) && client.toString(36) === text ? client : null;
}

/** The client id in an entry's key, or null when it is not one. */
export function clientOfEntry(key: string): number | null {
  const match = ENTRY.exec(key);
  return match?.[1] === undefined ? null : parseClient(match[1]);
}

/** The client id in a key of `people`, or null when it is not one. */
export const clientOfPerson = (key: string): number | null => (CLIENT.test(key) ? parseClient(key) : null);
