/** Simulcast: what we send, and which of it each tile gets. Pure. */
import type { RtpEncodingParameters } from 'mediasoup-client/types';
import type { Source } from '#sfu/signalling/protocol.ts';

/** 100, 300 and 900 kbit/s at a quarter, half and whole size. */
export const CAMERA_ENCODINGS: RtpEncodingParameters[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 100_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 2, maxBitrate: 300_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 1, maxBitrate: 900_000, scalabilityMode: 'L1T2' },
];

/** A screen is read, so it is sent sharp and slowly; and half as large for those whose connection carries no more. */
export const SCREEN_ENCODINGS: RtpEncodingParameters[] = [
  { scaleResolutionDownBy: 2, maxBitrate: 500_000, maxFramerate: 5 },
  { scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 15 },
];

/** The camera is asked for 1280 × 720, so the layers are 320, 640 and 1280 wide. */
const WIDTHS = [320, 640] as const;

/** @param width of the tile in device pixels; 0 when it is not on the screen. Null: nobody sees it. */
export function layerFor(width: number): number | null {
  if (width <= 0) return null;
  if (width <= WIDTHS[0]) return 0;
  return width <= WIDTHS[1] ? 1 : 2;
}

/** How much of the others' pictures one takes: as much as is looked at, few and small ones, or none. */
export const SAVINGS = ['none', 'small', 'sound'] as const;
export type Saving = (typeof SAVINGS)[number];

/** So many cameras come in while small pictures are enough; the hosts' first. */
export const MOST_SMALL = 4;

export interface Watched {
  readonly consumerId: string;
  readonly source: Source;
  /** Of the largest tile that shows it, in device pixels; 0 when none does. */
  readonly width: number;
  /** Whoever has the word, or leads. */
  readonly counts: boolean;
}

/** The layer of each picture; null where it is not to come at all. */
export function planLayers(pictures: readonly Watched[], saving: Saving): ReadonlyMap<string, number | null> {
  const plan = new Map(pictures.map(({ consumerId, width }) => [consumerId, layerFor(width)] as const));
  if (saving === 'none') return plan;
  if (saving === 'sound') return new Map(pictures.map(({ consumerId }) => [consumerId, null]));
  const cameras = pictures
    .filter(({ source, width }) => source === 'camera' && width > 0)
    .toSorted((a, b) => Number(b.counts) - Number(a.counts) || b.width - a.width);
  for (const { consumerId, source, width } of pictures) if (source === 'screen' && width > 0) plan.set(consumerId, 0);
  for (const [place, { consumerId }] of cameras.entries()) plan.set(consumerId, place < MOST_SMALL ? 0 : null);
  return plan;
}
