/** Makes an example of each event type out of its TypeScript type: the same field name gives the same value in all of them. */
import { join } from 'node:path';
import ts from 'typescript';
import { idFrom } from '#events/shared/ids.ts';

const ROOT = join(import.meta.dirname, '../..');
/** An instant like those in the log, business ms. */
const AT = 1_800_000_000_000;

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** The data of an event. */
export type Example = Readonly<Record<string, unknown>>;

/** Event type → an example of its data, for every member of `AnyEvent` as it is declared now. */
export function exampleOfEveryType(): ReadonlyMap<string, Example> {
  const file = join(ROOT, 'events/handling/registry.ts');
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    allowImportingTsExtensions: true,
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: ['node'],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const declared = source?.statements.filter(ts.isTypeAliasDeclaration).find((one) => one.name.text === 'AnyEvent');
  if (!source || !declared) throw new Error(`${file} does not declare AnyEvent`);

  const at = source;
  const field = (type: ts.Type, name: string): ts.Type => {
    const symbol = checker.getPropertyOfType(type, name);
    if (!symbol) throw new Error(`${checker.typeToString(type)} has no ${name}`);
    return checker.getTypeOfSymbolAtLocation(symbol, at);
  };

  function example(type: ts.Type, name: string): Json {
    if (type.isUnion()) {
      const [first] = type.types.filter((one) => (one.flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) === 0);
      if (!first) throw new Error(`Nothing but null at ${name}`);
      return example(first, name);
    }
    if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
    if ((type.flags & ts.TypeFlags.StringLike) !== 0) return textNamed(name);
    if ((type.flags & ts.TypeFlags.NumberLike) !== 0) return numberNamed(name);
    if ((type.flags & ts.TypeFlags.BooleanLike) !== 0) return true;
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      const [element] = checker.getTypeArguments(type as ts.TypeReference);
      if (!element) throw new Error(`An array of nothing at ${name}`);
      return [example(element, name)];
    }
    const entries = checker.getPropertiesOfType(type).map((property): [string, Json] => {
      return [property.name, example(checker.getTypeOfSymbolAtLocation(property, at), property.name)];
    });
    if (entries.length === 0) throw new Error(`No example for ${checker.typeToString(type)} at ${name}`);
    return Object.fromEntries(entries);
  }

  const all = checker.getTypeAtLocation(declared.name);
  const events = all.isUnion() ? all.types : [all];
  return new Map(
    events.map((event) => {
      const type = field(event, 'type');
      if (!type.isStringLiteral()) throw new Error(`${checker.typeToString(event)} has no literal type`);
      const data = example(field(event, 'data'), type.value);
      if (typeof data !== 'object' || data === null) throw new Error(`${type.value} has no data`);
      return [type.value, { ...data }];
    }),
  );
}

function textNamed(name: string): string {
  if (/(Id|By|^by)$/.test(name)) return idFrom('golden', name);
  if (name === 'zone') return 'Asia/Kolkata';
  if (name === 'slug') return 'an-example';
  if (name === 'from') return '16:00';
  if (name === 'to') return '19:00';
  return `An example of ${name}`;
}

/** Paise, instants, durations and counts, by what the name says. */
function numberNamed(name: string): number {
  if (/(At|t0|By|^at|Until|From|^from|minute|now)$/.test(name)) return AT;
  if (name === 'to') return AT + 3_600_000;
  if (/Ms$/.test(name)) return 900_000;
  if (/Pct$/.test(name)) return 50;
  if (/Bps$/.test(name)) return 1_000;
  if (name === 'minutes') return 60;
  if (name === 'fee') return 1_600;
  if (name === 'tax') return 288;
  if (name === 'commission') return 8_000;
  if (name === 'share') return 72_000;
  if (/^(seats|attempt|round|rating|ordinal|yearsTeaching)$/.test(name)) return 3;
  if (/^(wants|refund|reversal|tutorGets)$/.test(name)) return 40_000;
  return 80_000;
}
