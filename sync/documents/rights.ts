/**
 * What the host allows: `rights`, in the lesson's board and chat, a name → `{ by, v }`, written by the host only. The last
 * one holds. The server reads it as it arrives, so that it holds from the next stroke on.
 *
 * - board: `write`, `may:<person>`, `pages`, `lock:<page>`, `follow`, `turn`, `at`, `reveal`, `closed`;
 * - chat: `closed`, `mute:<person>`, `private`, `pin:<message>`.
 */
import type * as Y from 'yjs';
import { clientOfEntry } from './keys.ts';
import type { Surface } from './names.ts';

export const RIGHTS = 'rights';
export const RIGHTS_ORIGIN = 'rights';

/** Who may write on the board, unless something else is said of a person. `picked`: only those. */
export const WRITE_RULES = ['everyone', 'nobody', 'picked'] as const;
export type WriteRule = (typeof WRITE_RULES)[number];

export interface Rights {
  readonly write: WriteRule;
  /** Said of single people: a person → may write. Goes before `write`. */
  readonly may: ReadonlyMap<string, boolean>;
  /** Whether those who write add pages to the class's board, too. */
  readonly pages: boolean;
  /** Keys of pages on which only the host writes. */
  readonly locked: ReadonlySet<string>;
  /** Everybody sees what the host sees, and nobody wanders off. */
  readonly follow: boolean;
  /** The page to which the host turned everybody last; null before the first time. */
  readonly turn: string | null;
  /** The page on which the host stayed last; null before the first time. It takes nobody along. */
  readonly at: string | null;
  /** The student whose own board everybody may see. */
  readonly reveal: string | null;
  /** Only the host writes: on the board as a whole, or in the chat. */
  readonly closed: boolean;
  /** People who may not write in the chat. */
  readonly muted: ReadonlySet<string>;
  /** Whether students may write to the host alone. */
  readonly privateLines: boolean;
  /** Keys of messages. */
  readonly pinned: ReadonlySet<string>;
}

/** What holds while the host said nothing. */
export const FREE: Rights = {
  write: 'everyone',
  may: new Map(),
  pages: true,
  locked: new Set(),
  follow: false,
  turn: null,
  at: null,
  reveal: null,
  closed: false,
  muted: new Set(),
  privateLines: true,
  pinned: new Set(),
};

/** One thing that the host says. */
export type RightsChange =
  | { readonly kind: 'write'; readonly value: WriteRule }
  | { readonly kind: 'may'; readonly personId: string; readonly value: boolean | null }
  | { readonly kind: 'lock'; readonly page: string; readonly value: boolean }
  | { readonly kind: 'pages' | 'follow'; readonly value: boolean }
  | { readonly kind: 'turn' | 'at'; readonly page: string }
  | { readonly kind: 'reveal'; readonly personId: string | null }
  | { readonly kind: 'closed'; readonly value: boolean }
  | { readonly kind: 'mute'; readonly personId: string; readonly value: boolean }
  | { readonly kind: 'private'; readonly value: boolean }
  | { readonly kind: 'pin'; readonly message: string; readonly value: boolean };

export interface StoredRight {
  readonly by: string;
  readonly v: string | boolean | null;
}

/** Why somebody may not write. Stable codes, also on the wire. */
export const RIGHTS_REASONS = [
  'board-locked',
  'page-locked',
  'item-locked',
  'pages-closed',
  'no-write',
  'chat-closed',
  'muted',
  'private-closed',
] as const;
export type RightsReason = (typeof RIGHTS_REASONS)[number];

const PERSON = /^[A-Za-z0-9_-]{1,64}$/;
const isPerson = (text: string): boolean => PERSON.test(text);
const isEntry = (text: string): boolean => clientOfEntry(text) !== null;

/** The change that `v` under `key` makes on this surface; null when it is something else. */
function changeFrom(surface: Surface, key: string, v: unknown): RightsChange | null {
  const at = key.indexOf(':');
  const [kind, about] = at < 0 ? [key, ''] : [key.slice(0, at), key.slice(at + 1)];
  const flag = typeof v === 'boolean' ? v : null;
  switch (`${surface} ${kind}${at < 0 ? '' : ':'}`) {
    case 'board write': {
      const value = WRITE_RULES.find((rule) => rule === v);
      return value ? { kind: 'write', value } : null;
    }
    case 'board may:':
      return isPerson(about) && (flag !== null || v === null) ? { kind: 'may', personId: about, value: flag } : null;
    case 'board lock:':
      return isEntry(about) && flag !== null ? { kind: 'lock', page: about, value: flag } : null;
    case 'board pages':
    case 'board follow':
      return flag === null ? null : { kind: key === 'pages' ? 'pages' : 'follow', value: flag };
    case 'board turn':
    case 'board at':
      if (typeof v !== 'string' || !isEntry(v)) return null;
      return { kind: key === 'at' ? 'at' : 'turn', page: v };
    case 'board reveal':
      if (v === null) return { kind: 'reveal', personId: null };
      return typeof v === 'string' && isPerson(v) ? { kind: 'reveal', personId: v } : null;
    case 'board closed':
    case 'chat closed':
      return flag === null ? null : { kind: 'closed', value: flag };
    case 'chat mute:':
      return isPerson(about) && flag !== null ? { kind: 'mute', personId: about, value: flag } : null;
    case 'chat private':
      return flag === null ? null : { kind: 'private', value: flag };
    case 'chat pin:':
      return isEntry(about) && flag !== null ? { kind: 'pin', message: about, value: flag } : null;
    default:
      return null;
  }
}

/** A right as stored under `key`, and who set it; null when it is something else. */
export function parseRight(
  surface: Surface,
  key: string,
  stored: unknown,
): { readonly by: string; readonly change: RightsChange } | null {
  if (typeof stored !== 'object' || stored === null || !('by' in stored) || !('v' in stored)) return null;
  if (typeof stored.by !== 'string') return null;
  const change = changeFrom(surface, key, stored.v);
  return change && { by: stored.by, change };
}

/** Key and value under which a change is stored. */
function placeOf(change: RightsChange): { key: string; v: StoredRight['v'] } {
  switch (change.kind) {
    case 'may':
      return { key: `may:${change.personId}`, v: change.value };
    case 'mute':
      return { key: `mute:${change.personId}`, v: change.value };
    case 'lock':
      return { key: `lock:${change.page}`, v: change.value };
    case 'pin':
      return { key: `pin:${change.message}`, v: change.value };
    case 'turn':
    case 'at':
      return { key: change.kind, v: change.page };
    case 'reveal':
      return { key: 'reveal', v: change.personId };
    default:
      return { key: change.kind, v: change.value };
  }
}

function withMember(set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}

/** The rights after one more change. */
export function applyRight(rights: Rights, change: RightsChange): Rights {
  switch (change.kind) {
    case 'write':
      return { ...rights, write: change.value };
    case 'may': {
      const may = new Map(rights.may);
      if (change.value === null) may.delete(change.personId);
      else may.set(change.personId, change.value);
      return { ...rights, may };
    }
    case 'lock':
      return { ...rights, locked: withMember(rights.locked, change.page, change.value) };
    case 'pages':
    case 'follow':
      return { ...rights, [change.kind]: change.value };
    case 'turn':
    case 'at':
      return { ...rights, [change.kind]: change.page };
    case 'reveal':
      return { ...rights, reveal: change.personId };
    case 'closed':
      return { ...rights, closed: change.value };
    case 'mute':
      return { ...rights, muted: withMember(rights.muted, change.personId, change.value) };
    case 'private':
      return { ...rights, privateLines: change.value };
    case 'pin':
      return { ...rights, pinned: withMember(rights.pinned, change.message, change.value) };
  }
}

/** Everything that the host said in a document. */
export function readRights(doc: Y.Doc, surface: Surface): Rights {
  let rights = FREE;
  for (const [key, stored] of doc.getMap<unknown>(RIGHTS).entries()) {
    const found = parseRight(surface, key, stored);
    if (found) rights = applyRight(rights, found.change);
  }
  return rights;
}

/** Says something as the host, in one transaction. The server takes it from nobody else. */
export function setRights(doc: Y.Doc, hostId: string, ...changes: readonly RightsChange[]): void {
  const rights = doc.getMap<unknown>(RIGHTS);
  doc.transact(() => {
    for (const change of changes) {
      const { key, v } = placeOf(change);
      rights.set(key, { by: hostId, v } satisfies StoredRight);
    }
  }, RIGHTS_ORIGIN);
}

/** Why a person may not write anywhere on this surface, or null. */
export function whyReadOnly(
  rights: Rights,
  surface: Surface,
  personId: string,
  host: boolean,
): Exclude<RightsReason, 'page-locked' | 'item-locked' | 'pages-closed' | 'private-closed'> | null {
  if (host) return null;
  if (surface === 'chat') return rights.closed ? 'chat-closed' : rights.muted.has(personId) ? 'muted' : null;
  if (rights.closed) return 'board-locked';
  return (rights.may.get(personId) ?? rights.write === 'everyone') ? null : 'no-write';
}

/** Why a person may not write on a page of the board, or null. */
export function whyNotOn(rights: Rights, personId: string, host: boolean, page: string): RightsReason | null {
  const anywhere = whyReadOnly(rights, 'board', personId, host);
  return anywhere ?? (!host && rights.locked.has(page) ? 'page-locked' : null);
}

/** Whether a person may write on a page of the board. */
export const mayWriteOn = (rights: Rights, personId: string, host: boolean, page: string): boolean =>
  whyNotOn(rights, personId, host, page) === null;

/** One thing that holds: what, who said it, and the struct that says it. */
export interface StandingRight {
  readonly client: number;
  readonly clock: number;
  readonly by: string;
  readonly change: RightsChange;
}

/** What the host said last of each thing, in the order in which a client said it. */
export function standingRights(doc: Y.Doc, surface: Surface): readonly StandingRight[] {
  const standing: StandingRight[] = [];
  const map = doc.getMap<unknown>(RIGHTS);
  for (const [key, item] of map._map) {
    const found = item.deleted ? null : parseRight(surface, key, map.get(key));
    if (found) standing.push({ ...item.id, ...found });
  }
  return standing.sort((one, other) => one.client - other.client || one.clock - other.clock);
}
