/** Which of this page's messages the server has not yet said to be safe. */
import { createSubscriber } from 'svelte/reactivity';
import type { ConnectedDocument } from '../classroom/sync.ts';

export class Sending {
  private readonly document: Pick<ConnectedDocument, 'doc' | 'unsaved'>;
  private readonly track: () => void;
  private changed: () => void = () => undefined;
  /** Own changes that this page has seen. */
  private made = 0;
  /** Message → how many changes there were with it. */
  private readonly sent = new Map<string, number>();

  constructor(document: Pick<ConnectedDocument, 'doc' | 'unsaved'>) {
    this.document = document;
    this.track = createSubscriber((update) => {
      this.changed = update;
      return () => (this.changed = () => undefined);
    });
    document.doc.on('update', this.onUpdate);
  }

  private readonly onUpdate = (_bytes: Uint8Array, _origin: unknown, _doc: unknown, { local }: { local: boolean }) => {
    if (local) this.made += 1;
  };

  /** This message was just written by this page. */
  wrote(key: string): void {
    this.sent.set(key, this.made);
    this.changed();
  }

  /** Whether it may still be lost. Reactive in a component. */
  isPending(key: string): boolean {
    this.track();
    const { unsaved } = this.document;
    const at = this.sent.get(key);
    if (at === undefined) return false;
    // Changes are made safe in their order: the last `unsaved` ones are not.
    if (unsaved > this.made - at) return true;
    this.sent.delete(key);
    return false;
  }

  destroy(): void {
    this.document.doc.off('update', this.onUpdate);
  }
}
