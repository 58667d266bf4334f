/** Reads every import line of the tree and holds it against the table of who may import whom. */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const FOLDERS = ['app', 'events', 'projections', 'sync', 'sfu', 'platform', 'sandbox'] as const;
type Folder = (typeof FOLDERS)[number];

/** May code in `from` import `target`, a path below the root such as `events/access/ticket.ts`? */
export function allowed(from: string, target: string): boolean {
  const fromFolder = from.split('/')[0];
  const [folder, second] = target.split('/');
  if (fromFolder === folder) return true;
  // Composition root, tests, tools and bench put everything together, but nobody imports the sandbox.
  if (!FOLDERS.includes(fromFolder as Folder)) return folder !== 'sandbox';
  const isTest = /\.(unit|int)\.test\.ts$/.test(from);
  if (isTest && folder === 'tests' && (second === 'support' || second === 'proxies')) return true;
  const browser = fromFolder === 'app' && !from.startsWith('app/server/') && !from.endsWith('.server.ts');
  const domain = target.startsWith('events/');
  switch (fromFolder) {
    case 'platform':
    case 'sandbox':
      return false;
    case 'events':
      return folder === 'platform';
    case 'projections':
      return folder === 'platform' || domain;
    case 'sync':
    case 'sfu': {
      const eventTypes = /^events\/(lesson|booking|conversation|shared)\//.test(target);
      const doors = /^events\/(access|handling|store)\//.test(target);
      const documents = fromFolder === 'sfu' && /^sync\/(documents|draw)\//.test(target);
      return folder === 'platform' || doors || eventTypes || documents || (isTest && domain);
    }
    case 'app': {
      const shared = /^sync\/(documents|draw)\//.test(target) || /^sfu\/(signalling|check)\/protocol\.ts$/.test(target);
      const queries = target === 'projections/queries.ts';
      if (browser) return shared || queries || (domain && !target.endsWith('.server.ts'));
      return folder === 'platform' || domain || shared || queries;
    }
    default:
      return false;
  }
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name === 'node_modules' || name === 'rivals') return [];
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(name) ? [path] : [];
  });
}

const IMPORT = /(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g;

function targetsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(IMPORT)].flatMap(([, specifier]) => {
    if (!specifier) return [];
    const named = /^#(config|[a-z]+)(?:\/(.*))?$/.exec(specifier);
    if (named) return [named[1] === 'config' ? 'config.ts' : `${named[1]}/${named[2] ?? ''}`];
    if (!specifier.startsWith('.')) return [];
    return [relative(ROOT, resolve(dirname(file), specifier))];
  });
}

const VALUES = /(?:^|\n)(?:import|export)(?!\s+type)[^;]*?from\s*'([^']+)'/g;

/** Modules that `file` brings along when it runs; lines that import types only bring nothing. */
function valuesOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(VALUES)].flatMap(([line, specifier = '']) => {
    const names = /\{([^}]*)\}/.exec(line)?.[1];
    const onlyTypes = names?.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
    if (onlyTypes && !/import\s+\w+\s*,/.test(line)) return [];
    if (specifier.startsWith('node:')) return [specifier];
    const named = /^#(events|projections|sync|sfu)\/(.*)$/.exec(specifier);
    if (named) return [`${named[1]}/${named[2]}`];
    return specifier.startsWith('.') ? [relative(ROOT, resolve(dirname(join(ROOT, file)), specifier))] : [];
  });
}

/** Files of the pages that browsers run: not what only the server loads. */
const inBrowser = (file: string): boolean => !/\.server\.ts$|\+server\.ts$|\.test\.ts$|hooks|^app\/server\//.test(file);

describe('what browsers run', () => {
  it('reaches no module of Node through the folders that it shares with servers', () => {
    const offending: string[] = [];
    const follow = (file: string, way: readonly string[], seen: Set<string>): void => {
      for (const target of valuesOf(file)) {
        if (target.startsWith('node:')) offending.push([...way, target].join(' → '));
        else if (!target.startsWith('app/') && target.endsWith('.ts') && !seen.has(target)) {
          seen.add(target);
          follow(target, [...way, target], seen);
        }
      }
    };
    // Svelte files and what they import; the loaders beside them run on the server.
    const svelte = sources(join(ROOT, 'app')).filter((file) => file.endsWith('.svelte'));
    const seen = new Set<string>();
    const pages = svelte.map((file) => relative(ROOT, file));
    for (let next = pages.pop(); next !== undefined; next = pages.pop()) {
      const file = next;
      if (seen.has(file) || !inBrowser(file)) continue;
      seen.add(file);
      follow(file, [file], new Set());
      const text = readFileSync(join(ROOT, file), 'utf8');
      // A worker is named, not imported.
      for (const [, path = ''] of text.matchAll(/new URL\('(\.[^']+\.ts)', import\.meta\.url\)/g))
        pages.push(relative(ROOT, resolve(dirname(join(ROOT, file)), path)));
      for (const [line, path = ''] of text.matchAll(/(?:import|export)[^;]*?from\s*'(\$lib\/[^']+|\.[^']+)'/g)) {
        if (/^(?:import|export)\s+type\b/.test(line)) continue;
        const target = path.startsWith('$lib/')
          ? path.replace('$lib', 'app/lib')
          : relative(ROOT, resolve(dirname(join(ROOT, file)), path));
        if (/\.(ts|svelte)$/.test(target) && !target.includes('$types')) pages.push(target);
      }
    }
    expect(seen.size).toBeGreaterThan(80);
    expect(offending).toEqual([]);
  });
});

describe('who may import whom', () => {
  it('holds for every import line in the tree', () => {
    const offending: string[] = [];
    for (const folder of [...FOLDERS, 'tools', 'tests'])
      for (const file of sources(join(ROOT, folder)))
        for (const target of targetsOf(file)) {
          const from = relative(ROOT, file);
          const inside = target.split('/')[0] ?? '';
          const ours = FOLDERS.includes(inside as Folder) || inside === 'tests';
          if (ours && !target.includes('$types') && !allowed(from, target)) offending.push(`${from} → ${target}`);
        }
    expect(offending).toEqual([]);
  });

  it.each([
    ['sync/rooms/room.ts', 'projections/queries.ts', false],
    ['events/booking/decide.ts', 'sync/documents/board.ts', false],
    ['projections/effects/razorpay.server.ts', 'sandbox/razorpay/orders.ts', false],
    ['app/routes/+page.svelte', 'events/store/postgres.server.ts', false],
    ['app/lib/classroom/board.ts', 'sync/draw/ink.ts', true],
    ['sfu/rooms/room.ts', 'sync/rooms/room.ts', false],
    ['sfu/rooms/room.ts', 'events/access/ticket.ts', true],
    ['platform/bus/memory.ts', 'events/shared/ids.ts', false],
    ['app/server/services.ts', 'projections/runner/runner.ts', false],
    ['tests/e2e/main-job.e2e.test.ts', 'sandbox/main.ts', false],
  ])('%s → %s: %s', (from, target, expected) => {
    expect(allowed(from, target)).toBe(expected);
  });
});
