/**
 * The event store with personal data sealed on the way in and opened on the way out. The chain covers the sealed bytes,
 * so that erasing a person changes no byte of the log. Ids and revisions are untouched: the store compares ids only.
 */
import type { ChainedStore } from '../store/chain.ts';
import {
  InvalidEvent,
  type EventBody,
  type EventMeta,
  type EventStore,
  type Group,
  type NewEvent,
  type RecordedEvent,
} from '../store/event-store.ts';
import { changeAt } from './paths.ts';
import { isSealed, open, seal } from './seal.server.ts';
import { ERASED, erasedText, NOBODY, sealedFieldsOf, type SealedFields } from './sealed-fields.ts';
import type { PersonKeys, Vault } from './vault.server.ts';

export interface SealedStoreOptions {
  readonly log?: { error(details: Readonly<Record<string, unknown>>, message: string): void };
}

interface Described {
  readonly type: string;
  readonly data: EventBody['data'];
  readonly meta: EventMeta;
}

/** Both stay the caller's; `close` closes the store alone. */
export function sealedStore(
  store: EventStore & ChainedStore,
  vault: Vault,
  { log }: SealedStoreOptions = {},
): EventStore & ChainedStore {
  async function sealAll(events: readonly NewEvent[]): Promise<readonly NewEvent[]> {
    const owners = new Set<string>();
    for (const event of events) {
      const fields = sealedFieldsOf(event.type);
      if (fields && holds(event, fields, isText)) add(owners, ownerToSeal(event, fields));
    }
    if (owners.size === 0) return events;
    const keys = await vault.keysFor(owners);
    return events.map((event) => {
      const fields = sealedFieldsOf(event.type);
      const owner = fields && ownerOf(event, fields);
      const key = owner === null || owner === undefined ? undefined : keys.get(owner);
      if (!fields || key === undefined) return event;
      return {
        ...event,
        data: changed(event.data, fields, (value, field) =>
          isText(value) ? seal(writable(value, `${event.type}.${field}`), key, `${event.id} ${field}`) : value,
        ),
      };
    });
  }

  async function openAll(events: readonly RecordedEvent[]): Promise<readonly RecordedEvent[]> {
    const owners = new Set<string>();
    for (const event of events) {
      const fields = sealedFieldsOf(event.type);
      if (fields && holds(event, fields, isSealed)) add(owners, ownerOf(event, fields));
    }
    if (owners.size === 0) return events;
    const keys = await vault.knownKeys(owners);
    return events.map((event) => {
      const fields = sealedFieldsOf(event.type);
      return fields ? { ...event, data: opened(event, fields, keys) } : event;
    });
  }

  function opened(event: RecordedEvent, fields: SealedFields, keys: PersonKeys): EventBody['data'] {
    const owner = ownerOf(event, fields) ?? '';
    return changed(event.data, fields, (value, field) => {
      if (!isSealed(value)) return value;
      const erased = erasedText(fields, nameOf(field), owner);
      try {
        return open(value, keys.get(owner) ?? null, `${event.id} ${field}`) ?? erased;
      } catch (error) {
        // The chain tells who changed it; money must not stand still for a note that cannot be read.
        log?.error(
          { err: error, alert: 'seal-broken', position: event.position, field },
          'a sealed text does not open',
        );
        return erased === ERASED ? '[unreadable]' : erased;
      }
    });
  }

  return {
    kind: store.kind,
    append: async (stream, expected, events) => store.append(stream, expected, await sealAll(events)),
    read: async (stream, options) => openAll(await store.read(stream, options)),
    readAll: async (options) => openAll(await store.readAll(options)),
    head: () => store.head(),
    subscribe: (options) =>
      store.subscribe({ ...options, onEvents: async (events) => options.onEvents(await openAll(events)) }),
    group: (name, options) => openedGroup(store.group(name, options), openAll),
    // As stored: what is sealed stays so, because the chain is over these bytes.
    chainRecords: (options) => store.chainRecords(options),
    chainHead: () => store.chainHead(),
    close: () => store.close(),
  };
}

function openedGroup(
  group: Group,
  openAll: (events: readonly RecordedEvent[]) => Promise<readonly RecordedEvent[]>,
): Group {
  return {
    consume: (handler, options) =>
      group.consume(async (event, attempt) => {
        const [opened = event] = await openAll([event]);
        return handler(opened, attempt);
      }, options),
    async parked(limit) {
      const parked = await group.parked(limit);
      const events = await openAll(parked.map(({ event }) => event));
      return parked.map((one, index) => ({ ...one, event: events[index] ?? one.event }));
    },
    replayParked: () => group.replayParked(),
  };
}

/** The store would refuse such a text, and must not be spared the look because it is sealed. */
function writable(text: string, field: string): string {
  if (text.isWellFormed() && !text.includes('\u0000')) return text;
  throw new InvalidEvent(`${field} holds half of a surrogate pair, or U+0000`);
}

const isText = (value: unknown): value is string => typeof value === 'string';

function changed(
  data: EventBody['data'],
  fields: SealedFields,
  change: (value: unknown, field: string) => unknown,
): EventBody['data'] {
  return fields.paths.reduce((so, path) => changeAt(so, path, change), data);
}

function holds({ data }: Described, fields: SealedFields, what: (value: unknown) => boolean): boolean {
  let found = false;
  changed(data, fields, (value) => {
    found ||= what(value);
    return value;
  });
  return found;
}

/** Whose words they are; null where they are nobody's, such as a reason that a process gives. */
export function ownerOf({ data, meta }: Described, { owner }: SealedFields): string | null {
  const id = owner === 'actor' ? (meta.actor.kind === 'person' ? meta.actor.id : null) : data[owner];
  return typeof id === 'string' && id !== '' && !NOBODY.has(id) ? id : null;
}

function ownerToSeal(event: Described, fields: SealedFields): string | null {
  if (fields.owner !== 'actor' && typeof event.data[fields.owner] !== 'string') {
    throw new InvalidEvent(`${event.type} does not name ${fields.owner}, whose words it holds`);
  }
  return ownerOf(event, fields);
}

const add = (set: Set<string>, id: string | null): void => void (id !== null && set.add(id));

/** `offers.0.title` → `offers.*.title`. */
const nameOf = (field: string): string => field.replace(/\.\d+(?=\.|$)/g, '.*');
