/** The pieces that summaries are made of: what is kept of codecs, streams, transports and pictures, and nothing else. */
import { cutAddress } from '#events/shared/cut-address.ts';
import type {
  Joined,
  PeerInfo,
  RoomSwitches,
  SdpPicture,
  SdpSide,
  TransportParameters,
} from '../signalling/protocol.ts';

const MOST_CHARS = 800;
const MOST_LISTED = 8;

/** A word from outside: short, and of signs that names of codecs, streams and ids have. */
export const clean = (text: string): string => text.replaceAll(/[^\w./:+-]/g, '').slice(0, 40);

/** What there is of it, in one line. */
export const joinWords = (...words: readonly (string | null | false | undefined)[]): string =>
  words
    .filter((word) => typeof word === 'string' && word !== '')
    .join(', ')
    .slice(0, MOST_CHARS);

const listed = (words: readonly string[]): string =>
  [
    ...words.slice(0, MOST_LISTED),
    ...(words.length > MOST_LISTED ? [`and ${words.length - MOST_LISTED} more`] : []),
  ].join(' ');

export const many = (name: string, words: readonly string[]): string | null =>
  words.length === 0 ? null : `${name} ${listed(words.map(clean))}`;

interface CodecLike {
  readonly mimeType: string;
  readonly clockRate: number;
}
interface RtpLike {
  readonly mid?: string | undefined;
  readonly codecs: readonly CodecLike[];
  readonly encodings?: readonly unknown[] | undefined;
}

const codec = ({ mimeType, clockRate }: CodecLike): string => `${mimeType}/${clockRate}`;
/** Retransmission says nothing that its codec does not. */
export const codecs = (all: readonly CodecLike[]): string | null =>
  many('codecs', [...new Set(all.filter(({ mimeType }) => !/\/rtx$/i.test(mimeType)).map(codec))]);

/** One field of an encoding, whose shape is only bounded at the door. */
function field(encoding: unknown, name: 'ssrc' | 'rid'): readonly string[] {
  if (typeof encoding !== 'object' || encoding === null) return [];
  const value: unknown = Reflect.get(encoding, name);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

export function rtp({ mid, codecs: all, encodings = [] }: RtpLike): string {
  const of = (name: 'ssrc' | 'rid'): string | null =>
    many(
      name,
      encodings.flatMap((encoding) => field(encoding, name)),
    );
  return joinWords(mid !== undefined && `mid ${clean(mid)}`, codecs(all), of('ssrc'), of('rid'));
}

export const peer = (info: PeerInfo): string =>
  joinWords(
    `person ${clean(info.personId)}`,
    info.role,
    info.connected ? null : 'away',
    `link ${info.link}`,
    many(
      'sends',
      info.producers.map(({ source, kind, paused }) => `${source}/${kind}${paused ? '/paused' : ''}`),
    ),
    many('faults', info.faults),
  );

export const switches = (given: Partial<RoomSwitches>): string =>
  joinWords(
    ...(['locked', 'admission', 'mayUnmute', 'mayVideo', 'mayShare'] as const).map((name) =>
      given[name] === undefined ? null : `${name} ${String(given[name])}`,
    ),
  );

const transport = (name: string, { iceCandidates, dtlsParameters }: TransportParameters): string =>
  joinWords(
    `${name}: dtls ${dtlsParameters.role ?? 'auto'}`,
    ...iceCandidates.map(
      ({ type, protocol, address, ip }) => `candidate ${type} ${protocol} ${cutAddress(address ?? ip)}`,
    ),
  );

/** The answer of a join. */
export function joined({ transports, iceServers, producers, peers, consumers, you }: Joined): string {
  const { send = null, receive = null } = transports ?? {};
  return joinWords(
    `as ${you.role}`,
    transports === null ? 'transports kept' : 'transports new',
    `relays ${iceServers.length}`,
    `peers ${peers.length}`,
    `consumers ${consumers.length}`,
    `producers ${producers.length}`,
    send !== null && transport('send', send),
    receive !== null && transport('receive', receive),
  );
}

function side(name: string, given: SdpSide | null): readonly string[] {
  if (given === null) return [`  ${name}: none`];
  const { sections, candidates } = given;
  return [
    ...sections.map(
      ({ mid, kind, direction, codecs: all, ssrcs, rids }) =>
        `  ${name}: ${joinWords(
          `mid ${clean(mid)}`,
          `${kind} ${direction}`,
          many('codecs', all),
          many('ssrc', ssrcs.map(String)),
          many('rid', rids),
        )}`,
    ),
    ...candidates.map(
      ({ type, protocol, address }) => `  ${name}: candidate ${type} ${protocol} ${cutAddress(address)}`,
    ),
  ];
}

/** What a page sees of its own connection, a line for each part. */
export const picture = ({ why, transports }: SdpPicture): string =>
  [
    why,
    ...transports.flatMap(({ direction, connection, ice, gathering, local, remote }) => [
      `${direction}: ${joinWords(`connection ${connection}`, `ice ${ice}`, `gathering ${gathering}`)}`,
      ...side('local', local),
      ...side('remote', remote),
    ]),
  ]
    .join('\n')
    .slice(0, 6_000);
