/** `npm test`: brings what the tests need, runs every suite, and ends with one plain line of counts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's packages that the tests drive for real, and the program that shows each is there. */
const PACKAGES = [
  ['chromium', '/usr/bin/chromium'],
  ['firefox-esr', '/usr/bin/firefox-esr'],
  ['pulseaudio', '/usr/bin/pulseaudio'],
  ['redis-server', '/usr/bin/redis-server'],
  ['postgresql-15', '/usr/lib/postgresql/15/bin/postgres'],
  ['ffmpeg', '/usr/bin/ffmpeg'],
  ['coturn', '/usr/bin/turnserver'],
  ['nftables', '/usr/sbin/nft'],
  ['iproute2', '/usr/sbin/ip'],
  ['openssl', '/usr/bin/openssl'],
];

/**
 * So many failed files of a suite are run once more, all by themselves, and the second time counts: real browsers and
 * real sockets share two cores with whatever else the machine does. More of them are no accident, and a unit test has
 * nothing to wait for. What failed at first is always told.
 */
const MOST_ONCE_MORE = { unit: 0, int: 3, e2e: 3 };

function ensurePackages({ say, fail }) {
  const missing = PACKAGES.filter(([, program]) => !existsSync(program)).map(([name]) => name);
  if (missing.length === 0) return;
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!mayInstall) fail(`The tests need these programs: install them with  apt-get install ${missing.join(' ')}`);
  say(`Installing ${missing.join(', ')} for the tests …`);
  const apt = (...args) =>
    spawnSync('apt-get', args, {
      encoding: 'utf8',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      maxBuffer: 1 << 28,
    });
  const updated = apt('update');
  const installed = apt('install', '-y', '--no-install-recommends', ...missing);
  if (installed.status !== 0)
    fail(`apt-get could not install ${missing.join(', ')}.\n${updated.stderr ?? ''}${installed.stderr ?? ''}`);
}

/**
 * The failed tests of files of a suite's JSON report, each with the first lines of its error: the whole output is long,
 * and who reads it by its end must still learn what failed.
 */
function failuresOf(files) {
  const said = (messages) => messages.join('\n').split('\n').slice(0, 8).join('\n    ');
  return files.flatMap(({ name, message, status, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${name}\n    ${said([message ?? ''])}`];
    return failed.map((one) => `${name}: ${one.fullName}\n    ${said(one.failureMessages)}`);
  });
}

export async function runTests({ root, bin, env, say, fail }) {
  ensurePackages({ say, fail });
  const node = join(bin, 'node');
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  const results = join(root, 'test-results');
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  const run = (name, args) => {
    const started = Date.now();
    say(`\n— ${name}`);
    const done = spawnSync(node, args, { cwd: root, env, stdio: 'inherit' });
    say(`${name}: ${done.status === 0 ? 'clean' : 'FAILED'}, ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return done.status === 0;
  };
  const module = (path) => join(root, 'node_modules', path);

  const checks = [
    ['types', [module('typescript/bin/tsc'), '--noEmit']],
    [
      'svelte-check',
      [module('svelte-check/bin/svelte-check'), '--tsconfig', './tsconfig.json', '--threshold', 'error'],
    ],
    ['prettier', [module('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.']],
    ['eslint', [module('eslint/bin/eslint.js'), '.']],
  ];
  run('svelte-kit sync', [module('@sveltejs/kit/svelte-kit.js'), 'sync']);
  for (const [name, args] of checks) {
    if (run(name, args)) counts.passed += 1;
    else {
      counts.failed += 1;
      failures.push(name);
    }
  }

  const suite = (project, files, report) => {
    const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
    const name = files.length === 0 ? `${project} tests` : `${project} tests, the failed files once more`;
    const clean = run(name, [module('vitest/vitest.mjs'), ...args, ...files]);
    return { clean, files: existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).testResults : null };
  };
  const unsteady = [];
  for (const project of ['unit', 'int', 'e2e']) {
    const first = suite(project, [], join(results, `${project}.json`));
    if (first.files === null) {
      counts.failed += 1;
      failures.push(`${project} tests: no report`);
      continue;
    }
    const failed = first.files.filter(({ status }) => status === 'failed').map(({ name }) => name);
    let done = first.files;
    let { clean } = first;
    if (failed.length > 0 && failed.length <= MOST_ONCE_MORE[project]) {
      const second = suite(project, failed, join(results, `${project}-once-more.json`));
      if (second.files !== null) {
        clean = second.clean;
        done = first.files.map((file) => second.files.find(({ name }) => name === file.name) ?? file);
        unsteady.push(...failuresOf(first.files.filter((file) => !done.includes(file))));
      }
    }
    const tests = done.flatMap(({ assertionResults }) => assertionResults);
    counts.passed += tests.filter(({ status }) => status === 'passed').length;
    counts.failed += tests.filter(({ status }) => status === 'failed').length;
    counts.skipped += tests.filter(({ status }) => status !== 'passed' && status !== 'failed').length;
    failures.push(...failuresOf(done));
    // A file can fail outside any test (a hook, an unhandled error), and so can the whole suite: that counts too.
    const hasFailed = ({ status }) => status === 'failed';
    counts.failed += done.filter((file) => hasFailed(file) && !file.assertionResults.some(hasFailed)).length;
    if (!clean && !done.some(hasFailed)) {
      counts.failed += 1;
      failures.push(`${project} tests: an error outside any test, see above`);
    }
  }
  if (unsteady.length > 0)
    say(`\nFailed at first; counted is how they went once more:\n${unsteady.map((one) => `- ${one}`).join('\n')}`);
  if (failures.length > 0) say(`\nFailed:\n${failures.map((one) => `- ${one}`).join('\n')}`);
  say(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exit(counts.failed === 0 ? 0 : 1);
}
