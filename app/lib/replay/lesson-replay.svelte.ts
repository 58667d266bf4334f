/**
 * The replay of one lesson as a page has it: fetched once, run through once in small slices, and from then on any moment
 * is there at once.
 */
import { BoardReplay } from '#sync/documents/board-replay.ts';
import { ChatReplay } from '#sync/documents/chat-replay.ts';
import type { ChatMessage } from '#sync/documents/chat-reader.ts';
import type { HistoryRow } from '#sync/documents/history.ts';
import type { PersonThere } from '../../server/replay-presence.ts';
import type { ReplayManifest } from '../../server/replay-services.server.ts';
import { fetchHistory, fetchManifest } from './load.ts';
import { peopleOf, type ReplayPerson } from './people.ts';
import { Player } from './player.svelte.ts';
import { idleIn, type Span } from './span.ts';

export type ReplayPhase = 'loading' | 'preparing' | 'ready' | 'empty' | 'failed';

/** What runs before the page breathes, wall ms. */
const SLICE_MS = 12;

/** Shown of the empty board before the first stroke, ms. */
const LEAD_MS = 500;

type Ref = Pick<ReplayManifest['documents'][number], 'kind' | 'personId'>;

export class LessonReplay {
  phase: ReplayPhase = $state('loading');
  /** Parts of the preparation that are done, 0–1. */
  progress = $state(0);
  manifest: ReplayManifest | null = $state.raw(null);
  people: readonly ReplayPerson[] = $state.raw([]);
  messages: readonly ChatMessage[] = $state.raw([]);
  /** Which people are shown; null for everybody. */
  shown: ReadonlySet<string> | null = $state.raw(null);
  showLate = $state(true);
  /** How much was sent after the end. */
  late = $state(0);
  /** Counts up whenever another moment, or another choice of people, is on the board. */
  turn = $state(0);
  board: BoardReplay = $state.raw(new BoardReplay());
  chat: ChatReplay = $state.raw(new ChatReplay());
  readonly player: Player;
  private readonly code: string;
  private readonly aborted = new AbortController();
  /** Whose own board and line are shown; null for the lesson's. */
  private owner: string | null = null;
  private seen = { board: 0, chat: 0 };

  constructor(code: string, onEnd?: () => void) {
    this.code = code;
    this.player = new Player({ show: (at) => this.show(at), ...(onEnd && { onEnd }) });
  }

  /** Who was there, for those who may know; empty for everybody else. */
  get presence(): readonly PersonThere[] {
    return this.manifest?.presence?.filter(({ here }) => here.length > 0) ?? [];
  }

  /** Path of the lesson's files. */
  get files(): string {
    return `/api/v1/lessons/${encodeURIComponent(this.code)}/files`;
  }

  get signal(): AbortSignal {
    return this.aborted.signal;
  }

  /** Whose own board is shown; null for the lesson's. */
  get of(): string | null {
    return this.owner;
  }

  /** Fetches and prepares. Ends in another phase than loading, whatever happens. */
  async load(owner: string | null = null): Promise<void> {
    this.player.pause();
    this.phase = 'loading';
    this.progress = 0;
    this.owner = owner;
    this.seen = { board: 0, chat: 0 };
    this.people = [];
    this.shown = null;
    this.board.destroy();
    this.chat.destroy();
    [this.board, this.chat] = [new BoardReplay(), new ChatReplay()];
    try {
      const manifest = await fetchManifest(this.code, this.signal);
      this.manifest = manifest;
      const [board, chat] = await Promise.all([this.fetch('board'), this.fetch('chat')]);
      this.phase = 'preparing';
      await this.add(board, chat);
      if (this.signal.aborted) return;
      // Who judges a lesson sees who was there also where nobody drew or wrote.
      this.phase = board.length + chat.length + this.presence.length === 0 ? 'empty' : 'ready';
      if (this.phase === 'ready') this.player.seek(this.player.span.to);
    } catch (error) {
      if (this.signal.aborted) return;
      console.error('Replay:', error);
      this.phase = 'failed';
    }
  }

  /** What came since, of a lesson that runs; how many rows. @throws when it cannot be had now. */
  async more(): Promise<number> {
    const manifest = await fetchManifest(this.code, this.signal);
    this.manifest = manifest;
    const [board, chat] = await Promise.all([this.fetch('board'), this.fetch('chat')]);
    await this.add(board, chat);
    return board.length + chat.length;
  }

  /** Shows only what these people did; null for everybody. */
  choose(people: ReadonlySet<string> | null): void {
    this.shown = people;
    this.filter();
  }

  chooseLate(show: boolean): void {
    this.showLate = show;
    this.filter();
  }

  /** Where a person's name is known from. */
  nameOf(personId: string): string | null {
    return this.people.find((one) => one.personId === personId)?.name ?? null;
  }

  destroy(): void {
    this.aborted.abort();
    this.player.destroy();
    this.board.destroy();
    this.chat.destroy();
  }

  private filter(): void {
    this.board.filter(this.shown, this.showLate);
    this.readMessages();
    this.turn += 1;
  }

  private hrefOf(ref: Ref): string {
    const found = this.manifest?.documents.find(({ kind, personId }) => kind === ref.kind && personId === ref.personId);
    return found?.href ?? '';
  }

  private async fetch(kind: 'board' | 'chat'): Promise<HistoryRow[]> {
    const href = this.hrefOf({ kind, personId: this.owner });
    return href === '' ? [] : fetchHistory(href, this.seen[kind], this.signal);
  }

  /** Runs through new rows; the moment that is shown stays. */
  private async add(board: readonly HistoryRow[], chat: readonly HistoryRow[]): Promise<void> {
    const { manifest } = this;
    if (!manifest) return;
    const onTime = [...board, ...chat].filter(({ late }) => !late).map(({ at }) => at);
    const before = this.player.span;
    const to = onTime.reduce((last, at) => Math.max(last, at), Math.max(manifest.to, before.to));
    const came = this.presence.flatMap(({ here }) => here.map((stretch) => stretch.from));
    const first = [...onTime, ...came].reduce(
      (least, at) => (at >= manifest.opensAt ? Math.min(least, at - LEAD_MS) : least),
      manifest.from,
    );
    const from = before.to > 0 ? Math.min(before.from, first) : first;
    const whole = board.length + chat.length;
    let done = 0;
    let until = performance.now() + SLICE_MS;
    const breathe = async (): Promise<void> => {
      done += 1;
      if (performance.now() < until) return;
      this.progress = done / whole;
      await new Promise((resolve) => setTimeout(resolve));
      until = performance.now() + SLICE_MS;
    };
    for (const row of chat) {
      this.chat.add({ ...row, at: row.late ? to : row.at });
      await breathe();
      if (this.signal.aborted) return;
    }
    for (const row of board) {
      // What was drawn without a connection has no moment of its own: it stands at the end.
      this.board.add({ ...row, at: row.late ? to : row.at });
      await breathe();
      if (this.signal.aborted) return;
    }
    this.seen = {
      board: board.at(-1)?.seq ?? this.seen.board,
      chat: chat.at(-1)?.seq ?? this.seen.chat,
    };
    this.late = this.board.late;
    this.people = peopleOf(manifest.people, this.board, this.chat, this.people, [...board, ...chat]);
    this.setSpan({ from, to });
  }

  private setSpan(span: Span): void {
    const times = [...this.board.steps.times, ...this.chat.steps.times].sort((a, b) => a - b);
    this.player.setSpan(span, idleIn(times, span));
  }

  private show(at: number): void {
    this.board.seek(this.board.steps.at(at));
    if (this.chat.seek(this.chat.steps.at(at))) this.readMessages();
    this.turn += 1;
  }

  private readMessages(): void {
    const { shown } = this;
    const all = this.chat.messages();
    this.messages = shown === null ? all : all.filter(({ author }) => shown.has(author?.personId ?? ''));
  }
}
