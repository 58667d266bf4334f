/** Where everybody points, as the server tells it (type 101): names and persons are in awareness. */
import { createEncoder, toUint8Array, writeVarString, writeVarUint } from 'lib0/encoding';
import { readVarString, readVarUint, type Decoder } from 'lib0/decoding';

export const POINTERS = 101;
const GONE = 1;
const LASER = 2;

export interface PointerPlace {
  /** Logical pixels. */
  readonly x: number;
  readonly y: number;
  /** Key of the page; empty for the first one. */
  readonly page: string;
  readonly laser: boolean;
}

const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
const straight = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** What this page says about its own pointer; null: it points nowhere any more. */
export function pointerMessage(client: number, at: PointerPlace | null): Uint8Array<ArrayBuffer> {
  const encoder = createEncoder();
  writeVarUint(encoder, POINTERS);
  writeVarUint(encoder, client * 4 + (at?.laser === true ? LASER : 0) + (at ? 0 : GONE));
  if (at) {
    writeVarUint(encoder, zigzag(Math.round(at.x)));
    writeVarUint(encoder, zigzag(Math.round(at.y)));
    writeVarString(encoder, at.page);
  }
  return toUint8Array(encoder).slice();
}

/** The others' pointers by client id. */
export class Pointers {
  private readonly places = new Map<number, PointerPlace>();
  private readonly listeners = new Set<() => void>();

  get all(): ReadonlyMap<number, PointerPlace> {
    return this.places;
  }

  /** Takes what the server said, behind the type. */
  read(decoder: Decoder): void {
    for (let left = readVarUint(decoder); left > 0; left -= 1) {
      const head = readVarUint(decoder);
      const client = Math.floor(head / 4);
      if (head % 2 === GONE) this.places.delete(client);
      else
        this.places.set(client, {
          x: straight(readVarUint(decoder)),
          y: straight(readVarUint(decoder)),
          page: readVarString(decoder),
          laser: head % 4 >= LASER,
        });
    }
    this.tell();
  }

  /** The connection is gone: what was pointed at may be elsewhere by now. */
  clear(): void {
    if (this.places.size === 0) return;
    this.places.clear();
    this.tell();
  }

  /** Returns the way to stop. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
