/**
 * What somebody missed of a lesson that runs, shown quickly on their own screen. It ends where the lesson is by then;
 * nobody else hears of it.
 */
import type { Missed } from '../../server/replay-facts.ts';
import type { ReplayManifest } from '../../server/replay-services.server.ts';
import { LessonReplay } from './lesson-replay.svelte.ts';
import { fetchManifest } from './load.ts';

export const CATCH_UP_SPEEDS = [4, 8, 16] as const;

/** After entering, wall ms: until then the lesson knows that one is here. */
const ASK_AFTER_MS = [1_500, 5_000] as const;
/** So close to now is live, ms of the lesson. */
const NEAR_MS = 4_000;
const MINUTE = 60_000;

export type CatchUpPhase = 'nothing' | 'offered' | 'loading' | 'playing' | 'failed';

/** Whether anything was done in a stretch of the lesson. */
export function hasWork({ documents }: Pick<ReplayManifest, 'documents'>, { from, to }: Missed): boolean {
  return documents.some(({ kind, personId, counts }) => {
    const mine = kind === 'board' && personId === null;
    return mine && counts.some(({ minute }) => minute + MINUTE > from && minute <= to);
  });
}

export class CatchUp {
  phase: CatchUpPhase = $state('nothing');
  missed: Missed | null = $state.raw(null);
  replay: LessonReplay | null = $state.raw(null);
  private readonly code: string;
  private readonly onLive: () => void;
  private readonly aborted = new AbortController();
  private timers: ReturnType<typeof setTimeout>[] = [];

  /** @param onLive it has shown everything, and the live board is seen again. */
  constructor(code: string, onLive: () => void) {
    this.code = code;
    this.onLive = onLive;
  }

  /** Asks in a moment whether something was missed. */
  look(): void {
    this.timers = ASK_AFTER_MS.map((ms) => setTimeout(() => void this.ask(), ms));
  }

  async start(): Promise<void> {
    const { missed } = this;
    if (!missed) return;
    this.phase = 'loading';
    const replay = new LessonReplay(this.code, () => void this.goOn());
    await replay.load();
    if (this.phase !== 'loading') return replay.destroy();
    if (replay.phase !== 'ready') {
      replay.destroy();
      this.phase = 'failed';
      return;
    }
    replay.player.speed = 8;
    replay.player.seek(missed.from);
    this.replay = replay;
    this.phase = 'playing';
    replay.player.play();
  }

  /** Back to the live board, from wherever one is. */
  leave(): void {
    this.phase = 'nothing';
    this.missed = null;
    this.replay?.destroy();
    this.replay = null;
  }

  destroy(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.aborted.abort();
    this.leave();
  }

  private async ask(): Promise<void> {
    if (this.phase !== 'nothing' || this.missed) return;
    try {
      const manifest = await fetchManifest(this.code, this.aborted.signal);
      const { missed } = manifest;
      if (!missed || !hasWork(manifest, missed)) return;
      this.missed = missed;
      this.phase = 'offered';
    } catch (error) {
      // An offer that cannot be made is none.
      if (!this.aborted.signal.aborted) console.warn('Catching up:', error);
    }
  }

  /** It played what was there when it began; meanwhile there is more. */
  private async goOn(): Promise<void> {
    const { replay } = this;
    if (!replay) return;
    const { player } = replay;
    try {
      await replay.more();
      if (this.replay !== replay) return;
      if (player.left * player.speed > NEAR_MS) return player.play();
    } catch (error) {
      if (replay.signal.aborted) return;
      console.warn('Catching up:', error);
    }
    this.leave();
    this.onLive();
  }
}
