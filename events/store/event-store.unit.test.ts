import { eventStoreContract } from './contract.ts';
import { MAX_EVENT_BYTES } from './check.ts';
import { happened } from './contract-support.ts';
import { inMemoryStore } from './in-memory.ts';

eventStoreContract('in memory', async () => {
  const store = inMemoryStore();
  return {
    store,
    another: async () => store,
    async rollBackAppend(stream, events) {
      // Memory has no transaction to undo: what throws is the batch's last event, after the others were looked at.
      const last = happened('A', { text: 'x'.repeat(MAX_EVENT_BYTES) });
      await store.append(stream, 'any', [...events, last]).then(
        () => {
          throw new Error('it was taken');
        },
        () => undefined,
      );
    },
    close: () => store.close(),
  };
});
