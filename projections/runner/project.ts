/** Projects a batch of facts over rows, and finds out which rows have to be loaded first. */
import type { Fact } from '../fact.ts';
import type { Projection } from './projection.ts';
import { Unit, type Key, type Known } from './rows.ts';
import type { AnyTable } from './table.ts';

/** A fact that a projection could not take: what it had written of it is taken back. */
export interface Unprojectable {
  readonly projection: string;
  readonly fact: Fact;
  readonly error: unknown;
}

export interface Projected {
  readonly unit: Unit;
  readonly failures: readonly Unprojectable[];
}

type Load = (table: AnyTable, keys: readonly Key[]) => Promise<void>;

/** `ordinal`: of the last fact before these. `load` makes rows known, also those that there are not. */
export async function project(
  projections: readonly Projection[],
  facts: readonly Fact[],
  ordinal: number,
  known: Known,
  load: Load,
): Promise<Projected> {
  for (;;) {
    const projected = once(projections, facts, ordinal, known);
    const { missing } = projected.unit;
    if (missing.size === 0) return projected;
    // Every round makes at least one more row known, so this ends; two rounds are usual.
    await Promise.all([...missing].map(([table, keys]) => load(table, [...keys.values()])));
  }
}

function once(projections: readonly Projection[], facts: readonly Fact[], ordinal: number, known: Known): Projected {
  const unit = new Unit(known);
  try {
    let at = ordinal;
    for (const fact of facts) {
      at += 1;
      for (const projection of projections) projection.project(fact, unit, at);
    }
    return { unit, failures: [] };
  } catch {
    // Whichever error it was is met again, and told, where each fact can be taken back by itself.
    return carefully(projections, facts, ordinal, known);
  }
}

function carefully(
  projections: readonly Projection[],
  facts: readonly Fact[],
  ordinal: number,
  known: Known,
): Projected {
  const unit = new Unit(known);
  const failures: Unprojectable[] = [];
  let at = ordinal;
  for (const fact of facts) {
    at += 1;
    for (const projection of projections) {
      unit.begin();
      try {
        projection.project(fact, unit, at);
      } catch (error) {
        unit.takeBack();
        failures.push({ projection: projection.name, fact, error });
      }
    }
  }
  return { unit, failures };
}
