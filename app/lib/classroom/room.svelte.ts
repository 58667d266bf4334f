/**
 * One person's place in one lesson, as the page sees it. Joins, comes back by itself after every kind of break, and
 * keeps what is sent in step with what the person switched on.
 */
import { SvelteMap } from 'svelte/reactivity';
import {
  isFinalClose,
  lossOf,
  type CloseReason,
  type ConsumerInfo,
  type Joined,
  type JoinRequest,
  type Link,
  type MediaFault,
} from '#sfu/signalling/protocol.ts';
import type { Join } from '../../server/services.ts';
import { Ahead } from './ahead.ts';
import { backoff } from './backoff.ts';
import { Door } from './door.svelte.ts';
import { Health } from './health.ts';
import { linkOf } from './link-quality.ts';
import type { LocalMedia } from './local-media.svelte.ts';
import { MediaSession } from './media-session.ts';
import { onNetworkChange } from './network-changes.ts';
import { PageSight } from './page-sight.ts';
import type { Saving } from './layers.ts';
import { peersOf, withConsumer, withoutConsumer, withoutPeer, withPeer, type RemotePeer } from './peers.ts';
import { Publisher } from './publisher.ts';
import { Reception } from './reception.svelte.ts';
import { loadRecorded, saveRecorded } from './recorded.ts';
import { RoomRules } from './rules.svelte.ts';
import { Support } from './support.svelte.ts';
import { RefusedError, Signalling, SignallingError } from './signalling.ts';

export type Phase = 'preview' | 'joining' | 'knocking' | 'live' | 'reconnecting' | 'ended' | 'refused' | 'replaced';

export interface RoomOptions {
  readonly code: string;
  /** Whose place it is. */
  readonly personId: string;
  readonly local: LocalMedia;
  /** False where nothing is ever recorded, so that nobody is asked and nobody is told. */
  readonly recordable?: boolean;
  /** The business clock was moved. */
  readonly onClock: () => void;
  /** Whether there is something to show without the door's answer. */
  readonly startsAlone?: () => boolean;
}

const STATS_MS = 5_000;
/** Whoever has joined sees the room within this, whatever the browser does about media meanwhile. */
const DRAW_WITHIN_MS = 400;
/** A broken way gets this long to mend before the transports are made anew. */
const MEND_MS = 6_000;
/** The server knows the person, so these are not worth another try. */
const WORTH_RETRY: ReadonlySet<string> = new Set([
  'media-unavailable',
  'draining',
  'elsewhere',
  'internal',
  'ticket-invalid',
  'too-fast',
]);

/** What becomes of a try to connect. */
type Outcome = 'done' | 'again' | 'no-answer' | 'silence' | 'new-ticket' | 'elsewhere';

/** What is to be done about a refusal beside trying again. */
const AFTER: Readonly<Partial<Record<string, Outcome>>> = {
  'ticket-invalid': 'new-ticket',
  'too-many-connections': 'again',
  'code-missing': 'again',
  timeout: 'silence',
  draining: 'elsewhere',
  elsewhere: 'elsewhere',
};

/** What mediasoup-client says of work that was under way when its transport was closed. */
const CUT_OFF: ReadonlySet<string> = new Set([
  'AwaitQueueStoppedError',
  'AwaitQueueRemovedTaskError',
  'InvalidStateError',
]);

export class Room {
  phase: Phase = $state('preview');
  /** Why one was not let in, or was sent away; null otherwise. */
  refusal: { readonly code: string; readonly message: string } | null = $state.raw(null);
  peers: readonly RemotePeer[] = $state.raw([]);
  /** By consumer id. */
  readonly tracks = new SvelteMap<string, MediaStreamTrack>();
  speaking: readonly string[] = $state.raw([]);
  link: Link = $state('good');
  /** What is wrong with one's own picture or sound. */
  faults: readonly MediaFault[] = $state.raw([]);
  /** Board and chat work, sound and picture do not: no worker here, or a browser that cannot. */
  mediaOff: 'server' | 'browser' | null = $state(null);
  readonly local: LocalMedia;
  /** Who may do what here, and who waits. */
  readonly rules: RoomRules;
  /** For when something goes wrong. */
  readonly support: Support;
  /** What one takes of the others. */
  readonly reception: Reception;
  /** Whether the person may be in the recording. */
  recorded: boolean = $state(loadRecorded());
  readonly #options: RoomOptions;
  readonly #door: Door;
  readonly #ahead = new Ahead();
  /** The page has let go of it. */
  #gone = false;
  readonly #media: MediaSession;
  readonly #publisher: Publisher;
  readonly #sight: PageSight;
  #signalling: Signalling | null = null;
  /** The connection on which one stands at the door. */
  #atDoor: Signalling | null = null;
  #resumeToken: string | null = null;
  /** Rises with each attempt to connect, so that a late answer of an old one is dropped. */
  #attempt = 0;
  readonly #health = new Health();
  /** The camera was given up for the sound, and comes back with the pictures. */
  #cameraAway = false;
  #timers: ReturnType<typeof setInterval>[] = [];
  #mending: ReturnType<typeof setTimeout> | null = null;
  #wake: (() => void) | null = null;
  #listening: readonly (() => void)[] = [];

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#door = new Door(options.code, options.personId);
    this.local = options.local;
    this.#media = new MediaSession(
      (type, data) => this.#signalling?.ask(type, data) ?? Promise.reject(new SignallingError('not connected')),
      {
        onTrack: (info, track) => this.#onTrack(info, track),
        onConnected: (connected) => this.#onConnected(connected),
        tilesOf: (infos) => this.reception.watching.add(infos),
      },
    );
    this.rules = new RoomRules(
      (type, data) => this.#signalling?.ask(type, data) ?? Promise.reject(new SignallingError('not connected')),
      options.local,
      this.#media,
    );
    this.support = new Support(
      (type, data) => this.#signalling?.ask(type, data) ?? Promise.reject(new SignallingError('not connected')),
      this.#media,
      (work) => this.#background(work),
    );
    this.#sight = new PageSight(
      (type, data) => this.#signalling?.ask(type, data) ?? Promise.reject(new SignallingError('not connected')),
      (work) => this.#background(work),
    );
    this.#publisher = new Publisher(options.local, this.#media, (work) => this.#background(work));
    this.reception = new Reception(
      (tiles) => this.#background(this.#media.watch(tiles)),
      (personId) =>
        this.speaking.includes(personId) || this.peers.some((one) => one.personId === personId && one.role === 'host'),
      (saving) => this.#save(saving),
    );
    options.local.onChange(() => this.#publisher.update());
  }

  /** The door's last answer: documents, ticket, role. Reactive. */
  get door(): Join | null {
    return this.#door.current;
  }

  /** The person may come in any moment: what takes time is done ahead. Again when it was long ago. Never rejects. */
  async prepare(): Promise<void> {
    const preparing = this.#prepare();
    this.#background(preparing);
    await Promise.allSettled([preparing]);
  }

  async #prepare(): Promise<void> {
    if (this.phase !== 'preview') return;
    const asked = this.#door.open();
    this.#background(this.#media.library());
    const answer = await asked;
    if (answer.kind !== 'join' || this.phase !== 'preview' || this.#gone) return;
    const opened = await this.#ahead.open(answer.join);
    if (opened !== null) await this.#media.capabilities(opened.welcome.routerRtpCapabilities);
  }

  /** From the preview into the lesson. */
  async enter(): Promise<void> {
    if (this.phase === 'joining' || this.phase === 'knocking' || this.phase === 'live') return;
    this.phase = 'joining';
    this.refusal = null;
    this.#background(this.#media.library());
    this.#timers = [
      setInterval(() => this.#background(this.#measure()), STATS_MS),
      setInterval(() => this.#sight.look(), STATS_MS),
      setInterval(() => this.#background(this.#renew()), 20_000),
    ];
    const connection = 'connection' in navigator ? navigator.connection : null;
    this.#listening = [
      onNetworkChange(this.#onNetwork, globalThis.window, connection),
      this.#sight.watch(document, globalThis.window),
    ];
    await this.#connect(false);
  }

  /** Leaves on purpose; the preview is one step away. */
  async leave(): Promise<void> {
    const signalling = this.#signalling ?? this.#atDoor;
    this.#stop('preview');
    this.local.stopScreen();
    if (signalling === null) return;
    try {
      await signalling.ask('leave', {});
    } catch (error) {
      // Without an answer the server finds out by itself when the socket closes.
      if (!(error instanceof SignallingError) && !(error instanceof RefusedError)) throw error;
    } finally {
      signalling.close();
    }
  }

  /** The latest ticket, for the documents; empty once the person is out. */
  readonly ticket = (): string => this.door?.ticket ?? '';

  /** A fresh one. Rejects while there is none to be had. */
  readonly freshTicket = async (): Promise<string> => {
    const answer = await (this.#signalling === null ? this.#door.fresh() : this.#door.renew());
    // Nothing of this person goes out while another one is signed in.
    if (answer.kind === 'refused' && answer.code === 'someone-else') this.#leaveFor(answer.code, answer.message);
    if (answer.kind !== 'join') throw new SignallingError(answer.kind);
    this.#tellTicket();
    return answer.join.ticket;
  };

  /** The page goes away. */
  destroy(): void {
    this.#gone = true;
    this.#ahead.drop();
    this.#signalling?.close();
    this.#atDoor?.close();
    this.#stop('preview');
    this.local.stop();
  }

  /** The page learnt elsewhere that the lesson is over; without media nobody else says it. */
  over(): void {
    if (this.phase !== 'live' && this.phase !== 'reconnecting') return;
    this.#signalling?.close();
    this.#stop('ended');
  }

  /** Holds for the next join, and for later ones on this device. */
  setRecorded(recorded: boolean): void {
    this.recorded = recorded;
    saveRecorded(recorded);
  }

  trackOf(peer: RemotePeer, source: ConsumerInfo['source'], kind: ConsumerInfo['kind']): MediaStreamTrack | null {
    const consumer = peer.consumers.find((info) => info.source === source && info.kind === kind);
    return consumer === undefined ? null : (this.tracks.get(consumer.consumerId) ?? null);
  }

  /** One connection after another until one holds, the lesson says no, or the person leaves. */
  async #connect(keepTransports: boolean): Promise<void> {
    const mine = (this.#attempt += 1);
    for (let tries = 0; this.#attempt === mine; tries += 1) {
      await this.#pause(backoff(tries, Math.random()));
      if (this.#attempt !== mine) return;
      const outcome = await this.#tryOnce(mine, keepTransports && tries < 3);
      if (outcome === 'done') return;
      if (outcome === 'new-ticket') this.#door.forget();
      // What goes wrong twice may do better at another node.
      if (outcome === 'elsewhere' || (outcome === 'again' && tries > 0)) this.#door.doubt(null);
      // Once may be a blip, but not when it took seconds.
      if (outcome === 'silence' || (outcome === 'no-answer' && tries > 0)) this.#doubt();
    }
  }

  /** Nobody answers where the lesson's media are said to be. */
  #doubt(): void {
    this.#door.doubt(this.door?.signalling.url ?? null);
  }

  async #tryOnce(mine: number, keepTransports: boolean): Promise<Outcome> {
    const answer = await this.#door.open();
    if (this.#attempt !== mine) return 'done';
    if (answer.kind === 'unreachable') {
      // The board is here, and media come when they can.
      if (this.phase === 'joining' && this.#options.startsAlone?.()) {
        this.phase = 'reconnecting';
        this.link = 'lost';
      }
      return 'again';
    }
    if (answer.kind === 'refused') {
      this.#refuse(answer.code, answer.message);
      return 'done';
    }
    const { ticket, signalling: where } = answer.join;
    let signalling: Signalling | null = null;
    try {
      const opened = await (this.#ahead.take(ticket) ?? Signalling.open(where.url, where.path, ticket));
      signalling = opened.signalling;
      signalling.on('waiting', (door) => (this.rules.door = door));
      const rtpCapabilities = await this.#media.capabilities(opened.welcome.routerRtpCapabilities);
      const token = this.#resumeToken;
      const keep = keepTransports && this.#media.hasTransports && this.#media.connected;
      const resume = token === null ? null : { token, keepTransports: keep };
      const joined = await this.#comeIn(signalling, mine, {
        version: opened.welcome.version,
        rtpCapabilities,
        resume,
        ...(this.#options.recordable === false ? {} : { recorded: this.recorded }),
      });
      if (this.#attempt !== mine) {
        signalling.close();
        return 'done';
      }
      if (this.#outside) {
        // They were let in while they were away: the door gives them all of it now.
        signalling.close();
        this.#door.doubt(null);
        return 'again';
      }
      await this.#settle(signalling, joined, mine);
      return 'done';
    } catch (error) {
      signalling?.close();
      if (this.#attempt !== mine) return 'done';
      return this.#onFailure(error);
    }
  }

  /** Joins, or stands at the door until somebody opens it. */
  async #comeIn(signalling: Signalling, mine: number, request: JoinRequest): Promise<Joined> {
    for (;;) {
      try {
        return await signalling.ask('join', request);
      } catch (error) {
        if (!(error instanceof RefusedError) || error.code !== 'waiting' || this.#attempt !== mine) throw error;
      }
      this.phase = 'knocking';
      this.#atDoor = signalling;
      try {
        await signalling.admitted();
      } finally {
        if (this.#atDoor === signalling) this.#atDoor = null;
      }
      if (this.#attempt === mine) this.phase = 'joining';
      if (this.#outside) await this.#lookInside(signalling, mine);
    }
  }

  /**
   * The ticket opens neither board nor chat: it is for the door alone. An observer's opens both only once they are in the
   * room, so it says nothing of where they stand.
   */
  get #outside(): boolean {
    return this.door?.role !== 'observer' && this.door?.sync.documents.length === 0;
  }

  /**
   * Let in a moment ago: only now the door gives a ticket for board and chat. Before the join, because what the server
   * says after it is for those who listen.
   * @throws RefusedError when the door says no.
   */
  async #lookInside(signalling: Signalling, mine: number): Promise<void> {
    for (let tries = 0; this.#attempt === mine && this.#outside; tries += 1) {
      await this.#pause(backoff(tries, Math.random()));
      const answer = await this.#door.renew();
      if (answer.kind === 'refused') throw new RefusedError(answer.code, answer.message);
    }
    await signalling.ask('renew-ticket', { ticket: this.ticket() });
  }

  #onFailure(error: unknown): Outcome {
    if (error instanceof SignallingError) {
      if (error.message !== 'media-unavailable') return AFTER[error.message] ?? 'no-answer';
      // Without a room nobody could be told of them.
      if (this.door?.role === 'observer') return 'again';
      // No media on this machine: the lesson is held on board and chat.
      this.mediaOff = 'server';
      this.phase = 'live';
      return 'done';
    }
    if (!(error instanceof RefusedError)) {
      console.error('Classroom:', error);
      this.#refuse('internal', '');
      return 'done';
    }
    if (error.code === 'replaced') {
      this.#stop('replaced');
      return 'done';
    }
    if (WORTH_RETRY.has(error.code)) return AFTER[error.code] ?? 'again';
    this.#refuse(error.code, error.message);
    return 'done';
  }

  async #settle(signalling: Signalling, joined: Joined, mine: number): Promise<void> {
    this.#signalling = signalling;
    this.#listen(signalling);
    // Drawing the room keeps the page busy for a while, so the connections are begun before it.
    const drawAnyway = new Promise((resolve) => setTimeout(resolve, DRAW_WITHIN_MS));
    await Promise.race([Promise.allSettled([this.#take(joined)]), drawAnyway]);
    if (this.#attempt === mine && this.#signalling === signalling) this.phase = 'live';
  }

  /** The whole picture: of a join, or of media that go on elsewhere on the server. Resolves when receiving is begun. */
  #take(joined: Joined): Promise<unknown> {
    this.#resumeToken = joined.resumeToken;
    this.rules.take(joined);
    this.support.take(joined);
    this.#sight.joined();
    this.peers = peersOf(joined, Date.now());
    this.speaking = joined.speaking;
    this.mediaOff = this.#media.supported ? null : 'browser';
    this.link = 'good';
    this.#health.begin();
    this.#health.hear(this.#othersSpeak(joined.speaking));
    this.reception.watching.anew();
    // The person is in; what goes wrong with single tracks from here on must not put them out.
    const adopting = this.#media.adopt(joined);
    this.#background(adopting.then(({ said }) => said));
    this.#publisher.update();
    return adopting;
  }

  #listen(signalling: Signalling): void {
    const current = (): boolean => this.#signalling === signalling;
    const update = (): number => Date.now();
    signalling.on('joined-anew', (joined) => {
      if (current()) this.#background(this.#take(joined));
    });
    signalling.on('peer-joined', (info) => (this.peers = withPeer(this.peers, info, update())));
    signalling.on('peer-changed', (info) => (this.peers = withPeer(this.peers, info, update())));
    signalling.on('peer-left', ({ personId }) => (this.peers = withoutPeer(this.peers, personId)));
    signalling.on('consumer-added', (info) => {
      this.peers = withConsumer(this.peers, info);
      this.#background(this.#media.consume([info]));
    });
    signalling.on('consumer-closed', ({ consumerId }) => {
      this.peers = withoutConsumer(this.peers, consumerId);
      this.#media.drop(consumerId);
    });
    signalling.on('speaking', ({ personIds }) => {
      this.speaking = personIds;
      this.#health.hear(this.#othersSpeak(personIds));
      this.reception.watching.look();
    });
    this.rules.listen(signalling);
    signalling.on('clock', () => this.#options.onClock());
    signalling.onLost((reason) => {
      if (current()) this.#onLost(reason);
    });
  }

  #onLost(reason: CloseReason | null): void {
    this.#signalling = null;
    if (reason !== null && isFinalClose(reason)) {
      if (reason === 'lesson-ended' || reason === 'lesson-cancelled') this.#stop('ended');
      else if (reason === 'replaced') this.#stop('replaced');
      else this.#refuse(reason, '');
      return;
    }
    if (reason === 'media-lost' || reason === 'node-draining') this.#door.doubt(null);
    this.phase = 'reconnecting';
    this.link = 'lost';
    // With a reason the server has closed the transports already; without one media may still flow.
    this.#background(this.#connect(reason === null));
  }

  async #renew(): Promise<void> {
    if (this.#door.wantsRenewal) await this.freshTicket();
  }

  #tellTicket(): void {
    const ticket = this.ticket();
    const signalling = this.#signalling ?? this.#atDoor;
    if (signalling !== null) this.#background(signalling.ask('renew-ticket', { ticket }));
  }

  #onTrack(info: ConsumerInfo, track: MediaStreamTrack | null): void {
    if (track === null) {
      this.tracks.delete(info.consumerId);
      this.reception.watching.remove(info.consumerId);
    } else this.tracks.set(info.consumerId, track);
  }

  #onConnected(connected: boolean): void {
    if (this.#mending !== null) clearTimeout(this.#mending);
    this.#mending = null;
    if (connected || this.#signalling === null) return;
    this.link = 'lost';
    let answered = false;
    const restarted = this.#media.restartIce().then(() => void (answered = true));
    this.#background(restarted);
    this.support.picture('failed', restarted);
    this.#mending = setTimeout(() => {
      if (this.#media.connected || this.#signalling === null) return;
      // The way did not mend: the same person and connection, with transports made anew.
      if (!answered) this.#doubt();
      this.#signalling.close();
      this.#signalling = null;
      this.phase = 'reconnecting';
      this.#background(this.#connect(false));
    }, MEND_MS);
  }

  async #measure(): Promise<void> {
    const signalling = this.#signalling;
    if (signalling === null || !this.#media.hasTransports) return;
    const stats = await this.#media.stats();
    // Left, or over other transports by now.
    if (this.#signalling !== signalling) return;
    const report = this.#health.read(stats, this.local);
    const link = linkOf(report, this.#media.connected);
    this.reception.read({ link, loss: report === null ? 0 : lossOf(report) });
    this.faults = report?.faults ?? [];
    if (report !== null) this.#background(signalling.ask('report-stats', report));
    if (link === this.link) return;
    this.link = link;
    this.#background(signalling.ask('report-link', { link }));
    if (link === 'weak') this.support.picture('weak');
  }

  #leaveFor(code: string, message: string): void {
    this.#signalling?.close();
    this.#atDoor?.close();
    this.#refuse(code, message);
  }

  #othersSpeak(personIds: readonly string[]): boolean {
    return personIds.some((personId) => personId !== this.rules.you?.personId);
  }

  /** Pictures are given up on both ways: one's own costs as much as another's. */
  #save(saving: Saving): void {
    this.#publisher.small = saving !== 'none';
    if (saving === 'sound') {
      this.#cameraAway = this.local.camera !== null;
      this.local.hush('camera');
    } else if (this.#cameraAway) {
      this.#cameraAway = false;
      if (this.local.camera === null && this.rules.may('camera')) this.#background(this.local.setCamera(true));
    }
    this.#publisher.update();
  }

  #refuse(code: string, message: string): void {
    if (code === 'lesson-ended' || code === 'lesson-cancelled') return this.#stop('ended');
    this.refusal = { code, message };
    // Whoever was never in stands before the door still, and sees themselves there.
    this.#stop('refused', this.phase === 'joining' || this.phase === 'knocking');
  }

  #stop(phase: Phase, keepDevices = phase === 'preview'): void {
    this.#attempt += 1;
    this.phase = phase;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    if (this.#mending !== null) clearTimeout(this.#mending);
    for (const stop of this.#listening) stop();
    this.#listening = [];
    this.#wake?.();
    this.#signalling = null;
    this.#atDoor = null;
    this.rules.forget();
    this.reception.watching.clear();
    this.#media.close();
    this.peers = [];
    this.speaking = [];
    this.faults = [];
    this.#health.end();
    this.#resumeToken = null;
    this.#door.forget();
    if (!keepDevices) this.local.stop();
  }

  /** Another network: no waiting for the next try, nor for the browser to find out that the old way is dead. */
  readonly #onNetwork = (): void => {
    this.#wake?.();
    if (this.#signalling !== null) this.#background(this.#media.restartIce());
  };

  /** Waits, but not a moment longer than until the network is back. */
  #pause(ms: number): Promise<void> {
    if (ms === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Work beside the page. A connection that breaks under it is noticed and mended elsewhere. */
  #background(work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (error instanceof SignallingError || error instanceof RefusedError) return;
      if (error instanceof Error && CUT_OFF.has(error.name)) return;
      console.error('Classroom:', error);
    });
  }
}
