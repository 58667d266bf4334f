/** The shapes that client messages must have. What mediasoup checks itself (codecs, encodings) is only bounded here. */
import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { DtlsParameters, RtpCapabilities, RtpParameters } from '../media/types.ts';
import { MEDIA_FAULTS } from '#events/lesson/room.ts';
import {
  ADMISSIONS,
  CANDIDATE_TYPES,
  LINKS,
  PICTURE_REASONS,
  PROTOCOL_VERSION,
  REACTIONS,
  SDP_DIRECTIONS,
  SDP_KINDS,
  SDP_LIMITS,
  SOURCES,
} from './protocol.ts';

const Id = Type.String({ minLength: 1, maxLength: 64 });
const Kind = Type.Union([Type.Literal('audio'), Type.Literal('video')]);
const Name = Type.String({ maxLength: 128 });
const PayloadType = Type.Integer({ minimum: 0, maximum: 127 });
const literals = <T extends string>(values: readonly T[]) =>
  Type.Unsafe<T>(Type.Union(values.map((v) => Type.Literal(v))));

const Extension = Type.Object({ uri: Name });
const Codec = Type.Object({ mimeType: Name, clockRate: Type.Integer({ minimum: 1 }) });

export const RtpCapabilitiesShape = Type.Unsafe<RtpCapabilities>(
  Type.Object({
    codecs: Type.Array(Type.Intersect([Codec, Type.Object({ kind: Kind, preferredPayloadType: PayloadType })]), {
      maxItems: 64,
    }),
    headerExtensions: Type.Optional(Type.Array(Extension, { maxItems: 64 })),
  }),
);

export const RtpParametersShape = Type.Unsafe<RtpParameters>(
  Type.Object({
    mid: Type.Optional(Name),
    codecs: Type.Array(Type.Intersect([Codec, Type.Object({ payloadType: PayloadType })]), {
      minItems: 1,
      maxItems: 16,
    }),
    headerExtensions: Type.Optional(Type.Array(Extension, { maxItems: 32 })),
    encodings: Type.Optional(Type.Array(Type.Object({}), { maxItems: 4 })),
    rtcp: Type.Optional(Type.Object({ cname: Type.Optional(Name) })),
  }),
);

export const DtlsParametersShape = Type.Unsafe<DtlsParameters>(
  Type.Object({
    role: Type.Optional(Type.Union([Type.Literal('auto'), Type.Literal('client'), Type.Literal('server')])),
    fingerprints: Type.Array(Type.Object({ algorithm: Name, value: Type.String({ maxLength: 256 }) }), {
      minItems: 1,
      maxItems: 8,
    }),
  }),
);

function check<S extends TSchema>(schema: S): (data: unknown) => data is Static<S> {
  const compiled = TypeCompiler.Compile(schema);
  return (data): data is Static<S> => compiled.Check(data);
}

export const isJoin = check(
  Type.Object({
    version: Type.Literal(PROTOCOL_VERSION),
    rtpCapabilities: RtpCapabilitiesShape,
    resume: Type.Union([Type.Null(), Type.Object({ token: Id, keepTransports: Type.Boolean() })]),
    recorded: Type.Optional(Type.Boolean()),
  }),
);
export const isConnectTransport = check(Type.Object({ transportId: Id, dtlsParameters: DtlsParametersShape }));
export const isProduce = check(
  Type.Object({
    transportId: Type.Optional(Id),
    kind: Kind,
    source: literals(SOURCES),
    rtpParameters: RtpParametersShape,
    paused: Type.Boolean(),
  }),
);
export const isProducerId = check(Type.Object({ producerId: Id }));
export const isConsumerIds = check(Type.Object({ consumerIds: Type.Array(Id, { maxItems: 256 }) }));
const Tile = Type.Object({
  consumerId: Id,
  spatialLayer: Type.Union([Type.Null(), Type.Integer({ minimum: 0, maximum: 2 })]),
});
export const isSetLayers = check(Tile);
export const isWatch = check(Type.Object({ tiles: Type.Array(Tile, { maxItems: 256 }) }));
export const isTransportId = check(Type.Object({ transportId: Id }));
export const isTicket = check(Type.Object({ ticket: Type.String({ minLength: 1, maxLength: 8_192 }) }));
export const isLink = check(Type.Object({ link: literals(LINKS) }));
const Measure = (maximum: number) => Type.Union([Type.Null(), Type.Number({ minimum: 0, maximum })]);
export const isStats = check(
  Type.Object({
    rttMs: Measure(60_000),
    jitterMs: Measure(60_000),
    lossUp: Measure(1),
    lossDown: Measure(1),
    framesDecoded: Type.Integer({ minimum: 0, maximum: 100_000 }),
    outgoing: Type.Number({ minimum: 0, maximum: 1e10 }),
    faults: Type.Array(literals(MEDIA_FAULTS), { maxItems: MEDIA_FAULTS.length }),
  }),
);
const Side = Type.Union([
  Type.Null(),
  Type.Object({
    sections: Type.Array(
      Type.Object({
        mid: Type.String({ maxLength: 32 }),
        kind: literals(SDP_KINDS),
        direction: literals(SDP_DIRECTIONS),
        codecs: Type.Array(Type.String({ maxLength: 40 }), { maxItems: SDP_LIMITS.codecs }),
        ssrcs: Type.Array(Type.Integer({ minimum: 0, maximum: 0xff_ff_ff_ff }), { maxItems: SDP_LIMITS.ssrcs }),
        rids: Type.Array(Type.String({ maxLength: 32 }), { maxItems: SDP_LIMITS.rids }),
      }),
      { maxItems: SDP_LIMITS.sections },
    ),
    candidates: Type.Array(
      Type.Object({
        type: literals(CANDIDATE_TYPES),
        protocol: literals(['udp', 'tcp'] as const),
        address: Type.String({ maxLength: 64 }),
      }),
      { maxItems: SDP_LIMITS.candidates },
    ),
  }),
]);
const State = Type.String({ pattern: '^[a-z-]{1,20}$' });
export const isSdpPicture = check(
  Type.Object({
    why: literals(PICTURE_REASONS),
    transports: Type.Array(
      Type.Object({
        direction: literals(['send', 'receive'] as const),
        connection: State,
        ice: State,
        gathering: State,
        local: Side,
        remote: Side,
      }),
      { maxItems: 2 },
    ),
  }),
);
export const isPage = check(Type.Object({ visible: Type.Boolean() }));
export const isNothing = check(Type.Object({}));
export const isPerson = check(Type.Object({ personId: Id }));
export const isPersonOrAll = check(Type.Object({ personId: Type.Union([Type.Null(), Id]) }));
export const isReaction = check(Type.Object({ reaction: literals(REACTIONS) }));
export const isSwitches = check(
  Type.Object(
    {
      locked: Type.Optional(Type.Boolean()),
      admission: Type.Optional(literals(ADMISSIONS)),
      mayUnmute: Type.Optional(Type.Boolean()),
      mayVideo: Type.Optional(Type.Boolean()),
      mayShare: Type.Optional(Type.Boolean()),
    },
    // A switch that is misspelt would be left where it is without a word.
    { additionalProperties: false, minProperties: 1 },
  ),
);
export const isQuieten = check(Type.Object({ personId: Type.Union([Type.Null(), Id]), source: literals(SOURCES) }));
export const isPromote = check(
  Type.Object({ personId: Id, role: Type.Union([Type.Literal('co-host'), Type.Literal('participant')]) }),
);
export const isHandshake = isTicket;
