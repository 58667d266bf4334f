/** Simulcast: what we send, and which of it a tile of a given size needs. */
import type { RtpEncodingParameters } from 'mediasoup-client/types';

/** 100, 300 and 900 kbit/s at a quarter, half and whole size. */
export const CAMERA_ENCODINGS: RtpEncodingParameters[] = [
  { scaleResolutionDownBy: 4, maxBitrate: 100_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 2, maxBitrate: 300_000, scalabilityMode: 'L1T2' },
  { scaleResolutionDownBy: 1, maxBitrate: 900_000, scalabilityMode: 'L1T2' },
];

/** A screen is read, so it is sent once and sharp. */
export const SCREEN_ENCODINGS: RtpEncodingParameters[] = [{ maxBitrate: 2_500_000, maxFramerate: 15 }];

/** The camera is asked for 1280 × 720, so the layers are 320, 640 and 1280 wide. */
const WIDTHS = [320, 640] as const;

/** @param width of the tile in device pixels; 0 when it is not on the screen. Null: nobody sees it. */
export function layerFor(width: number): number | null {
  if (width <= 0) return null;
  if (width <= WIDTHS[0]) return 0;
  return width <= WIDTHS[1] ? 1 : 2;
}
