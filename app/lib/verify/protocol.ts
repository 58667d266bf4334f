import type { CheckResult, FileCheck } from './check-file.ts';

export type ToWorker = ({ readonly kind: 'check' } & FileCheck) | { readonly kind: 'cancel' };

/** Why nothing can be said of a file. */
export type FailureCode = 'file-unreadable' | 'browser-too-old' | 'check-failed';

export type FromWorker =
  | { readonly kind: 'progress'; /** 0 to 1. */ readonly part: number }
  /** `ms`: how long it took, wall time. */
  | { readonly kind: 'result'; readonly result: CheckResult; readonly ms: number }
  | { readonly kind: 'failed'; readonly code: FailureCode };
