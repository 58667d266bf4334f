/**
 * Keeps one document: what this person writes at once, what others write gathered, and tells this person's other tabs what
 * is not on its way to the server. Storing may fail; then it is said, and the page goes on without.
 */
import * as Y from 'yjs';
import type { Clocks, Kept, Refused } from './contract.ts';

/** What others wrote is on the server: it may wait, ms. */
const HEARD_MS = 2_000;
/** A write that fails is tried again after `HEARD_MS`, then after twice as long each time, up to this; ms. */
const MOST_WAIT_MS = 60_000;

/** Between tabs of one person. */
type Word =
  | { readonly kind: 'update'; readonly bytes: Uint8Array; readonly own: Clocks }
  | { readonly kind: 'begins'; readonly bytes: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: string };

function wordOf(data: unknown): Word | null {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return null;
  const { kind } = data;
  if (kind === 'refused')
    return 'reason' in data && typeof data.reason === 'string' ? { kind, reason: data.reason } : null;
  if (!('bytes' in data) || !(data.bytes instanceof Uint8Array)) return null;
  const { bytes } = data;
  if (kind === 'begins') return { kind, bytes };
  return kind === 'update' && 'own' in data && data.own instanceof Map ? { kind, bytes, own: data.own } : null;
}

export interface KeeperPorts {
  readonly kept: Kept;
  readonly name: string;
  readonly code: string;
  /** Another tab of this person has this, which may not be on its way to the server; `own`: how far they wrote. */
  readonly onOtherTab: (update: Uint8Array, own: Clocks) => void;
  /** Another tab begins with what this state vector says. What it lacks; null for nothing. */
  readonly onAsked: (vector: Uint8Array) => { readonly update: Uint8Array; readonly own: Clocks } | null;
  /** Another tab heard that something of this person was not taken, and has put it aside. */
  readonly onRefused: (reason: string) => void;
  /** Whether what is written is kept has changed. */
  readonly onChange: () => void;
}

export class Keeper {
  private readonly ports: KeeperPorts;
  private tabs: BroadcastChannel | null;
  private waiting: Uint8Array[] = [];
  private own = new Map<number, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private failed: boolean;
  /** Writes that failed since the last one that did not. */
  private failures = 0;
  /** What is to stand for all that is kept, as soon as the server has all of that. */
  private whole: (() => Uint8Array) | null = null;

  constructor(ports: KeeperPorts) {
    this.ports = ports;
    this.failed = !ports.kept.lasting;
    this.tabs =
      typeof BroadcastChannel === 'undefined'
        ? null
        : new BroadcastChannel(`nexused-classroom ${ports.kept.personId} ${ports.name}`);
    if (this.tabs) this.tabs.onmessage = ({ data }: MessageEvent<unknown>) => this.hear(wordOf(data));
  }

  /** False: what is written now is lost with the page. */
  get works(): boolean {
    return !this.failed;
  }

  /** This page wrote, up to `own`. */
  wrote(update: Uint8Array, own: Clocks): void {
    this.waiting.push(update);
    for (const [client, clock] of own) this.own.set(client, clock);
    if (this.failures === 0) this.flush();
    else this.flushLater();
  }

  /** Others wrote. */
  heard(update: Uint8Array): void {
    this.waiting.push(update);
    this.flushLater();
  }

  /** For this person's other tabs: they may have a connection. */
  tellTabs(update: Uint8Array, own: Clocks): void {
    this.say({ kind: 'update', bytes: update, own });
  }

  /** This page begins with what the device has; another tab may have heard more. */
  askTabs(vector: Uint8Array): void {
    this.say({ kind: 'begins', bytes: vector });
  }

  /** Puts the whole of a document in the place of what is kept of it, when no tab waits for the server any more. */
  replace(whole: () => Uint8Array): void {
    this.whole = whole;
    void this.tryReplace();
  }

  markSafe(clocks: Clocks): void {
    void this.try(() => this.ports.kept.markSafe(this.ports.name, clocks));
    void this.tryReplace();
  }

  /** Puts it aside, and lets other tabs know. */
  refuse(refused: Refused): void {
    void this.try(() => this.ports.kept.addRefused(this.ports.name, refused));
    this.say({ kind: 'refused', reason: refused.reason });
  }

  forgetRefused(): void {
    void this.try(() => this.ports.kept.forgetRefused(this.ports.name));
  }

  private flushLater(): void {
    this.timer ??= setTimeout(
      () => this.flush(),
      Math.min(MOST_WAIT_MS, HEARD_MS * 2 ** Math.max(0, this.failures - 1)),
    );
  }

  /** Writes what waits; one write at a time. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.running || this.waiting.length === 0) return;
    const [updates, own] = [this.waiting, this.own];
    this.waiting = [];
    this.own = new Map();
    const { kept, name, code } = this.ports;
    this.running = kept
      .write(name, code, updates, own)
      .then(
        () => {
          this.failures = 0;
          this.tell(!kept.lasting);
        },
        (error: unknown) => {
          // Full, or taken away by the browser. The page has it still; a later write tries again with it, as one.
          this.failures += 1;
          this.waiting = [Y.mergeUpdates([...updates, ...this.waiting])];
          for (const [client, clock] of own) if (!this.own.has(client)) this.own.set(client, clock);
          console.warn('The classroom could not be kept on this device:', error);
          this.tell(true);
          return 'failed' as const;
        },
      )
      .then((outcome) => {
        this.running = null;
        if (outcome !== 'failed' && this.own.size > 0) this.flush();
        else if (this.waiting.length > 0) this.flushLater();
      });
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    this.flush();
    await this.running;
    clearTimeout(this.timer);
    await this.tryReplace();
    this.tabs?.close();
    this.tabs = null;
  }

  private hear(word: Word | null): void {
    if (word?.kind === 'update') this.ports.onOtherTab(word.bytes, word.own);
    if (word?.kind === 'refused') this.ports.onRefused(word.reason);
    const missing = word?.kind === 'begins' ? this.ports.onAsked(word.bytes) : null;
    if (missing) this.tellTabs(missing.update, missing.own);
  }

  private say(word: Word): void {
    this.tabs?.postMessage(word);
  }

  private tell(failed: boolean): void {
    if (failed === this.failed) return;
    this.failed = failed;
    this.ports.onChange();
  }

  private async tryReplace(): Promise<void> {
    const { whole } = this;
    if (!whole) return;
    await this.try(async () => {
      if (this.whole === whole && (await this.ports.kept.replace(this.ports.name, whole()))) this.whole = null;
    });
  }

  /** Behind what is being written, so that it finds its document. */
  private try(act: () => Promise<void>): Promise<void> {
    return Promise.resolve(this.running)
      .then(act)
      .catch((error: unknown) => {
        console.warn('The classroom could not be kept on this device:', error);
        this.tell(true);
      });
  }
}
