/**
 * `npm run bench -- NAME [--flag …]`: runs one measurement and prints what it found as one JSON object, its last line.
 * What happens meanwhile goes to stderr.
 */
type Bench = (flags: ReadonlyMap<string, string>) => Promise<unknown>;

const BENCHES: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  events: () => import('./events/run.ts'),
  sync: () => import('./sync/run.ts'),
  board: () => import('./board/run.ts'),
  fanout: () => import('./fanout/run.ts'),
  sfu: () => import('./sfu/run.ts'),
  rehearsal: () => import('./rehearsal/run.ts'),
  history: () => import('./history/run.ts'),
};

/** `--rounds 3` and `--rounds=3` are a flag with a value, `--quick` is one without. */
function flagsOf(args: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>();
  for (const [index, arg] of args.entries()) {
    const [, name, value] = /^--([a-z-]+)(?:=(.*))?$/.exec(arg) ?? [];
    const next = args[index + 1];
    if (name !== undefined) flags.set(name, value ?? (next === undefined || next.startsWith('--') ? '' : next));
  }
  return flags;
}

export {};

const [name = '', ...args] = process.argv.slice(2);
const bench = BENCHES[name];
if (!bench) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(BENCHES).join('|')} [--quick]\n`);
  process.exit(2);
}
const { run } = await bench();
const result = await run(flagsOf(args));
process.stdout.write(`${JSON.stringify(result)}\n`);
// What a measurement left open by mistake must not keep it running.
process.exit(0);
