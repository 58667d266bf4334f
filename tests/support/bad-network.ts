/**
 * A bad network between some pages and the product: everything that they send and get goes through the fault proxies,
 * their documents and sockets over TCP, pictures and sound over UDP. Other pages are not touched.
 */
import type { Page } from 'playwright-core';
import type { Neck, Profile } from '../proxies/link.ts';
import { startTcpProxy } from '../proxies/tcp.ts';
import { startUdpProxy } from '../proxies/udp.ts';
import type { Product } from './product.ts';

export interface BadNetwork {
  /** The product, as it is reached over this network. */
  readonly url: string;
  /** For each page, before it is opened. */
  prepare(page: Page): Promise<void>;
  /** Packets of media so far, both ways. */
  readonly media: { readonly passed: number; readonly lost: number };
  change(profile: Partial<Profile>): void;
  /** Nothing passes for so long; resolves when it does again. */
  cut(ms: number): Promise<void>;
  /** The router gives media another outer port, as after a NAT forgot the old one. */
  rebind(): Promise<void>;
  close(): Promise<void>;
}

/** TCP asks again at growing distances whether the way is back; this is the first, ms. */
const FIRST_RETRY_MS = 200;

/** How long after a cut of `cutMs` TCP notices that it is over, ms: its tries lie 1, 3, 7, … times the first wait apart. */
export function tcpNoticesAfter(cutMs: number, roundTripMs: number): number {
  const first = Math.max(FIRST_RETRY_MS, 2 * roundTripMs);
  let at = first;
  for (let wait = 2 * first; at < cutMs; wait *= 2) at += wait;
  return at - cutMs;
}

/** What is asked of the product, so that a part of it can stand for it. */
type Reached = Pick<Product, 'url' | 'output'>;

/** The ports of its media workers, as it said in its log. */
const mediaPortsOf = ({ output }: Reached): number[] =>
  [...output().matchAll(/"port":(\d+)[^\n]*Media worker listening/g)].map(([, port]) => Number(port));

/**
 * @param product whose media server is at 127.0.0.1 (`MEDIA_ADDRESS`).
 * @param seed the same seed loses the same packets of the same traffic.
 */
export async function startBadNetwork(product: Reached, profile: Partial<Profile>, seed = 1): Promise<BadNetwork> {
  const up: Neck = { freeAt: 0 };
  const down: Neck = { freeAt: 0 };
  const host = '127.0.0.1';
  const { port } = new URL(product.url);
  const tcp = await startTcpProxy({ host, port: Number(port) }, profile, seed, { up, down });
  const ways = await Promise.all(
    mediaPortsOf(product).map(async (target, index) => {
      const udp = await startUdpProxy({ host, port: target }, profile, seed + 1_000 * (index + 1), { up, down });
      return { target, udp };
    }),
  );
  if (ways.length === 0) throw new Error('The product did not say where its media workers listen');
  let { delayMs = 0 } = profile;
  return {
    url: `http://${host}:${tcp.port}`,
    async prepare(page) {
      const targets = ways.map(({ target, udp }) => [String(target), udp.port] as const);
      await page.addInitScript((ports) => {
        // The media server cannot announce another port than its own, so its candidates are read differently here.
        const proxyOf = new Map(ports);
        const candidate = /^(a=candidate:\S+ \d+ udp \d+ \S+) (\d+)/gim;
        const proxied = (sdp: string | undefined): string | undefined =>
          sdp
            ?.replaceAll(candidate, (_line, before: string, port: string) => `${before} ${proxyOf.get(port) ?? 9}`)
            .replaceAll(/^a=candidate:\S+ \d+ tcp .*\r?\n/gim, '');
        window.RTCPeerConnection = class extends RTCPeerConnection {
          override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
            return super.setRemoteDescription({ ...description, sdp: proxied(description.sdp) ?? '' });
          }
        };
      }, targets);
    },
    get media() {
      const counts = ways.flatMap(({ udp }) => [udp.toServer, udp.toClient]);
      const sum = (of: 'passed' | 'lost'): number => counts.reduce((all, count) => all + count[of], 0);
      return { passed: sum('passed'), lost: sum('lost') };
    },
    change(next) {
      delayMs = next.delayMs ?? delayMs;
      tcp.change(next);
      for (const { udp } of ways) udp.change(next);
    },
    async cut(ms) {
      for (const { udp } of ways) udp.cut();
      tcp.stall();
      await new Promise((resolve) => setTimeout(resolve, ms));
      for (const { udp } of ways) udp.mend();
      setTimeout(() => tcp.mend(), tcpNoticesAfter(ms, 2 * delayMs));
    },
    async rebind() {
      for (const { udp } of ways) await udp.rebind();
    },
    async close() {
      await Promise.all([tcp.close(), ...ways.map(({ udp }) => udp.close())]);
    },
  };
}
