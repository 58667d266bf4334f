/** The room's rules as one page knows them: what is allowed, who waits, hands, reactions, and one's own role. */
import type {
  ClientType,
  DataOf,
  Joined,
  PeerInfo,
  Reaction,
  RoomInfo,
  RoomSwitches,
  ServerDataOf,
  Source,
} from '#sfu/signalling/protocol.ts';
import type { LocalMedia } from './local-media.svelte.ts';
import type { Ask, MediaSession } from './media-session.ts';
import { RefusedError, SignallingError, type Signalling } from './signalling.ts';

/** Something that a person has to be told in words, once. */
export type RoomNotice =
  | { readonly kind: 'quietened'; readonly source: Source; readonly by: string }
  | { readonly kind: 'forbidden' | 'allowed'; readonly source: Source }
  | { readonly kind: 'role'; readonly role: 'co-host' | 'participant' }
  | { readonly kind: 'failed'; readonly code: string };

export interface ShownReaction {
  readonly id: number;
  readonly personId: string;
  readonly reaction: Reaction;
}

/** How long a reaction stands over a tile, wall ms. */
const REACTION_MS = 4_000;
const SOURCES: readonly Source[] = ['microphone', 'camera', 'screen'];
const SWITCH_OF: Readonly<Record<Source, 'mayUnmute' | 'mayVideo' | 'mayShare'>> = {
  microphone: 'mayUnmute',
  camera: 'mayVideo',
  screen: 'mayShare',
};

export class RoomRules {
  info: RoomInfo | null = $state.raw(null);
  /** One's own place, as the others see it. */
  you: PeerInfo | null = $state.raw(null);
  /** While one stands at the door. */
  door: ServerDataOf<'waiting'> | null = $state.raw(null);
  reactions: readonly ShownReaction[] = $state.raw([]);
  /** Told each notice; the page that shows them sets it. */
  onNotice: (notice: RoomNotice) => void = () => undefined;
  readonly #ask: Ask;
  readonly #local: LocalMedia;
  readonly #media: MediaSession;
  #fadings: ReturnType<typeof setTimeout>[] = [];
  #lastId = 0;

  constructor(ask: Ask, local: LocalMedia, media: MediaSession) {
    this.#ask = ask;
    this.#local = local;
    this.#media = media;
  }

  /** Whether one may let in, mute, stop and take out others. */
  get moderates(): boolean {
    return this.you?.role === 'host' || this.you?.role === 'co-host';
  }

  get handUp(): boolean {
    return this.you !== null && this.you.hand !== null;
  }

  may(source: Source): boolean {
    return this.info === null || this.you?.role !== 'participant' || this.info[SWITCH_OF[source]];
  }

  /** Everything about the room that the answer of a join says. */
  take(joined: Joined): void {
    this.door = null;
    this.you = joined.you;
    this.info = joined.room;
    this.#obey();
  }

  listen(signalling: Signalling): void {
    signalling.on('room-changed', (info) => this.#change(info));
    signalling.on('you-changed', (you) => this.#become(you));
    signalling.on('quietened', ({ source, by }) => {
      if (source !== 'microphone') this.#media.closed(source);
      this.#local.hush(source);
      // Where it is forbidden to all, that was said already.
      if (this.may(source)) this.onNotice({ kind: 'quietened', source, by });
    });
    signalling.on('reaction', ({ personId, reaction }) => this.#show(personId, reaction));
  }

  /** The room is left. */
  forget(): void {
    for (const timer of this.#fadings) clearTimeout(timer);
    this.#fadings = [];
    this.info = null;
    this.you = null;
    this.door = null;
    this.reactions = [];
  }

  admit(personId: string): void {
    this.#say('admit', { personId });
  }
  turnAway(personId: string): void {
    this.#say('turn-away', { personId });
  }
  set(switches: Partial<RoomSwitches>): void {
    this.#say('set-room', switches);
  }
  allow(source: Source, on: boolean): void {
    this.set({ [SWITCH_OF[source]]: on });
  }
  /** @param personId null: all who take part. */
  quieten(personId: string | null, source: Source): void {
    this.#say('quieten', { personId, source });
  }
  remove(personId: string): void {
    this.#say('remove', { personId });
  }
  promote(personId: string, role: 'co-host' | 'participant'): void {
    this.#say('promote', { personId, role });
  }
  toggleHand(): void {
    if (this.you === null) return;
    if (this.handUp) this.lowerHand(this.you.personId);
    else this.#say('raise-hand', {});
  }
  /** @param personId null: all of them. */
  lowerHand(personId: string | null): void {
    this.#say('lower-hand', { personId });
  }
  react(reaction: Reaction): void {
    this.#say('react', { reaction });
  }

  #say<T extends ClientType>(type: T, data: DataOf<T>): void {
    this.#ask(type, data).catch((error: unknown) => {
      if (error instanceof RefusedError) this.onNotice({ kind: 'failed', code: error.code });
      else if (error instanceof SignallingError) this.onNotice({ kind: 'failed', code: 'unreachable' });
      else console.error('Classroom:', error);
    });
  }

  #change(info: RoomInfo): void {
    const before = SOURCES.filter((source) => this.may(source));
    this.info = info;
    this.#tellAllowed(before);
    this.#obey();
  }

  #become(you: PeerInfo): void {
    const role = this.you?.role;
    this.you = you;
    if (role !== you.role && (you.role === 'co-host' || you.role === 'participant'))
      this.onNotice({ kind: 'role', role: you.role });
    this.#obey();
  }

  /** @param before what was allowed until now. */
  #tellAllowed(before: readonly Source[]): void {
    for (const source of SOURCES) {
      const [may, might] = [this.may(source), before.includes(source)];
      if (may && !might) this.onNotice({ kind: 'allowed', source });
      if (!may && might) this.onNotice({ kind: 'forbidden', source });
    }
  }

  /** What is forbidden is switched off here too, so that nothing shows as on that reaches nobody. */
  #obey(): void {
    for (const source of SOURCES) if (!this.may(source) && this.#sends(source)) this.#local.hush(source);
  }

  #sends(source: Source): boolean {
    const { microphone, muted, camera, screen } = this.#local;
    if (source === 'microphone') return microphone !== null && !muted;
    return (source === 'camera' ? camera : screen) !== null;
  }

  #show(personId: string, reaction: Reaction): void {
    const id = (this.#lastId += 1);
    // One a person: the newest says it.
    this.reactions = [...this.reactions.filter((shown) => shown.personId !== personId), { id, personId, reaction }];
    const timer = setTimeout(() => {
      this.#fadings = this.#fadings.filter((other) => other !== timer);
      this.reactions = this.reactions.filter((shown) => shown.id !== id);
    }, REACTION_MS);
    this.#fadings.push(timer);
  }
}
