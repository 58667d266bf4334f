/**
 * Whether people have the page of the lesson before them, as their own end says: a fact of the lesson (rule P14). Their
 * page says so at once, since a hidden page may be stopped at any moment; what is no more than a glance is found out here.
 */
import { never } from '#events/shared/never.ts';
import type { BusinessClock } from '#platform/clock/clock.ts';
import type { Attendance } from './attendance.server.ts';
import type { Peer } from './peer.ts';
import { idsOf } from './report.ts';
import type { Room } from './room.ts';

export type PageState =
  | { readonly kind: 'shown' }
  /** Since when, business ms: not for long enough yet to be told. */
  | { readonly kind: 'hiding'; readonly at: number; readonly timer: NodeJS.Timeout }
  /** The lesson was told. */
  | { readonly kind: 'hidden' };

export const SHOWN: PageState = { kind: 'shown' };

/** A look at another tab that is shorter than this is nothing, wall ms. */
export const GLANCE_MS = 5_000;
/**
 * So often it is told of one person, however often they join anew: what people's own ends say must never push out what
 * decides a lesson.
 */
export const MOST_HIDINGS = 100;

export class Pages {
  readonly #attendance: Pick<Attendance, 'page'>;
  readonly #clock: Pick<BusinessClock, 'now'>;

  constructor(attendance: Pick<Attendance, 'page'>, clock: Pick<BusinessClock, 'now'>) {
    this.#attendance = attendance;
    this.#clock = clock;
  }

  /** What one says of one's own page. Said again it changes nothing. */
  report(room: Room, peer: Peer, visible: boolean): void {
    const { page } = peer;
    switch (page.kind) {
      case 'shown':
        if (!visible) peer.page = this.#hiding(room, peer);
        return;
      case 'hiding':
        if (!visible) return;
        clearTimeout(page.timer);
        peer.page = SHOWN;
        return;
      case 'hidden':
        if (!visible) return;
        peer.page = SHOWN;
        return this.#attendance.page(idsOf(room, peer), peer.role, 'PageShown', this.#clock.now());
      default:
        return never(page, 'state of a page');
    }
  }

  /** Their connection was begun again in the attendance, where whoever comes has the page before them. */
  tellAnew(room: Room, peer: Peer): void {
    if (peer.page.kind !== 'hidden') return;
    this.#attendance.page(idsOf(room, peer), peer.role, 'PageHidden', this.#clock.now());
  }

  #hiding(room: Room, peer: Peer): PageState {
    const at = this.#clock.now();
    const timer = setTimeout(() => this.#hide(room, peer, at), GLANCE_MS);
    timer.unref();
    return { kind: 'hiding', at, timer };
  }

  #hide(room: Room, peer: Peer, at: number): void {
    if (room.peers.get(peer.personId) !== peer) return;
    // Who is away is not here at all; when they come back their page says how it is then.
    const before = room.hidings.get(peer.personId) ?? 0;
    if (peer.presence.kind === 'away' || before >= MOST_HIDINGS) {
      peer.page = SHOWN;
      return;
    }
    room.hidings.set(peer.personId, before + 1);
    peer.page = { kind: 'hidden' };
    this.#attendance.page(idsOf(room, peer), peer.role, 'PageHidden', at);
  }
}
