/** Short messages that come and go in the corner. One list for the page; `Toaster` in the root layout shows it. */
export interface ToastMessage {
  readonly title: string;
  readonly body?: string;
  /** `loss` stays until it is closed, because it speaks of money or a lost connection. */
  readonly tone?: 'plain' | 'now' | 'loss';
  /** While one with the same key is shown, this takes its place. */
  readonly key?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

export interface Toast extends ToastMessage {
  readonly id: number;
}

const SHOWN_MS = 6_000;
const AT_MOST = 3;

let lastId = 0;
const toasts: Toast[] = $state([]);

export const shownToasts = (): readonly Toast[] => toasts;

export function dismissToast(id: number): void {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index !== -1) toasts.splice(index, 1);
}

/** Only in the browser. */
export function showToast(message: ToastMessage): void {
  lastId += 1;
  const id = lastId;
  const { key } = message;
  const earlier = key === undefined ? undefined : toasts.find((toast) => toast.key === key);
  if (earlier) dismissToast(earlier.id);
  toasts.push({ ...message, id });
  if (toasts.length > AT_MOST) toasts.shift();
  if (message.tone !== 'loss') setTimeout(() => dismissToast(id), SHOWN_MS);
}
