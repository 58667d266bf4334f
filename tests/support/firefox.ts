/**
 * Firefox as Debian ships it, driven by its own WebDriver BiDi (https://w3c.github.io/webdriver-bidi/): Playwright drives
 * only a Firefox that it has built itself.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import { needProgram } from './need.ts';

/** Camera and microphone are Firefox's own moving picture and tone; nobody is asked for leave. */
const PREFERENCES: Readonly<Record<string, boolean | number | string>> = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.gmp-manager.updateEnabled': false,
  'app.update.disabledForTesting': true,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'extensions.update.enabled': false,
};

const START_MS = 60_000;
const ANSWER_MS = 60_000;
const END_MS = 5_000;

export interface Firefox {
  readonly version: string;
  goto(url: string): Promise<void>;
  /** Runs a function in the page; arguments and answer as JSON has them. */
  evaluate<A extends readonly unknown[], T>(act: (...args: A) => T | Promise<T>, ...args: A): Promise<T>;
  /** PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

interface Answer {
  readonly id?: number;
  readonly type?: string;
  readonly message?: string;
  readonly result?: unknown;
}

type Ask = (method: string, params: object) => Promise<unknown>;

const fieldOf = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    value,
  );

const textOf = (value: unknown, ...path: readonly (string | number)[]): string => {
  const text = fieldOf(value, ...path);
  if (typeof text !== 'string') throw new Error(`Firefox answered ${JSON.stringify(value)}`);
  return text;
};

async function connect(url: string): Promise<{ ask: Ask; close: () => void }> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('Firefox could not be reached'));
  });
  const waiting = new Map<number, (answer: Answer) => void>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  };
  const ask: Ask = (method, params) =>
    new Promise((resolve, reject) => {
      const id = (last += 1);
      const limit = setTimeout(() => {
        waiting.delete(id);
        reject(new Error(`Firefox did not answer ${method}`));
      }, ANSWER_MS);
      waiting.set(id, ({ type, message, result }) => {
        clearTimeout(limit);
        waiting.delete(id);
        if (type === 'success') resolve(result);
        else reject(new Error(`${method}: ${message}`));
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  return { ask, close: () => socket.close() };
}

/** A sound device that nobody hears: on a machine without one Firefox lets no audio be worked on. */
async function startSound(folder: string): Promise<{ readonly server: string; readonly child: Child }> {
  const program = needProgram('pulseaudio', 'pulseaudio');
  const socket = join(folder, 'sound');
  const args = ['--daemonize=no', '--exit-idle-time=-1', '-n', '-L', 'module-null-sink'];
  const child = await startChild(
    program,
    [...args, '-L', `module-native-protocol-unix auth-anonymous=1 socket=${socket}`],
    { env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder } },
    () => Promise.resolve(existsSync(socket)),
  );
  return { server: `unix:${socket}`, child };
}

/** A new Firefox without a window, with a profile of its own. */
export async function openFirefox(): Promise<Firefox> {
  const program = needProgram('firefox-esr', 'firefox-esr');
  const folder = mkdtempSync(join(tmpdir(), 'nexused-firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
  writeFileSync(join(folder, 'user.js'), lines.join('\n'));
  const sound = await startSound(folder);
  const child = spawn(program, ['-headless', '-no-remote', '-profile', folder, '--remote-debugging-port', '0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      HOME: folder,
      PULSE_SERVER: sound.server,
      MOZ_HEADLESS_WIDTH: '1280',
      MOZ_HEADLESS_HEIGHT: '800',
    },
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const end = async (): Promise<void> => {
    const limit = setTimeout(kill, END_MS);
    await ended;
    clearTimeout(limit);
    process.off('exit', kill);
    await sound.child.end('SIGTERM');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      const limit = setTimeout(() => reject(new Error(`Firefox did not start: ${text}`)), START_MS);
      child.stderr.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(text)?.[1];
        if (found === undefined) return;
        clearTimeout(limit);
        resolve(found);
      });
      child.on('error', reject);
    });
    const { ask, close } = await connect(`${url}/session`);
    const session = await ask('session.new', { capabilities: {} });
    const context = textOf(await ask('browsingContext.getTree', {}), 'contexts', 0, 'context');
    return {
      version: textOf(session, 'capabilities', 'browserVersion'),
      async goto(address) {
        await ask('browsingContext.navigate', { context, url: address, wait: 'complete' });
      },
      async evaluate(act, ...args) {
        const expression = `(async () => JSON.stringify({ value: await (${act.toString()})(...${JSON.stringify(args)}) }))()`;
        const answer = await ask('script.evaluate', { expression, target: { context }, awaitPromise: true });
        if (fieldOf(answer, 'type') === 'exception') throw new Error(textOf(answer, 'exceptionDetails', 'text'));
        return JSON.parse(textOf(answer, 'result', 'value')).value;
      },
      async screenshot() {
        return Buffer.from(textOf(await ask('browsingContext.captureScreenshot', { context }), 'data'), 'base64');
      },
      async close() {
        await ask('browser.close', {}).finally(close);
        await end();
      },
    };
  } catch (error) {
    kill();
    await end();
    throw error;
  }
}
