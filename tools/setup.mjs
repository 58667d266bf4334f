/**
 * Set-up for `npm start`, `npm run dev` and `npm test`: plain JavaScript, runs on the Node 20 or newer that the machine
 * has, brings everything else (dependencies, the pinned Node, the built pages) and then hands over.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const bin = join(root, 'node_modules', '.bin');
const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}`, NODE_NO_WARNINGS: '1' };

const say = (text) => process.stdout.write(`${text}\n`);

function fail(text) {
  process.stderr.write(`\n${text}\n`);
  process.exit(1);
}

/** Runs a step quietly; its output is shown only when it fails. */
function step(name, command, args, extra = {}) {
  const started = Date.now();
  const done = spawnSync(command, args, { cwd: root, env: { ...env, ...extra }, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (done.status !== 0)
    fail(`${name} failed (${command} ${args.join(' ')}).\n${done.stdout ?? ''}${done.stderr ?? ''}${done.error ?? ''}`);
  say(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function filesBelow(folder, wanted) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path, wanted);
      return wanted(path) ? [path] : [];
    });
}

const readStamp = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');

/** @param {boolean} tools with what only tests and development need */
function install(tools) {
  const stampFile = join(root, 'node_modules', '.nexused-stamp');
  const lock = `${hashOf([join(root, 'package.json'), join(root, 'package-lock.json')])} ${process.platform} ${process.arch}`;
  const wanted = `${lock} ${tools ? 'all' : 'product'}`;
  const there = readStamp(stampFile);
  if ((there === wanted || there === `${lock} all`) && existsSync(join(bin, 'node'))) return;
  say('Installing dependencies …');
  // The media library would fetch its worker from GitHub, or compile it, and fail the whole install without internet;
  // the packaged worker is used then. Never exported: both libraries read this variable at run time too.
  step(
    'Dependencies',
    'npm',
    ['install', '--no-save', '--no-audit', '--no-fund', tools ? '--include=dev' : '--omit=dev'],
    {
      MEDIASOUP_WORKER_BIN: 'none',
    },
  );
  // Types and settings that SvelteKit generates: the tests' tool reads them too.
  step('Page types', join(bin, 'node'), [join(root, 'node_modules', '@sveltejs', 'kit', 'svelte-kit.js'), 'sync']);
  writeFileSync(stampFile, wanted);
}

/** The current media worker, when GitHub can be reached; otherwise the packaged one serves. Asked once an install. */
async function fetchMediaWorker() {
  const folder = join(root, 'node_modules', 'mediasoup');
  const asked = join(folder, '.nexused-asked');
  if (
    !existsSync(folder) ||
    existsSync(asked) ||
    existsSync(join(folder, 'worker', 'out', 'Release', 'mediasoup-worker'))
  )
    return;
  writeFileSync(asked, '');
  try {
    await fetch('https://github.com/', { method: 'HEAD', signal: AbortSignal.timeout(3_000) });
  } catch (error) {
    say(`Media: packaged worker (GitHub is out of reach: ${error instanceof Error ? error.name : error}).`);
    return;
  }
  const done = spawnSync(join(bin, 'node'), ['npm-scripts.mjs', 'worker:prebuild'], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 30_000,
  });
  say(
    done.status === 0
      ? 'Media: current worker fetched.'
      : 'Media: packaged worker (the current one could not be fetched).',
  );
}

function build() {
  const stampFile = join(root, 'build', '.nexused-stamp');
  const isSource = (path) =>
    /\.(ts|js|mjs|svelte|css|html|svg|woff2|png|md|json|webmanifest)$/.test(path) && !path.includes('.test.');
  const files = ['app', 'events', 'sync', 'sfu', 'projections'].flatMap((folder) =>
    filesBelow(join(root, folder), isSource),
  );
  const wanted = hashOf([
    ...files,
    join(root, 'svelte.config.js'),
    join(root, 'vite.config.ts'),
    join(root, 'package-lock.json'),
  ]);
  if (readStamp(stampFile) === wanted) return;
  say('Building the pages …');
  step('Pages', join(bin, 'node'), [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build']);
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
}

/**
 * Runs the program in the foreground and leaves with its code. It has a process group of its own, so that Ctrl-C reaches
 * it once, from here, and its media workers not at all; should we be killed, the closed channel tells it to stop.
 */
function serve(extra = {}) {
  const child = spawn(join(bin, 'node'), ['server.ts'], {
    cwd: root,
    env: { ...env, ...extra },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      if (child.exitCode === null) child.kill(signal);
    });
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) fail(`NexusEd needs Node 20 or newer to set itself up; this is ${process.version}.`);
}

checkNode();
const task = process.argv[2] ?? 'start';
if (task === 'start') {
  install(false);
  await fetchMediaWorker();
  build();
  serve();
} else if (task === 'dev') {
  install(true);
  await fetchMediaWorker();
  serve({ NEXUSED_DEV: '1' });
} else if (task === 'test') {
  install(true);
  build();
  const { runTests } = await import('./test-run.mjs');
  await runTests({ root, bin, env, say, fail });
} else fail(`Unknown task ${task}: start, dev or test.`);
