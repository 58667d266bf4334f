/** What the person at the terminal reads once it runs. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Capabilities } from './services.ts';

const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));

/** One line for each thing that is switched off, and for lack of what. */
export function missingParts(sfu: { readonly workers: number } | null): string[] {
  const missing: string[] = [];
  if (sfu && sfu.workers === 0)
    missing.push('Video and audio are off: no media worker runs on this machine. Board and chat work.');
  if (!onPath('ffmpeg')) missing.push('ffmpeg is not installed: nothing needs it yet; recordings will.');
  return missing;
}

export function readyBanner(about: {
  readonly url: string;
  readonly demo: Capabilities['demoSignIn'];
  readonly missing: readonly string[];
  readonly dataDir: string;
}): string {
  const lines = ['', `NexusEd is ready at ${about.url}`, ''];
  if (about.demo) {
    lines.push(`Demo accounts, one click each on ${about.url}/sign-in (password: ${about.demo.password})`);
    for (const { email, does } of about.demo.accounts) lines.push(`  ${email.padEnd(20)} ${does}`);
    lines.push('', `Clock, mails and the bank of the payment sandbox: ${about.url}/sandbox`);
  }
  lines.push(`Data: ${about.dataDir}`, ...about.missing, '');
  return `${lines.join('\n')}\n`;
}
