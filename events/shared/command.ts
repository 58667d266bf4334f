/** A command as data. `now` is business time (ms), read once where the command is made; `decide` never asks a clock. */
export interface Command<Type extends string = string, Data = Readonly<Record<string, unknown>>> {
  readonly type: Type;
  readonly data: Data;
  readonly now: number;
}
