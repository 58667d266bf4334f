/**
 * Everything that crosses the wire at /signalling, for both sides (PROTOCOL.md tells it in prose).
 * The socket.io event's name is the message's `type`; its only argument is `data`; client messages are acknowledged.
 */
import type { LessonRole } from '#events/access/roles.ts';
import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from 'mediasoup-client/types';

export type { DtlsParameters, IceCandidate, IceParameters, MediaKind, RtpCapabilities, RtpParameters };
export type { LessonRole };

export const PROTOCOL_VERSION = 1;
export const SIGNALLING_PATH = '/signalling';

export const SOURCES = ['camera', 'microphone', 'screen'] as const;
export type Source = (typeof SOURCES)[number];

export const LINKS = ['good', 'weak', 'lost'] as const;
export type Link = (typeof LINKS)[number];

/** Why a message was not carried out. The connection stays open. */
export const REFUSALS = [
  'bad-request',
  'not-allowed',
  'not-joined',
  'already-joined',
  'unknown-id',
  'too-many',
  'too-fast',
  'room-full',
  'cannot-consume',
  'ticket-invalid',
  'media-unavailable',
  'draining',
  'internal',
  // From the lesson itself, when it is asked to let the person in.
  'not-open-yet',
  'lesson-ended',
  'lesson-cancelled',
  'lesson-unknown',
  'not-the-host',
  'no-seat',
  'removed',
  'lesson-refused',
] as const;
export type RefusalCode = (typeof REFUSALS)[number];

/** Why the server closed the connection. After the first group nobody comes back by themselves. */
export const FINAL_CLOSES = ['lesson-ended', 'lesson-cancelled', 'replaced', 'removed', 'left'] as const;
export const PASSING_CLOSES = [
  'media-lost',
  'node-draining',
  'ticket-expired',
  'too-many-messages',
  'join-timeout',
] as const;
export type CloseReason = (typeof FINAL_CLOSES)[number] | (typeof PASSING_CLOSES)[number];

/** Why the handshake was refused; the message of socket.io's `connect_error`. */
export const HANDSHAKE_REFUSALS = ['ticket-invalid', 'media-unavailable', 'draining', 'too-many-connections'] as const;
export type HandshakeRefusal = (typeof HANDSHAKE_REFUSALS)[number];

export interface Handshake {
  readonly ticket: string;
}

export interface TransportParameters {
  readonly id: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
}

export interface ProducerInfo {
  readonly producerId: string;
  readonly source: Source;
  readonly kind: MediaKind;
  readonly paused: boolean;
}

export interface PeerInfo {
  readonly personId: string;
  readonly name: string;
  readonly role: LessonRole;
  /** False while their connection is gone and may still come back. */
  readonly connected: boolean;
  readonly link: Link;
  readonly producers: readonly ProducerInfo[];
}

export interface ConsumerInfo {
  readonly consumerId: string;
  readonly producerId: string;
  readonly personId: string;
  readonly source: Source;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
}

export interface JoinRequest {
  readonly version: number;
  /** The receiving capabilities of this client, computed against the router's of `welcome`. */
  readonly rtpCapabilities: RtpCapabilities;
  /** Comes back as the same connection. `keepTransports`: media may still flow over the transports of before. */
  readonly resume: { readonly token: string; readonly keepTransports: boolean } | null;
}

/** Everything a client needs, in one answer: a complete picture, on a first join and on a resumed one alike. */
export interface Joined {
  readonly connectionId: string;
  readonly resumeToken: string;
  /** Business time, ms. */
  readonly now: number;
  readonly routerRtpCapabilities: RtpCapabilities;
  /** Null when the transports of before were kept. `send` is null for who may not send. */
  readonly transports: { readonly send: TransportParameters | null; readonly receive: TransportParameters } | null;
  /** The person's own producers that are still alive. */
  readonly producers: readonly ProducerInfo[];
  readonly peers: readonly PeerInfo[];
  readonly consumers: readonly ConsumerInfo[];
  readonly speaking: readonly string[];
}

export type ClientMessage =
  | { readonly type: 'join'; readonly data: JoinRequest }
  | { readonly type: 'connect-transport'; readonly data: { transportId: string; dtlsParameters: DtlsParameters } }
  | {
      readonly type: 'produce';
      readonly data: { kind: MediaKind; source: Source; rtpParameters: RtpParameters; paused: boolean };
    }
  | { readonly type: 'close-producer'; readonly data: { producerId: string } }
  | { readonly type: 'pause-producer'; readonly data: { producerId: string } }
  | { readonly type: 'resume-producer'; readonly data: { producerId: string } }
  | { readonly type: 'consumer-ready'; readonly data: { consumerIds: readonly string[] } }
  | {
      readonly type: 'set-layers';
      /** Simulcast layer 0 (small) to 2 (large), for the size of the tile; null pauses what nobody sees. */
      readonly data: { consumerId: string; spatialLayer: number | null };
    }
  | { readonly type: 'restart-ice'; readonly data: { transportId: string } }
  | { readonly type: 'renew-ticket'; readonly data: { ticket: string } }
  | { readonly type: 'report-link'; readonly data: { link: Link } }
  | { readonly type: 'leave'; readonly data: Record<string, never> };

/** What each message is answered with when it was carried out. */
export interface Answers {
  join: Joined;
  'connect-transport': null;
  produce: { readonly producerId: string };
  'close-producer': null;
  'pause-producer': null;
  'resume-producer': null;
  'consumer-ready': null;
  'set-layers': null;
  'restart-ice': { readonly iceParameters: IceParameters };
  'renew-ticket': { readonly expiresAt: number };
  'report-link': null;
  leave: null;
}

export type Refused = { readonly ok: false; readonly code: RefusalCode; readonly message: string };
export type Answer<T> = { readonly ok: true; readonly data: T } | Refused;

export type ServerMessage =
  /** Right after the handshake: what is needed to compute the capabilities of `join`. */
  | { readonly type: 'welcome'; readonly data: { version: number; routerRtpCapabilities: RtpCapabilities } }
  | { readonly type: 'peer-joined'; readonly data: PeerInfo }
  /** Anything about a peer changed: the whole of it, so that a lost message is made good by the next. */
  | { readonly type: 'peer-changed'; readonly data: PeerInfo }
  | { readonly type: 'peer-left'; readonly data: { personId: string } }
  | { readonly type: 'consumer-added'; readonly data: ConsumerInfo }
  | { readonly type: 'consumer-closed'; readonly data: { consumerId: string } }
  /** Loudest first; empty when nobody speaks. */
  | { readonly type: 'speaking'; readonly data: { personIds: readonly string[] } }
  /** The business clock was moved. */
  | { readonly type: 'clock'; readonly data: { now: number } }
  | { readonly type: 'closed'; readonly data: { reason: CloseReason } };

export type ClientType = ClientMessage['type'];
export type ServerType = ServerMessage['type'];
export type DataOf<T extends ClientType> = Extract<ClientMessage, { type: T }>['data'];
export type ServerDataOf<T extends ServerType> = Extract<ServerMessage, { type: T }>['data'];

/** The same two unions as socket.io wants them. */
export type ClientToServer = {
  [T in ClientType]: (data: DataOf<T>, acknowledge: (answer: Answer<Answers[T]>) => void) => void;
};
export type ServerToClient = { [T in ServerType]: (data: ServerDataOf<T>) => void };

export const CLIENT_TYPES = [
  'join',
  'connect-transport',
  'produce',
  'close-producer',
  'pause-producer',
  'resume-producer',
  'consumer-ready',
  'set-layers',
  'restart-ice',
  'renew-ticket',
  'report-link',
  'leave',
] as const satisfies readonly ClientType[];

const REFUSAL_SET: ReadonlySet<string> = new Set(REFUSALS);
export const isRefusalCode = (code: string): code is RefusalCode => REFUSAL_SET.has(code);

const FINAL_SET: ReadonlySet<string> = new Set(FINAL_CLOSES);
/** True when the client must not come back by itself. */
export const isFinalClose = (reason: CloseReason): boolean => FINAL_SET.has(reason);
