/** CPU of the whole machine, kernel and interrupts included: the loopback charges what a receiver costs to whoever sends. */
import { readFileSync } from 'node:fs';

const TICK_US = 10_000;

/** Busy time of all cores so far, µs. */
export function machineCpuUs(): number {
  const line = readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line.trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) * TICK_US;
}
