/**
 * Everything that crosses the wire at /signalling, for both sides (PROTOCOL.md tells it in prose).
 * The socket.io event's name is the message's `type`; its only argument is `data`; client messages are acknowledged.
 */
import type { LessonRole } from '#events/access/roles.ts';
import type { MediaFault } from '#events/lesson/room.ts';
import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from 'mediasoup-client/types';

export type { MediaFault };
export type { DtlsParameters, IceCandidate, IceParameters, MediaKind, RtpCapabilities, RtpParameters };
export type { LessonRole };

export const PROTOCOL_VERSION = 1;
export const SIGNALLING_PATH = '/signalling';

export const SOURCES = ['camera', 'microphone', 'screen'] as const;
export type Source = (typeof SOURCES)[number];

export const LINKS = ['good', 'weak', 'lost'] as const;
export type Link = (typeof LINKS)[number];

/** Whether whoever has a ticket comes in at once, or only when a host lets them in. */
export const ADMISSIONS = ['open', 'ask'] as const;
export type Admission = (typeof ADMISSIONS)[number];

/** What one may show the others for a moment. */
export const REACTIONS = ['yes', 'no', 'heart', 'laugh', 'celebrate', 'slower', 'faster'] as const;
export type Reaction = (typeof REACTIONS)[number];

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
  // The room's own rules: wait to be let in, come back later, ask the host.
  'waiting',
  'room-locked',
  'turned-away',
  'forbidden-by-host',
  'ticket-invalid',
  'media-unavailable',
  'draining',
  'elsewhere',
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
export const FINAL_CLOSES = ['lesson-ended', 'lesson-cancelled', 'replaced', 'removed', 'turned-away', 'left'] as const;
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

/** A TURN server to relay media over where the way to us is blocked; as `RTCIceServer` has it. */
export interface IceServer {
  readonly urls: string[];
  readonly username: string;
  readonly credential: string;
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
  /** Place in the line of raised hands, the lowest first; null while theirs is down. */
  readonly hand: number | null;
  /** False: they are left out of the recording. */
  readonly recorded: boolean;
  /** What is wrong with their camera, microphone or sound, as their own end noticed. */
  readonly faults: readonly MediaFault[];
}

/** What one's own end measured since the report before; null for what there was nothing to measure of. */
export interface Stats {
  /** There and back, ms. */
  readonly rttMs: number | null;
  readonly jitterMs: number | null;
  /** Shares of the packets, 0 to 1: of those that this end sent, and of those that were sent to it. */
  readonly lossUp: number | null;
  readonly lossDown: number | null;
  readonly framesDecoded: number;
  /** Bits a second. */
  readonly outgoing: number;
  readonly faults: readonly MediaFault[];
}

const WEAK_RTT_MS = 300;
const WEAK_LOSS = 0.05;

/** The share of packets that are lost the way on which more are, 0 to 1; 0 where nothing was measured. */
export const lossOf = ({ lossUp, lossDown }: Pick<Stats, 'lossUp' | 'lossDown'>): number =>
  Math.max(lossUp ?? 0, lossDown ?? 0);

/** Whether a connection is weak by this report (W1): the page says so by the same measure as the lesson is told. */
export const isWeak = (stats: Stats): boolean => (stats.rttMs ?? 0) > WEAK_RTT_MS || lossOf(stats) > WEAK_LOSS;

/** Why a page sends a picture of its own connection. */
export const PICTURE_REASONS = ['failed', 'weak', 'asked'] as const;
export const SDP_KINDS = ['audio', 'video', 'application'] as const;
export const SDP_DIRECTIONS = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;
export const CANDIDATE_TYPES = ['host', 'srflx', 'prflx', 'relay'] as const;

/** What is kept of one m-section. */
export interface SdpSection {
  readonly mid: string;
  readonly kind: (typeof SDP_KINDS)[number];
  readonly direction: (typeof SDP_DIRECTIONS)[number];
  /** Such as `VP8/90000`. */
  readonly codecs: readonly string[];
  readonly ssrcs: readonly number[];
  readonly rids: readonly string[];
}

/** What is kept of a session description: no key, no password, and of an address its network only. */
export interface SdpSide {
  readonly sections: readonly SdpSection[];
  readonly candidates: readonly {
    readonly type: (typeof CANDIDATE_TYPES)[number];
    readonly protocol: 'udp' | 'tcp';
    readonly address: string;
  }[];
}

export interface SdpPicture {
  readonly why: (typeof PICTURE_REASONS)[number];
  readonly transports: readonly {
    readonly direction: 'send' | 'receive';
    /** The states of the `RTCPeerConnection`. */
    readonly connection: string;
    readonly ice: string;
    readonly gathering: string;
    readonly local: SdpSide | null;
    readonly remote: SdpSide | null;
  }[];
}

/** At most so many of each in a picture. */
export const SDP_LIMITS = { sections: 24, candidates: 24, codecs: 8, ssrcs: 8, rids: 4 } as const;

/** Someone who stands at the door. */
export interface WaitingInfo {
  readonly personId: string;
  readonly name: string;
  readonly role: LessonRole;
  /** Business time, ms. */
  readonly since: number;
}

/** Someone who was sent away by a host, and may be let in again. */
export interface OutInfo {
  readonly personId: string;
  readonly name: string;
  readonly how: 'removed' | 'turned-away';
}

/** What a host may switch for all. `may…` is about participants: hosts and co-hosts always may. */
export interface RoomSwitches {
  /** Nobody new comes in; who was in may come back. */
  readonly locked: boolean;
  readonly admission: Admission;
  readonly mayUnmute: boolean;
  readonly mayVideo: boolean;
  readonly mayShare: boolean;
}

/** The whole of the room's state. `waiting` and `out` are empty for who may not let in. */
export interface RoomInfo extends RoomSwitches {
  readonly waiting: readonly WaitingInfo[];
  readonly out: readonly OutInfo[];
  /** `shared`: more than half of the people have a weak connection, so it is hardly their own networks. */
  readonly network: 'theirs' | 'shared';
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
  /** False leaves them out of the recording; absent: as they said last, recorded at first. */
  readonly recorded?: boolean;
}

/** Everything a client needs, in one answer: a complete picture, on a first join and on a resumed one alike. */
export interface Joined {
  readonly connectionId: string;
  readonly resumeToken: string;
  /** What they read to support, who find the trace of this visit by it: eight letters and digits. */
  readonly supportCode: string;
  /** Business time, ms. */
  readonly now: number;
  readonly routerRtpCapabilities: RtpCapabilities;
  /** Null when the transports of before were kept. `send` is null for who may not send. */
  readonly transports: { readonly send: TransportParameters | null; readonly receive: TransportParameters } | null;
  /** For the transports above; empty without TURN. The credentials are good for 15 minutes. */
  readonly iceServers: readonly IceServer[];
  /** The person's own producers that are still alive. */
  readonly producers: readonly ProducerInfo[];
  readonly room: RoomInfo;
  /** The person's own place, as the others see it. */
  readonly you: PeerInfo;
  readonly peers: readonly PeerInfo[];
  readonly consumers: readonly ConsumerInfo[];
  readonly speaking: readonly string[];
}

export type ClientMessage =
  | { readonly type: 'join'; readonly data: JoinRequest }
  | { readonly type: 'connect-transport'; readonly data: { transportId: string; dtlsParameters: DtlsParameters } }
  | {
      readonly type: 'produce';
      readonly data: {
        /** Of the transport that it comes over; what was meant for an earlier one is refused. */
        transportId?: string;
        kind: MediaKind;
        source: Source;
        rtpParameters: RtpParameters;
        paused: boolean;
      };
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
  /** The same of many tiles, such as when a page of the grid is turned. */
  | {
      readonly type: 'watch';
      readonly data: { tiles: readonly { readonly consumerId: string; readonly spatialLayer: number | null }[] };
    }
  | { readonly type: 'restart-ice'; readonly data: { transportId: string } }
  | { readonly type: 'renew-ticket'; readonly data: { ticket: string } }
  | { readonly type: 'report-link'; readonly data: { link: Link } }
  | { readonly type: 'report-stats'; readonly data: Stats }
  | { readonly type: 'report-sdp'; readonly data: SdpPicture }
  /** Whether one can see one's own page; said whenever it changes. */
  | { readonly type: 'report-page'; readonly data: { visible: boolean } }
  | { readonly type: 'raise-hand'; readonly data: Record<string, never> }
  /** One's own; for hosts anybody's, or (null) all. */
  | { readonly type: 'lower-hand'; readonly data: { personId: string | null } }
  | { readonly type: 'react'; readonly data: { reaction: Reaction } }
  /** Lets in who waits, and takes back who was sent away. */
  | { readonly type: 'admit'; readonly data: { personId: string } }
  | { readonly type: 'turn-away'; readonly data: { personId: string } }
  | { readonly type: 'set-room'; readonly data: Partial<RoomSwitches> }
  /** Mutes a microphone, or stops a camera or a shared screen: of one person, or (null) of all participants. */
  | { readonly type: 'quieten'; readonly data: { personId: string | null; source: Source } }
  | { readonly type: 'remove'; readonly data: { personId: string } }
  | { readonly type: 'promote'; readonly data: { personId: string; role: 'co-host' | 'participant' } }
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
  watch: null;
  /** With credentials made just now: those of the join may have run out. */
  'restart-ice': { readonly iceParameters: IceParameters; readonly iceServers: readonly IceServer[] };
  'renew-ticket': { readonly expiresAt: number };
  'report-link': null;
  'report-stats': null;
  'report-sdp': null;
  'report-page': null;
  'raise-hand': null;
  'lower-hand': null;
  react: null;
  admit: null;
  'turn-away': null;
  'set-room': null;
  quieten: null;
  remove: null;
  promote: null;
  leave: null;
}

export type Refused = { readonly ok: false; readonly code: RefusalCode; readonly message: string };
export type Answer<T> = { readonly ok: true; readonly data: T } | Refused;

export type ServerMessage =
  /** Right after the handshake: what is needed to compute the capabilities of `join`. */
  | { readonly type: 'welcome'; readonly data: { version: number; routerRtpCapabilities: RtpCapabilities } }
  | { readonly type: 'peer-joined'; readonly data: PeerInfo }
  /**
   * Media go on elsewhere, on this connection: the answer of the join, as it is now. `transports` are new ones; those of
   * before are dead.
   */
  | { readonly type: 'joined-anew'; readonly data: Joined }
  /** Anything about a peer changed: the whole of it, so that a lost message is made good by the next. */
  | { readonly type: 'peer-changed'; readonly data: PeerInfo }
  | { readonly type: 'peer-left'; readonly data: { personId: string } }
  /** The same of the person's own place: their hand, or their role. */
  | { readonly type: 'you-changed'; readonly data: PeerInfo }
  | { readonly type: 'room-changed'; readonly data: RoomInfo }
  /** One stands at the door (business time, ms), and whether a host is there to let one in. */
  | { readonly type: 'waiting'; readonly data: { since: number; hostHere: boolean } }
  /** Join again on this connection: the door is open. */
  | { readonly type: 'admitted'; readonly data: Record<string, never> }
  /** A host muted one's microphone (it is paused), or stopped one's camera or screen (it is closed). */
  | { readonly type: 'quietened'; readonly data: { source: Source; by: string } }
  | { readonly type: 'reaction'; readonly data: { personId: string; reaction: Reaction } }
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
  'watch',
  'restart-ice',
  'renew-ticket',
  'report-link',
  'report-stats',
  'report-sdp',
  'report-page',
  'raise-hand',
  'lower-hand',
  'react',
  'admit',
  'turn-away',
  'set-room',
  'quieten',
  'remove',
  'promote',
  'leave',
] as const satisfies readonly ClientType[];

const REFUSAL_SET: ReadonlySet<string> = new Set(REFUSALS);
export const isRefusalCode = (code: string): code is RefusalCode => REFUSAL_SET.has(code);

const FINAL_SET: ReadonlySet<string> = new Set(FINAL_CLOSES);
/** True when the client must not come back by itself. */
export const isFinalClose = (reason: CloseReason): boolean => FINAL_SET.has(reason);
