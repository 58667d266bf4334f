/**
 * Which pictures are looked at, and how large. Tiles say their width; what follows from all of them is told to the server
 * in one message, and only what is new.
 */
import type { ConsumerInfo, Source } from '#sfu/signalling/protocol.ts';
import { planLayers, type Saving, type Watched } from './layers.ts';

export interface Tile {
  readonly consumerId: string;
  readonly spatialLayer: number | null;
}

/** The tiles of a page that is turned say their widths one after the other. */
const GATHER_MS = 60;

export class Watching {
  readonly #tell: (tiles: readonly Tile[]) => void;
  /** People whose picture comes first when not all can come. */
  readonly #counts: (personId: string) => boolean;
  readonly #widths = new Map<string, Map<symbol, number>>();
  readonly #pictures = new Map<string, ConsumerInfo>();
  readonly #told = new Map<string, number | null>();
  #saving: Saving = 'none';
  /** Before the first tile was there nobody knows what will be looked at. */
  #began = false;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(tell: (tiles: readonly Tile[]) => void, counts: (personId: string) => boolean) {
    this.#tell = tell;
    this.#counts = counts;
  }

  /** One place that shows a picture of this person; it says how wide it is (device pixels, 0: out of sight), and when it goes. */
  viewer(personId: string, source: Source): { readonly see: (width: number) => void; readonly leave: () => void } {
    const key = `${personId}/${source}`;
    const viewer = Symbol(key);
    return {
      see: (width) => {
        this.#began = true;
        const widths = this.#widths.get(key) ?? new Map<symbol, number>();
        this.#widths.set(key, widths.set(viewer, width));
        this.#later();
      },
      leave: () => {
        const widths = this.#widths.get(key);
        widths?.delete(viewer);
        if (widths?.size === 0) this.#widths.delete(key);
        this.#later();
      },
    };
  }

  set saving(saving: Saving) {
    this.#saving = saving;
    this.#later();
  }

  /** Someone else has the word now. */
  look(): void {
    if (this.#saving !== 'none') this.#later();
  }

  /** These pictures begin; what is given has to be told before they do. */
  add(infos: readonly ConsumerInfo[]): readonly Tile[] {
    const pictures = infos.filter(({ kind }) => kind === 'video');
    for (const info of pictures) this.#pictures.set(info.consumerId, info);
    if (!this.#began && this.#saving === 'none') {
      // Small until their tiles are there: fifty large ones at once would be the first thing that happens.
      for (const { consumerId } of pictures) this.#told.set(consumerId, 0);
      return pictures.map(({ consumerId }) => ({ consumerId, spatialLayer: 0 }));
    }
    const added = new Set(pictures.map(({ consumerId }) => consumerId));
    return this.#news().filter(({ consumerId }) => added.has(consumerId));
  }

  remove(consumerId: string): void {
    this.#pictures.delete(consumerId);
    this.#told.delete(consumerId);
    this.#later();
  }

  /** The server may not have heard the last of it: everything is told again. */
  anew(): void {
    this.#told.clear();
    this.#later();
  }

  /** The room is left, or its transports are made anew. */
  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pictures.clear();
    this.#told.clear();
  }

  #later(): void {
    if (this.#pictures.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const news = this.#news();
      if (news.length > 0) this.#tell(news);
    }, GATHER_MS);
  }

  /** What the server does not know yet; from here on it counts as told. */
  #news(): readonly Tile[] {
    const watched: Watched[] = [...this.#pictures.values()].map(({ consumerId, personId, source }) => ({
      consumerId,
      source,
      width: Math.max(0, ...(this.#widths.get(`${personId}/${source}`)?.values() ?? [])),
      counts: this.#counts(personId),
    }));
    const news: Tile[] = [];
    for (const [consumerId, spatialLayer] of planLayers(watched, this.#saving)) {
      if (this.#told.get(consumerId) === spatialLayer) continue;
      this.#told.set(consumerId, spatialLayer);
      news.push({ consumerId, spatialLayer });
    }
    return news;
  }
}
