/** Muting people in the lesson's chat: the host's, from the list of people. */
import { createSubscriber } from 'svelte/reactivity';
import type * as Y from 'yjs';
import { RIGHTS, readRights, setRights } from '#sync/documents/rights.ts';

export interface Muting {
  /** Reactive in a component. */
  isMuted(personId: string): boolean;
  mute(personId: string, on: boolean): void;
}

export function mutingIn(chat: Y.Doc, hostId: string): Muting {
  const track = createSubscriber((update) => {
    const rights = chat.getMap<unknown>(RIGHTS);
    rights.observe(update);
    return () => rights.unobserve(update);
  });
  return {
    isMuted(personId) {
      track();
      return readRights(chat, 'chat').muted.has(personId);
    },
    mute: (personId, on) => setRights(chat, hostId, { kind: 'mute', personId, value: on }),
  };
}
