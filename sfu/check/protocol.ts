/**
 * What the connectivity test says to the media server: socket.io's namespace `/check` at /signalling, for anybody with a
 * ticket of `POST /api/v1/checks`. There is no room and nobody else: what one sends comes back.
 */
import type {
  DtlsParameters,
  IceServer,
  RtpCapabilities,
  RtpParameters,
  TransportParameters,
} from '../signalling/protocol.ts';

export const CHECK_NAMESPACE = '/check';

/** By which way media is tried: UDP and TCP straight to the media server, or over a TURN server. */
export const CHECK_WAYS = ['udp', 'tcp', 'relay'] as const;
export type CheckWay = (typeof CHECK_WAYS)[number];

export interface CheckWelcome {
  readonly routerRtpCapabilities: RtpCapabilities;
  /** False where no TURN server is set up: that way cannot be tried. */
  readonly relays: boolean;
}

export interface OpenedWay {
  readonly send: TransportParameters;
  readonly receive: TransportParameters;
  /** Empty but for `relay`. */
  readonly iceServers: readonly IceServer[];
}

export interface Echo {
  readonly producerId: string;
  readonly consumerId: string;
  readonly rtpParameters: RtpParameters;
}

export interface CheckMessages {
  /** Closes the way of before. */
  'open-way': { readonly data: { way: CheckWay }; readonly answer: OpenedWay };
  'connect-transport': {
    readonly data: { transportId: string; dtlsParameters: DtlsParameters };
    readonly answer: null;
  };
  /** One video; it comes back once `hear` was said. */
  echo: {
    readonly data: { rtpParameters: RtpParameters; rtpCapabilities: RtpCapabilities };
    readonly answer: Echo;
  };
  hear: { readonly data: Record<string, never>; readonly answer: null };
  /** For the round trip of signalling. */
  ping: { readonly data: Record<string, never>; readonly answer: null };
}
export type CheckType = keyof CheckMessages;

export const CHECK_REFUSALS = ['bad-request', 'too-fast', 'unknown-id', 'no-relay', 'internal'] as const;
export type CheckRefusal = (typeof CHECK_REFUSALS)[number];
export type CheckAnswer<T> =
  { readonly ok: true; readonly data: T } | { readonly ok: false; readonly code: CheckRefusal };

/** Why the handshake was refused; the message of `connect_error`. `busy`: as many tests as may run at once. */
export const CHECK_HANDSHAKES = ['ticket-invalid', 'media-unavailable', 'draining', 'busy', 'used-up'] as const;
/** Why the server ended a test: its time, or its bytes, are used up, or it was begun again. */
export type CheckClose = 'time' | 'bytes' | 'again';
