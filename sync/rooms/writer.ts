/** Who writes, where and when: what every rule looks at. */
import { clientOfEntry } from '../documents/keys.ts';

/** Who writes: the owner of the struct's client id, under the name of their ticket. */
export interface Writer {
  readonly personId: string;
  /** Null when somebody else brings what they wrote: then any name passes. */
  readonly name: string | null;
  /** Whether they may change what others drew. */
  readonly host: boolean;
  /** A server-side author, who may write a message little by little. */
  readonly streams?: boolean;
  /** Arranges the pages of this board, which is their own. */
  readonly arranges?: boolean;
  /** Pins messages where nobody is the host: one of the two of a direct conversation. */
  readonly pins?: boolean;
}

/** Where and when something is written. */
export interface Moment {
  /** The id under which it is written. */
  readonly client: number;
  /** Whether this client wrote here before, where one writes once. */
  readonly again: boolean;
  /** Wall ms. */
  readonly now: number;
}

export type OwnerOf = (client: number) => string | undefined;

/** Whether an entry's key was given out by the writer. */
export function ownsEntry(key: string, writer: Writer, ownerOf: OwnerOf): boolean {
  const client = clientOfEntry(key);
  return client !== null && ownerOf(client) === writer.personId;
}
