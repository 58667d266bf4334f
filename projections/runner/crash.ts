/** A named place at which a test may end the process, to see what the next one makes of it. Given by server.ts. */
export type CrashPoint = (name: CrashPlace) => void;

export type CrashPlace =
  | 'process:commands-submitted'
  | 'process:committed'
  | 'timer:submitted'
  | 'effect:before-call'
  | 'effect:after-call'
  | 'effect:before-record'
  | 'effect:recorded';

export const NO_CRASH: CrashPoint = () => undefined;
