import type { EventStore, Position, RecordedEvent } from '../store/event-store.ts';
import { changeAt } from './paths.ts';
import { ERASED, SEALED, sealedFieldsOf } from './sealed-fields.ts';
import { ownerOf } from './sealed-store.server.ts';

const PAGE = 1_000;

/**
 * Every text in the log that is sealed for this person, as it reads now: what must be looked for elsewhere before the key
 * is destroyed. Reads all events of the types that can hold any.
 */
export async function wordsOf(store: Pick<EventStore, 'readAll'>, personId: string): Promise<ReadonlySet<string>> {
  const words = new Set<string>();
  let after: Position | undefined;
  for (;;) {
    const page: readonly RecordedEvent[] = await store.readAll({
      ...(after !== undefined && { after }),
      limit: PAGE,
      filter: { types: Object.keys(SEALED) },
    });
    for (const event of page) {
      const fields = sealedFieldsOf(event.type);
      if (!fields || ownerOf(event, fields) !== personId) continue;
      for (const path of fields.paths)
        changeAt(event.data, path, (value) => {
          if (typeof value === 'string' && value !== '' && value !== ERASED) words.add(value);
          return value;
        });
    }
    after = page.at(-1)?.position;
    if (after === undefined || page.length < PAGE) return words;
  }
}
