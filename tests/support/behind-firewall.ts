/**
 * The whole product as the world sees it (an address of its own), two shipped relays beside it, and two browsers: one
 * with the whole network, one behind a firewall that a test sets. The firewall is a real one wherever networks can be
 * made; elsewhere it stands in the page (`page-firewall.ts`) and holds for what the page opens from then on.
 */
import type { Browser, Page } from 'playwright-core';
import { outerAddress } from '#sfu/media/addresses.ts';
import { openBrowser } from './browser.ts';
import type { Child } from './child.ts';
import { loopbackAddresses, makeCertificate, startCoturn, type Certificate } from './coturn.ts';
import { startNetwork, type Firewall } from './network.ts';
import { setPageFirewall, underPageFirewall } from './page-firewall.ts';
import { removeData, startProduct, type Product } from './product.ts';

const SECRET = 'thirty-two characters at the very least';

export interface BehindFirewall {
  readonly product: Product;
  /** Addresses of the relays, in the order in which browsers prefer them. */
  readonly addresses: readonly [string, string];
  readonly relays: readonly [Child, Child];
  readonly outside: Browser;
  readonly inside: Browser;
  /** For each page of `inside`, before it is opened. */
  prepare(page: Page): Promise<unknown>;
  /** For the pages of `inside` that there are; set it anew for later ones. */
  firewall(rules: Firewall): Promise<void>;
  close(): Promise<void>;
}

interface Surroundings {
  /** Of the product and of the two relays. */
  readonly servers: readonly [string, string, string];
  /** Where the product's pages are. */
  readonly page: { readonly port: number; readonly env: Readonly<Record<string, string>> };
  readonly browserOptions: readonly string[];
  openInside(options: readonly string[]): Promise<Browser>;
  prepare(page: Page): Promise<unknown>;
  firewall(rules: Firewall, inside: Browser, url: string): Promise<void>;
  close(): Promise<void>;
}

async function realNetwork(): Promise<Surroundings> {
  const network = await startNetwork();
  await network.firewall('open');
  const [web] = network.servers;
  // 443, as the web would have it: a network that lets nothing else through lets the pages through.
  const origin = `http://${web}:443`;
  return {
    servers: network.servers,
    page: { port: 443, env: { HOST: web, PUBLIC_URL: origin, MEDIA_ADDRESS: web } },
    // Camera and microphone need https; a certificate of the tests' own would stop the sandbox's payments.
    browserOptions: [`--unsafely-treat-insecure-origin-as-secure=${origin}`],
    openInside: (options) => openBrowser(options, network.chromium),
    prepare: () => Promise.resolve(),
    firewall: (rules) => network.firewall(rules),
    close: () => network.close(),
  };
}

function pageOnly(): Surroundings {
  const [first, second] = loopbackAddresses();
  const media = outerAddress();
  if (media === null) throw new Error('The tests of relays need an IPv4 address apart from the loopback.');
  return {
    servers: [media, first, second],
    // Without MEDIA_ADDRESS the media server answers from the address at which it was asked: relays take no other answer.
    page: { port: 0, env: {} },
    browserOptions: [],
    openInside: (options) => openBrowser(options),
    prepare: underPageFirewall,
    firewall: (rules, inside, url) => setPageFirewall(inside, url, rules),
    close: () => Promise.resolve(),
  };
}

/** @param real what `networksCanBeMade` says: otherwise the firewall stands in the page. */
export async function startBehindFirewall(real: boolean): Promise<BehindFirewall> {
  const ends: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const around = await (real ? realNetwork() : pageOnly());
    ends.push(() => around.close());
    const [media, first, second] = around.servers;
    const certificate: Certificate = makeCertificate([first, second]);
    ends.push(() => Promise.resolve(certificate.remove()));
    const relay = async (address: string): Promise<Child> => {
      const child = await startCoturn({ address, mediaAddress: media, secret: SECRET, certificate });
      ends.push(() => child.end('SIGTERM'));
      return child;
    };
    const relays = [await relay(first), await relay(second)] as const;
    const urls = [first, second].flatMap((address) => [
      `turn:${address}:3478?transport=udp`,
      `turns:${address}:443?transport=tcp`,
    ]);
    const { port, env } = around.page;
    const turn = { TURN_URLS: urls.join(','), TURN_SECRET: SECRET };
    const product = await startProduct({ port, env: { ...env, ...turn } });
    ends.push(async () => {
      await product.stop();
      await removeData(product);
    });
    const outside = await openBrowser(around.browserOptions);
    ends.push(() => outside.close());
    const ours = `--ignore-certificate-errors-spki-list=${certificate.spki}`;
    const inside = await around.openInside([...around.browserOptions, ours]);
    ends.push(() => inside.close());
    const firewall = (rules: Firewall) => around.firewall(rules, inside, product.url);
    return { product, addresses: [first, second], relays, outside, inside, prepare: around.prepare, firewall, close };
  } catch (error) {
    await close();
    throw error;
  }
}
