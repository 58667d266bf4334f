import type { CodecCapability, RtpCapabilities } from './types.ts';

/** One audio and two video codecs. VP8 first: it is what every browser can send in simulcast. */
export const CODECS: CodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2, parameters: { useinbandfec: 1, usedtx: 1 } },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: { 'x-google-start-bitrate': 1_000 } },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
      'x-google-start-bitrate': 1_000,
    },
  },
];

/**
 * Lost sound is asked for again, as lost pictures are. Later versions of the library offer that by themselves; a router of
 * 3.11 takes it from what it says that it can, although it does not say it of Opus.
 */
export function offerNackForOpus({ codecs = [] }: RtpCapabilities): void {
  for (const { mimeType, rtcpFeedback } of codecs)
    if (mimeType.toLowerCase() === 'audio/opus' && !rtcpFeedback?.some(({ type }) => type === 'nack'))
      rtcpFeedback?.push({ type: 'nack', parameter: '' });
}
