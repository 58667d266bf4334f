/**
 * Looking where the tutor looks. The host says in awareness what they see; whoever follows sees the same part of the same
 * page, however large their own window is. Everybody follows until they go their own way. The host may bring everyone once,
 * or keep everyone there. It ends with the host's connection, so nobody is left behind a lock.
 */
import type { Awareness } from 'y-protocols/awareness';
import type { Box } from '#sync/draw/camera.ts';
import { leadOf, waysAfter, type Lead, type Ways } from './lead.ts';

export interface FollowPorts {
  readonly awareness: Awareness;
  /** Who leads here; awareness carries the ids of tickets, so nobody else can. */
  readonly hostId: string | null;
  /** Whether this person is the host. */
  readonly host: boolean;
  /** The viewer went their own way before, and nobody called them since. */
  readonly strayed: boolean;
  /** Something is in the viewer's hand: what they see stays until they have put it down. */
  readonly busy: () => boolean;
  /** Shows a part of a page. */
  readonly show: (page: string, box: Box) => void;
  /** The viewer may not move by themselves now. */
  readonly hold: (held: boolean) => void;
}

/** Between two words about where the host looks, wall ms. */
const SEND_MS = 120;
/** Between two looks at a hand that is busy, wall ms. */
const BUSY_MS = 200;

export class Follow {
  /** Null while the host is not here. */
  lead: Lead | null = $state.raw(null);
  private ways: Ways = $state.raw({ strayed: false, called: null });
  /** The host keeps everyone. */
  locked = $state(false);
  private readonly ports: FollowPorts;
  private readonly stop: () => void;
  private own = { calls: 0, locked: false };
  private seen: { page: string; box: Box } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: FollowPorts) {
    this.ports = ports;
    this.ways = { strayed: ports.strayed, called: null };
    const look = (): void => this.look();
    if (!ports.host) ports.awareness.on('change', look);
    this.stop = () => ports.awareness.off('change', look);
  }

  /** The board is there to be shown. */
  begin(): void {
    if (!this.ports.host) this.look();
  }

  destroy(): void {
    this.stop();
    clearTimeout(this.timer);
    clearTimeout(this.later);
  }

  get following(): boolean {
    return this.lead !== null && !this.ways.strayed;
  }

  /** The viewer went their own way. */
  get strayed(): boolean {
    return this.ways.strayed;
  }

  start(): void {
    this.ways = { ...this.ways, strayed: false };
    this.show();
  }

  /** The viewer went their own way; not while everyone is kept. */
  leave(): void {
    if (this.lead && !this.locked) this.ways = { ...this.ways, strayed: true };
  }

  /** The host: what one looks at now. */
  tell(page: string, box: Box): void {
    if (!this.ports.host) return;
    this.seen = { page, box };
    this.timer ??= setTimeout(() => this.send(), SEND_MS);
  }

  /** The host: everyone jumps here, and follows until they go their own way. */
  call(): void {
    // Later than any call before, also after a reload and from another page of the same host.
    this.own = { ...this.own, calls: Math.max(this.own.calls + 1, Date.now()) };
    this.send();
  }

  /** The host: nobody wanders off. */
  lock(locked: boolean): void {
    this.own = { ...this.own, locked };
    this.locked = locked;
    this.send();
  }

  private send(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.seen) return;
    const { page, box } = this.seen;
    const numbers = [box.left, box.top, box.right, box.bottom].map(Math.round);
    this.ports.awareness.setLocalStateField('lead', { page, box: numbers, ...this.own });
  }

  private look(): void {
    const { awareness, hostId, hold } = this.ports;
    const states = hostId === null ? [] : [...awareness.getStates().values()];
    // Of two connections of one host, the one that called last leads.
    const leads = states.flatMap((state) => leadOf(state, hostId ?? '') ?? []).sort((a, b) => b.calls - a.calls);
    const lead = leads.find(({ locked }) => locked) ?? leads[0] ?? null;
    // Awareness speaks of every pointer; the picture moves only when the host does.
    const stays = this.following && JSON.stringify(lead) === JSON.stringify(this.lead);
    this.lead = lead;
    this.locked = lead?.locked ?? false;
    this.ways = waysAfter(this.ways, lead);
    hold(this.locked);
    if (!stays) this.show();
  }

  /** Shows a follower what the host sees, once their hand is free. */
  private show(): void {
    clearTimeout(this.later);
    if (!this.lead || !this.following) return;
    if (this.ports.busy() && !this.locked) this.later = setTimeout(() => this.show(), BUSY_MS);
    else this.ports.show(this.lead.page, this.lead.box);
  }
}
