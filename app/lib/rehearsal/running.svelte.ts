/** One rehearsal as the page follows it: it begins with `follow`, and stops when that is undone. */
import type { RehearsalNews } from '#projections/queries.ts';

export type Result = Extract<RehearsalNews, { kind: 'result' }>;

export type Running =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly news: Exclude<RehearsalNews, Result | { kind: 'failed' }> | null }
  | { readonly kind: 'done'; readonly result: Result }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string | null };

const FAILED: Running = { kind: 'failed', code: 'rehearsal-failed', message: null };

export class Rehearsing {
  now = $state.raw<Running>({ kind: 'idle' });

  /** @returns what stops it. */
  follow(search: string): () => void {
    const left = new AbortController();
    this.now = { kind: 'running', news: null };
    void this.#read(search, left.signal).catch(() => {
      // Without a network, or the answer broke off: nothing was changed by it.
      if (!left.signal.aborted) this.now = FAILED;
    });
    return () => left.abort();
  }

  idle(): void {
    this.now = { kind: 'idle' };
  }

  async #read(search: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(`/audit/rehearsal/run?${search}`, { signal });
    if (!response.ok || !response.body) {
      const { code, message } = (await response.json()) as { code: string; message: string };
      this.now = { kind: 'failed', code, message };
      return;
    }
    let rest = '';
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value = '' } = await reader.read();
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(JSON.parse(line) as RehearsalNews);
      if (done) break;
    }
    if (this.now.kind === 'running') this.now = FAILED;
  }

  #hear(news: RehearsalNews): void {
    if (news.kind === 'result') this.now = { kind: 'done', result: news };
    else if (news.kind === 'failed') this.now = news;
    else this.now = { kind: 'running', news };
  }
}
