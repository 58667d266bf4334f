/**
 * Looking where the tutor looks. The host says in awareness what they see; whoever follows sees the same part of the same
 * page, however large their own window is. The host may bring everyone once, or keep everyone there. It ends with the host's
 * connection, so nobody is left behind a lock.
 */
import type { Awareness } from 'y-protocols/awareness';
import type { Box } from '#sync/draw/camera.ts';
import { leadOf, type Lead } from './lead.ts';

export interface FollowPorts {
  readonly awareness: Awareness;
  /** Who leads here; awareness carries the ids of tickets, so nobody else can. */
  readonly hostId: string | null;
  /** Whether this person is the host. */
  readonly host: boolean;
  /** Shows a part of a page. */
  readonly show: (page: string, box: Box) => void;
  /** The viewer may not move by themselves now. */
  readonly hold: (held: boolean) => void;
}

/** Between two words about where the host looks, wall ms. */
const SEND_MS = 120;

export class Follow {
  /** Null while the host is not here. */
  lead: Lead | null = $state.raw(null);
  following = $state(false);
  /** The host keeps everyone. */
  locked = $state(false);
  private readonly ports: FollowPorts;
  private readonly stop: () => void;
  private calls: number | null = null;
  private own = { calls: 0, locked: false };
  private seen: { page: string; box: Box } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(ports: FollowPorts) {
    this.ports = ports;
    const look = (): void => this.look();
    if (!ports.host) ports.awareness.on('change', look);
    this.stop = () => ports.awareness.off('change', look);
    if (!ports.host) this.look();
  }

  destroy(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  start(): void {
    if (!this.lead) return;
    this.following = true;
    this.ports.show(this.lead.page, this.lead.box);
  }

  /** The viewer went their own way; not while everyone is kept. */
  leave(): void {
    if (!this.locked) this.following = false;
  }

  /** The host: what one looks at now. */
  tell(page: string, box: Box): void {
    if (!this.ports.host) return;
    this.seen = { page, box };
    this.timer ??= setTimeout(() => this.send(), SEND_MS);
  }

  /** The host: everyone jumps here, and follows until they go their own way. */
  call(): void {
    this.own = { ...this.own, calls: this.own.calls + 1 };
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
    const { awareness, hostId, show, hold } = this.ports;
    const states = hostId === null ? [] : [...awareness.getStates().values()];
    // Of two connections of one host, the one that called last leads.
    const leads = states.flatMap((state) => leadOf(state, hostId ?? '') ?? []).sort((a, b) => b.calls - a.calls);
    const lead = leads.find(({ locked }) => locked) ?? leads[0] ?? null;
    const called = lead !== null && this.calls !== null && lead.calls > this.calls;
    if (lead) this.calls = Math.max(this.calls ?? 0, lead.calls);
    // Awareness speaks of every pointer; the picture moves only when the host does.
    const stays = this.following && JSON.stringify(lead) === JSON.stringify(this.lead);
    this.lead = lead;
    this.locked = lead?.locked ?? false;
    if (!lead) this.following = false;
    else if (called || this.locked) this.following = true;
    hold(this.locked);
    if (lead && this.following && !stays) show(lead.page, lead.box);
  }
}
