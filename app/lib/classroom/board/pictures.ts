/**
 * The pictures of a board's files: fetched when they are first drawn, decoded beside the page's own work, and let go when
 * they take too much memory and were not drawn for a while.
 */
import type { Pictures } from '#sync/draw/image.ts';

interface Entry {
  /** `failed` is tried again after a while; `missing` is not: there is no such file, or it cannot be shown. */
  state: 'waiting' | 'loading' | 'here' | 'failed' | 'missing';
  full: ImageBitmap | null;
  small: ImageBitmap | null;
  /** Wall ms. */
  drawn: number;
  tries: number;
}

const MB = 1_048_576;
/** Decoded pictures that are kept, bytes. */
const MOST_BYTES = 192 * MB;
/** What was drawn within this is not let go, wall ms: it is what one looks at. */
const IN_SIGHT_MS = 10_000;
/** Larger ones are shown as large as this, pixels; files take the whole. */
const MOST_SIDE = 3_072;
const SMALL_SIDE = 320;
const AT_ONCE = 4;
/** After a failure, ms; then twice as long, and so on. */
const AGAIN_MS = 2_000;
const MOST_AGAIN_MS = 60_000;

const bytesOf = (bitmap: ImageBitmap | null): number => (bitmap ? bitmap.width * bitmap.height * 4 : 0);

/** At most `most` pixels on its longer side. */
async function shrunk(bitmap: ImageBitmap, most: number): Promise<ImageBitmap> {
  const part = most / Math.max(bitmap.width, bitmap.height);
  if (part >= 1) return bitmap;
  const resizeWidth = Math.max(1, Math.round(bitmap.width * part));
  const resizeHeight = Math.max(1, Math.round(bitmap.height * part));
  return createImageBitmap(bitmap, { resizeWidth, resizeHeight, resizeQuality: 'medium' });
}

export class BoardPictures {
  private readonly from: string | null;
  private readonly entries = new Map<string, Entry>();
  private readonly listeners = new Set<(file: string) => void>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private readonly stop = new AbortController();
  private loading = 0;

  /** @param from where the files are, such as `/api/v1/lessons/{code}/files`; null when this board has none. */
  constructor(from: string | null) {
    this.from = from;
    // Whoever was away asks at once for what failed meanwhile.
    window.addEventListener('online', () => this.again(), { signal: this.stop.signal });
  }

  /** As large as it is to be seen; a small one until that is here. */
  readonly full: Pictures = (file) => {
    const entry = this.ask(file);
    entry.drawn = Date.now();
    if (entry.state === 'here' && !entry.full) {
      // It was let go to make room.
      entry.state = 'waiting';
      this.more();
    }
    return entry.full ?? entry.small;
  };

  /** For thumbnails. */
  readonly small: Pictures = (file) => {
    const entry = this.ask(file);
    return entry.small ?? entry.full;
  };

  /** Calls back when a picture is here. Returns the way to stop. */
  onCame(listener: (file: string) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** The bytes of a file: from the browser's own cache, where they were shown. Null when there is no such file. @throws */
  async blob(file: string): Promise<Blob | null> {
    if (this.from === null) return null;
    const answer = await fetch(`${this.from}/${file}`, { signal: this.stop.signal });
    if (answer.status === 404) return null;
    if (!answer.ok) throw new Error(`The file answered ${answer.status}`);
    return answer.blob();
  }

  /** A file of this browser: it is shown without being fetched. */
  async give(file: string, blob: Blob): Promise<void> {
    const entry = this.entry(file);
    if (entry.state === 'waiting') await this.decode(file, entry, blob);
  }

  destroy(): void {
    this.stop.abort();
    for (const timer of this.timers) clearTimeout(timer);
    for (const { full, small } of this.entries.values()) {
      full?.close();
      small?.close();
    }
    this.entries.clear();
    this.listeners.clear();
  }

  private entry(file: string): Entry {
    let entry = this.entries.get(file);
    if (!entry) this.entries.set(file, (entry = { state: 'waiting', full: null, small: null, drawn: 0, tries: 0 }));
    return entry;
  }

  private ask(file: string): Entry {
    const known = this.entries.has(file);
    const entry = this.entry(file);
    if (!known) this.more();
    return entry;
  }

  private again(): void {
    for (const entry of this.entries.values()) if (entry.state === 'failed') entry.state = 'waiting';
    this.more();
  }

  /** Loads what waits: what was drawn last comes first, because that is what one looks at. */
  private more(): void {
    if (this.from === null || this.stop.signal.aborted) return;
    const waiting = [...this.entries].filter(([, { state }]) => state === 'waiting');
    waiting.sort(([, a], [, b]) => b.drawn - a.drawn);
    for (const [file, entry] of waiting.slice(0, AT_ONCE - this.loading)) void this.load(file, entry);
  }

  private async load(file: string, entry: Entry): Promise<void> {
    entry.state = 'loading';
    this.loading += 1;
    try {
      const blob = await this.blob(file);
      if (blob) await this.decode(file, entry, blob);
      else entry.state = 'missing';
    } catch (error) {
      if (this.stop.signal.aborted) return;
      console.warn('A picture of the board could not be loaded:', error);
      this.later(entry);
    } finally {
      this.loading -= 1;
      this.more();
    }
  }

  private later(entry: Entry): void {
    entry.state = 'failed';
    const timer = setTimeout(
      () => {
        this.timers.delete(timer);
        if (entry.state === 'failed') entry.state = 'waiting';
        this.more();
      },
      Math.min(MOST_AGAIN_MS, AGAIN_MS * 2 ** entry.tries),
    );
    this.timers.add(timer);
    entry.tries += 1;
  }

  private async decode(file: string, entry: Entry, blob: Blob): Promise<void> {
    entry.state = 'loading';
    let whole: ImageBitmap;
    try {
      whole = await createImageBitmap(blob);
    } catch {
      // Bytes that this browser cannot show: the box stays.
      entry.state = 'missing';
      return;
    }
    const full = await shrunk(whole, MOST_SIDE);
    if (full !== whole) whole.close();
    entry.small ??= await shrunk(full, SMALL_SIDE);
    if (this.stop.signal.aborted) {
      full.close();
      return;
    }
    entry.full = full;
    entry.state = 'here';
    this.makeRoom();
    for (const listener of this.listeners) listener(file);
  }

  private makeRoom(): void {
    const large = [...this.entries.values()].filter(({ full, small }) => full !== null && full !== small);
    let bytes = large.reduce((sum, { full }) => sum + bytesOf(full), 0);
    const rested = large.filter(({ drawn }) => Date.now() - drawn > IN_SIGHT_MS).sort((a, b) => a.drawn - b.drawn);
    for (const entry of rested) {
      if (bytes <= MOST_BYTES) return;
      bytes -= bytesOf(entry.full);
      entry.full?.close();
      entry.full = null;
    }
  }
}
