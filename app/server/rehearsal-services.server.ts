/** Rehearsals for ops and auditors: as lines that come while it runs, or whole. Rules RH14–RH17 of projections/SPEC.md. */
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { Queries, RehearsalNews, RehearsalQuestion, Rehearsals } from '#projections/queries.ts';
import { streamed } from './audit/streamed.ts';
import type { Person } from './services.ts';
import { studentsInReach } from './visibility.server.ts';

export interface RehearsalParts {
  readonly rehearsals: Rehearsals;
  readonly queries: Queries;
}

export type RehearsalResult = Extract<RehearsalNews, { kind: 'result' }>;

export interface RehearsalServices {
  /** One JSON object a line. It stops when nobody reads it any more. */
  lines(person: Person, question: RehearsalQuestion): Promise<ReadableStream<Uint8Array> | Refusal>;
  whole(person: Person, question: RehearsalQuestion): Promise<RehearsalResult | Refusal>;
}

const mayRehearse = ({ roles }: Person): boolean => roles.includes('ops') || roles.includes('auditor');
const unknown = (): Refusal => refuse('not-found', 'There is nothing at this address.');
const failed = (): Refusal => refuse('rehearsal-failed', 'The rehearsal could not be finished. Nothing was changed.');

export function rehearsalServices({ rehearsals, queries }: RehearsalParts): RehearsalServices {
  return {
    async lines(person, question) {
      if (!mayRehearse(person)) return unknown();
      const left = new AbortController();
      const news = rehearsals.rehearse(person.personId, question, left.signal, await studentsInReach(queries, person));
      if (isRefusal(news)) return news;
      const write = async (line: (text: string) => Promise<void>): Promise<void> => {
        for await (const one of news) await line(`${JSON.stringify(one)}\n`);
      };
      // What failed is in the log already; the reader sees the stream fail, and says so.
      return streamed(write, { ended: () => left.abort(), failed: () => undefined });
    },
    async whole(person, question) {
      if (!mayRehearse(person)) return unknown();
      const news = rehearsals.rehearse(
        person.personId,
        question,
        new AbortController().signal,
        await studentsInReach(queries, person),
      );
      if (isRefusal(news)) return news;
      for await (const one of news) {
        if (one.kind === 'result') return one;
        if (one.kind === 'failed') return refuse(one.code, one.message);
      }
      return failed();
    },
  };
}
