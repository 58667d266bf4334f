import { describe, expect, it } from 'vitest';
import * as booking from '../../booking/events.ts';
import * as calendar from '../../calendar/events.ts';
import * as chargeback from '../../chargeback/events.ts';
import * as conversation from '../../conversation/events.ts';
import * as dispute from '../../dispute/events.ts';
import * as institute from '../../institute/events.ts';
import * as lesson from '../../lesson/events.ts';
import * as look from '../../look/events.ts';
import * as payment from '../../payment/events.ts';
import * as payout from '../../payout/state.ts';
import * as person from '../../person/events.ts';
import * as review from '../../review/events.ts';
import * as tutor from '../../tutor/events.ts';
import { PUBLIC_FIELDS, PUBLIC_NAMES } from '../../sealing/public-fields.ts';
import { isSealed } from '../../sealing/seal.server.ts';
import { sealedFieldsOf } from '../../sealing/sealed-fields.ts';
import { sealedStore } from '../../sealing/sealed-store.server.ts';
import { inMemoryStore } from '../../store/in-memory.ts';
import { EVENTS, recognise, recogniseAs, type Category, type EventOf } from '../registry.ts';
import {
  goldenEvent,
  goldenName,
  goldenRecord,
  goldens,
  goldenSums,
  goldenVault,
  keptSums,
  type Golden,
} from './golden.ts';
import { HISTORIES } from './histories.ts';

const all = goldens();
const byFile = new Map(all.map((golden) => [golden.file, golden]));
const plain = all.filter(({ sealed }) => !sealed);
const HELP = 'Run "node tools/audit/golden.ts", look at what it made, and commit it.';

interface Fold<C extends Category, State> {
  readonly initial: State;
  readonly evolve: (state: State, event: EventOf[C]) => State;
}

/** Folds these goldens, as `handle` does. */
function folded<C extends Category, State>(category: C, { initial, evolve }: Fold<C, State>) {
  return (history: readonly Golden[]): void => {
    let state = initial;
    for (const golden of history) {
      const event = recogniseAs(goldenRecord(golden), category);
      if (!event) throw new Error(`${golden.file} is not recognised as ${category}`);
      state = evolve(state, event);
    }
  };
}

const FOLDS: { readonly [C in Category]: (history: readonly Golden[]) => void } = {
  booking: folded('booking', booking),
  calendar: folded('calendar', calendar),
  chargeback: folded('chargeback', chargeback),
  conversation: folded('conversation', conversation),
  dispute: folded('dispute', dispute),
  institute: folded('institute', institute),
  lesson: folded('lesson', lesson),
  look: folded('look', look),
  payment: folded('payment', payment),
  payout: folded('payout', payout),
  person: folded('person', person),
  review: folded('review', review),
  tutor: folded('tutor', tutor),
};

const golden = (type: string, version: number): Golden => {
  const found = byFile.get(goldenName(type, version));
  if (!found) throw new Error(`There is no golden file for ${type} version ${version}. ${HELP}`);
  return found;
};

/** Paths of all that is no object or list, with what it is. */
function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  if (typeof value !== 'object' || value === null || isSealed(value)) return [[path.slice(1), value]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, `${path}.${Array.isArray(value) ? '*' : key}`));
}

const shape = (data: unknown): string[] => [...new Set(leaves(data).map(([path]) => path))].sort();

describe('every event type ever written', () => {
  it('GO1: has an example of each of its versions', () => {
    const missing: string[] = [];
    for (const [type, { version }] of Object.entries(EVENTS))
      for (let one = 1; one <= version; one += 1)
        for (const sealed of sealedFieldsOf(type) ? [false, true] : [false]) {
          // A type that began to be sealed later was written plain before: then its older versions have no sealed file.
          if (sealed && one < version) continue;
          const name = goldenName(type, one, sealed);
          if (!byFile.has(name)) missing.push(name);
        }
    expect(missing, `Golden files are missing. ${HELP}`).toEqual([]);
  });

  it('GO2: is known, in every version, and brought to the shape of today', () => {
    for (const one of plain) {
      const known = recognise(goldenRecord(one));
      expect(known, `${one.file}: a type or version that was written once must be read for ever`).not.toBeNull();
      expect(known?.category, one.file).toBe(one.category);
      const { version } = EVENTS[known?.type ?? 'PersonRegistered'];
      expect(shape(known?.data), `${one.file} is not brought to version ${version} by its upcaster`).toEqual(
        shape(golden(one.type, version).data),
      );
    }
  });

  it('GO3: stays as it was written', () => {
    expect(
      goldenSums(),
      'A golden file was changed, removed or added by hand. Restore it: it stands for somebody’s log. ' + HELP,
    ).toEqual(keptSums());
  });

  it.each(Object.entries(HISTORIES))('GO4: is folded where it can stand: %s', (category, histories) => {
    const told = new Set<string>(histories.flat());
    const all = plain.filter((one) => one.category === category).map(({ type }) => type);
    const untold = [...new Set(all)].filter((type) => !told.has(type));
    expect(untold, 'Put these into an order in events/handling/golden/histories.ts').toEqual([]);
    const fold = FOLDS[EVENTS[histories[0]?.[0] ?? 'PersonRegistered'].category];
    for (const history of histories) {
      const newest = history.map((type) => golden(type, EVENTS[type].version));
      expect(() => fold(newest), history.join(', ')).not.toThrow();
      // Each older version of each event in its place, with the others as they are today.
      for (const [index, type] of history.entries())
        for (let version = 1; version < EVENTS[type].version; version += 1)
          expect(() => fold(newest.with(index, golden(type, version))), `${type} ${version}`).not.toThrow();
    }
  });

  it('GO5: opens as it was sealed, and loses nothing else when its owner is erased', async () => {
    const sealed = all.filter((one) => one.sealed);
    expect(sealed.length).toBeGreaterThan(10);
    for (const one of sealed) {
      const inner = inMemoryStore();
      await inner.append('golden-1', 'any', [goldenEvent(one)]);
      const [opened] = await sealedStore(inner, goldenVault()).read('golden-1');
      const { data } = golden(one.type, one.schemaVersion);
      expect(opened?.data, one.file).toEqual(data);

      const nobody = async (ids: ReadonlySet<string>) => new Map([...ids].map((id) => [id, null]));
      const [erased] = await sealedStore(inner, { ...goldenVault(), knownKeys: nobody }).read('golden-1');
      expect(shape(erased?.data), one.file).toEqual(shape(data));
      const paths = sealedFieldsOf(one.type)?.paths.map((path) => path.join('.'));
      for (const [path, value] of leaves(erased?.data)) {
        if (paths?.includes(path)) expect(value, `${one.file} ${path}`).toMatch(/^(\[erased\]|erased-[a-z0-9-]+)$/);
      }
      const record = goldenRecord({ ...one, data: erased?.data ?? {} });
      expect(recognise(record), one.file).not.toBeNull();
    }
  });

  it('SE13: has no text in the clear that is not listed as public', () => {
    const open: string[] = [];
    for (const one of plain) {
      const paths = sealedFieldsOf(one.type)?.paths.map((path) => path.join('.')) ?? [];
      for (const [path, value] of leaves(one.data)) {
        const name = path.split('.').findLast((part) => part !== '*') ?? path;
        if (typeof value !== 'string' || paths.includes(path)) continue;
        if (!PUBLIC_NAMES.has(name) && !PUBLIC_FIELDS.has(`${one.type}.${path}`)) open.push(`${one.type}.${path}`);
      }
    }
    expect(
      [...new Set(open)],
      'Words or data of a person belong into events/sealing/sealed-fields.ts; what may stay readable for ever, into public-fields.ts',
    ).toEqual([]);
  });

  it('SE13: lists nothing as public that there is not', () => {
    const fields = new Set(plain.flatMap((one) => leaves(one.data).map(([path]) => `${one.type}.${path}`)));
    expect([...PUBLIC_FIELDS].filter((field) => !fields.has(field))).toEqual([]);
    const names = new Set([...fields].map((field) => field.split('.').findLast((part) => part !== '*')));
    expect([...PUBLIC_NAMES].filter((name) => !names.has(name))).toEqual([]);
  });
});
