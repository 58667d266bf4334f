/** CPU time of the database server, from /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU in hundredths of a second whatever the kernel's own tick. */
const TICK_US = 10_000;

interface Stat {
  readonly parent: number;
  /** Own and that of children that ended, µs. */
  readonly cpu: number;
}

function statOf(pid: number): Stat | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold spaces.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const cpu = fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) * TICK_US;
    return { parent, cpu };
  } catch {
    // It ended in the meantime; its time is then in its parent's.
    return null;
  }
}

/** CPU that a process and its children have used so far, µs. */
export function cpuOfTree(root: number): number {
  let total = statOf(root)?.cpu ?? 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat?.parent === root) total += stat.cpu;
  }
  return total;
}

/** CPU of everything that stands below a process, children of children included, µs; not its own. */
export function cpuBelow(root: number): number {
  const stats = readdirSync('/proc').flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    return stat ? [{ pid: Number(name), ...stat }] : [];
  });
  const below = new Set([root]);
  let total = 0;
  for (let found = true; found;) {
    found = false;
    for (const { pid, parent, cpu } of stats)
      if (below.has(parent) && !below.has(pid)) {
        below.add(pid);
        total += cpu;
        found = true;
      }
  }
  return total;
}
