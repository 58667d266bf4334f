/**
 * A firewall for machines on which no network can be made (`network.ts` needs rights that not every container has): the
 * page itself is kept from opening the ways that the rules forbid. What is open stays open. What stays real: the browser's
 * own choice among the ways that are left, and the relays.
 */
import type { Browser, Page } from 'playwright-core';
import type { Firewall } from './network.ts';

const NAME = 'test-firewall';

/** Before the page is opened. The rules stand in a cookie, which scripts read at once and every page of a person has. */
export const underPageFirewall = (page: Page): Promise<unknown> =>
  page.addInitScript((name) => {
    const rules = (): string => new RegExp(`${name}=([a-z0-9-]+)`).exec(document.cookie)?.[1] ?? 'open';
    const urlsOf = ({ urls }: RTCIceServer): string[] => (typeof urls === 'string' ? [urls] : urls);
    const passes = (url: string): boolean => {
      if (rules() === 'open') return true;
      return rules() === 'no-udp' ? url.endsWith('transport=tcp') : url.endsWith(':443?transport=tcp');
    };
    const allowed = (asked: RTCConfiguration = {}): RTCConfiguration => ({
      ...asked,
      // Our media server does not listen on 443, so with nothing else let through only relays are left.
      iceTransportPolicy: rules() === 'tcp-443-only' ? 'relay' : (asked.iceTransportPolicy ?? 'all'),
      iceServers: (asked.iceServers ?? [])
        .map((server) => ({ ...server, urls: urlsOf(server).filter(passes) }))
        .filter(({ urls }) => urls.length > 0),
    });
    // What goes over a relay leaves by TCP, whatever the relay does with it then.
    const reachable = (sdp: string | undefined, relayed: boolean): string | undefined =>
      rules() === 'no-udp' && !relayed ? sdp?.replaceAll(/^a=candidate:\S+ \d+ udp .*\r?\n/gim, '') : sdp;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(allowed(configuration));
      }
      override setConfiguration(configuration?: RTCConfiguration): void {
        super.setConfiguration(allowed(configuration));
      }
      override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const relayed = this.getConfiguration().iceTransportPolicy === 'relay';
        return super.setRemoteDescription({ ...description, sdp: reachable(description.sdp, relayed) });
      }
    };
  }, NAME);

/** Sets the rules for everybody in this browser who visits `url`. */
export async function setPageFirewall(browser: Browser, url: string, rules: Firewall): Promise<void> {
  for (const context of browser.contexts()) await context.addCookies([{ name: NAME, value: rules, url }]);
}
