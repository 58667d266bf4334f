/**
 * A network of its own for a browser that is behind a bad firewall: a namespace of Linux with one cable to this machine.
 * This machine has several addresses at its end of the cable, as if they were several servers; the rules stand at the
 * browser's end and drop what they do not let through, as real firewalls do.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { needProgram } from './need.ts';

const run = promisify(execFile);
const SYSTEM = ['/usr/sbin', '/sbin', '/usr/bin'];

export type Firewall =
  | 'open'
  /** No UDP, in either way. */
  | 'no-udp'
  /** Nothing leaves but TCP to port 443, and what answers it. */
  | 'tcp-443-only';

export interface Network {
  /** Addresses of this machine, as the browser sees them. */
  readonly servers: readonly [string, string, string];
  /** A program that starts Chromium in there; for Playwright's `executablePath`. */
  readonly chromium: string;
  /** Takes the place of the rules before. What is under way is cut off as well. */
  firewall(rules: Firewall): Promise<void>;
  close(): Promise<void>;
}

const RULES: Readonly<Record<Firewall, readonly string[]>> = {
  open: [],
  'no-udp': ['meta l4proto udp drop'],
  'tcp-443-only': ['tcp dport 443 accept', 'drop'],
};

/** Two digits that other test runs on this machine do not have: the process's own. */
const block = (): string => `10.${64 + (process.pid % 128)}.${Math.floor(process.pid / 128) % 256}`;

/** How many this process made: what was taken away may be there for a moment yet, so no name is used twice. */
let made = 0;

export async function startNetwork(): Promise<Network> {
  const ip = needProgram('ip', 'iproute2', SYSTEM);
  const nft = needProgram('nft', 'nftables', SYSTEM);
  const browser = needProgram('chromium', 'chromium', SYSTEM);
  if (process.getuid?.() !== 0)
    throw new Error('A network of its own needs root: run these tests as root, as CI does.');
  made += 1;
  // Names of devices end after 15 letters.
  const name = `nx${process.pid}x${made}`;
  const inside = (...args: string[]) => run(ip, ['netns', 'exec', name, ...args]);
  const prefix = block();
  const folder = mkdtempSync(join(tmpdir(), 'nexused-network-'));

  const close = async (): Promise<void> => {
    // The kernel takes a namespace apart behind the caller's back, and the cable with it; a cable it takes at once.
    await run(ip, ['link', 'del', `${name}h`]).finally(() => run(ip, ['netns', 'del', name]));
    rmSync(folder, { recursive: true, force: true });
  };
  await run(ip, ['netns', 'add', name]);
  try {
    await run(ip, ['link', 'add', `${name}h`, 'type', 'veth', 'peer', 'name', 'cable', 'netns', name]);
    for (const last of [1, 2, 3]) await run(ip, ['addr', 'add', `${prefix}.${last}/24`, 'dev', `${name}h`]);
    await run(ip, ['link', 'set', `${name}h`, 'up']);
    await inside(ip, 'addr', 'add', `${prefix}.10/24`, 'dev', 'cable');
    for (const device of ['lo', 'cable']) await inside(ip, 'link', 'set', device, 'up');
    await inside(ip, 'route', 'add', 'default', 'via', `${prefix}.1`);
  } catch (error) {
    await run(ip, ['netns', 'del', name]);
    throw error;
  }
  const chromium = join(folder, 'chromium');
  writeFileSync(chromium, `#!/bin/sh\nexec ${ip} netns exec ${name} ${browser} "$@"\n`);
  chmodSync(chromium, 0o755);

  return {
    servers: [`${prefix}.1`, `${prefix}.2`, `${prefix}.3`],
    chromium,
    async firewall(rules) {
      const file = join(folder, 'rules.nft');
      const table = [
        'flush ruleset',
        'table inet bad {',
        '  chain out {',
        '    type filter hook output priority 0; policy accept;',
        // The browser's own parts talk to each other over the loopback.
        '    oifname "lo" accept',
        ...RULES[rules].map((rule) => `    ${rule}`),
        '  }',
        '}',
        '',
      ];
      writeFileSync(file, table.join('\n'));
      await inside(nft, '-f', file);
    },
    close,
  };
}

/**
 * Whether this machine makes networks: containers often lack the rights. Says why not, so that a run tells by its output
 * which of the two firewalls it had. `TEST_NETWORK=none` is for who wants the other one.
 */
export async function networksCanBeMade(): Promise<boolean> {
  if (process.env['TEST_NETWORK'] === 'none') return false;
  try {
    const network = await startNetwork();
    await network.firewall('tcp-443-only').finally(() => network.close());
    return true;
  } catch (error) {
    console.warn(`No network can be made here, so the firewall stands in the page. ${String(error)}`);
    return false;
  }
}
