/**
 * mediasoup and mediasoup-client describe one wire format with two sets of types. The only header extension that the
 * client's do not know is the transmission time offset; nothing we run needs it, so it is never offered.
 */
import type { RtpCapabilities as WireCapabilities, RtpParameters as WireParameters } from '../signalling/protocol.ts';
import type { RtpCapabilities, RtpParameters } from './types.ts';

const OFFSET = 'urn:ietf:params:rtp-hdrext:toffset';

type Known<T extends { readonly uri: string }> = T & { uri: Exclude<T['uri'], typeof OFFSET> };

const isKnown = <T extends { readonly uri: string }>(extension: T): extension is Known<T> => extension.uri !== OFFSET;

export const wireCapabilities = (capabilities: RtpCapabilities): WireCapabilities => ({
  ...capabilities,
  headerExtensions: (capabilities.headerExtensions ?? []).filter((extension) => isKnown(extension)),
});

export const wireParameters = (parameters: RtpParameters): WireParameters => ({
  ...parameters,
  headerExtensions: (parameters.headerExtensions ?? []).filter((extension) => isKnown(extension)),
});
