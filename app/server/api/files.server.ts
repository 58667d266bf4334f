/** Files of a lesson, and of whatever else has files: one pair of routes a kind of scope. */
import { Type } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { isFileId } from '#sync/documents/file-ids.ts';
import { isRefusal, refuse, type Refusal } from '#events/shared/refusal.ts';
import type { LessonRow } from '#projections/queries.ts';
import { isPicture } from '../files/kinds.ts';
import { dispositionOf } from '../files/names.ts';
import type { Person, Services } from '../services.ts';
import { mayReadOwn, maySeeDocuments, takesPart } from '../visibility.server.ts';
import { signedIn } from './api.server.ts';
import { problem, refused } from './problem.server.ts';
import { answers, answersFile } from './schema.server.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body may take its time: it is counted and timed by whoever reads it. */
    readonly upload?: boolean;
  }
}

export const FileShape = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'Made harmless; ends in what the file is' }),
  type: Type.String({ description: 'Media type, judged by its bytes' }),
  bytes: Type.Integer(),
  width: Type.Optional(Type.Integer({ description: 'Pixels; of pictures only' })),
  height: Type.Optional(Type.Integer()),
});

export interface FileRoutes {
  /** Such as `/api/v1/lessons/:code/files`; it names whose files they are by these parameters, in their order. */
  readonly path: string;
  readonly whose: readonly string[];
  /** Of what, in the description: “the lesson”. */
  readonly of: string;
  /** The scope that this person may add to, or why not. */
  readonly mayAdd: (person: Person, ...whose: readonly string[]) => Promise<string | Refusal>;
  /** The scopes that this person may read there, the likeliest first; none answers 404. */
  readonly mayRead: (person: Person, ...whose: readonly string[]) => Promise<readonly string[]>;
}

const NO_FILE = 'There is no such file.';

/** Registers POST `path` and GET `path/:file`. */
export async function registerFileRoutes(
  app: FastifyInstance,
  services: Pick<Services, 'files'>,
  { path, whose, of, mayAdd, mayRead }: FileRoutes,
): Promise<void> {
  const key = Object.fromEntries(whose.map((name) => [name, Type.String({ maxLength: 64 })]));
  const given = (params: Readonly<Record<string, string>>): string[] => whose.map((name) => params[name] ?? '');
  const find = async (person: Person, params: Readonly<Record<string, string>>, id: string) => {
    for (const scope of isFileId(id) ? await mayRead(person, ...given(params)) : []) {
      const found = await services.files.read(scope, id);
      if (found) return found;
    }
    return null;
  };
  await app.register(async (raw) => {
    // The body stays in its stream until somebody counts it.
    raw.removeAllContentTypeParsers();
    raw.addContentTypeParser('*', (_request, _payload, done) => done(null));
    raw.post<{ Params: Record<string, string>; Headers: { 'x-file-name'?: string } }>(
      path,
      {
        config: { upload: true },
        schema: {
          summary: `Give a file to ${of}: pictures up to 10 MB and 40 megapixels, PDF, text, CSV, Word, Excel, PowerPoint and ZIP up to 25 MB`,
          description: 'The body is the file itself. What it is is judged by its bytes.',
          consumes: ['application/octet-stream'],
          params: Type.Object(key),
          headers: Type.Object({
            'x-file-name': Type.Optional(Type.String({ maxLength: 2_000, description: 'Percent-encoded UTF-8' })),
          }),
          response: answers(201, FileShape),
        },
      },
      async (request, reply) => {
        const { raw: stream } = request;
        /** A connection with an unread body in it cannot serve another request. */
        const no = (refusal: Refusal) =>
          refused(stream.readableEnded ? reply : reply.header('connection', 'close'), refusal);
        const person = signedIn(request, reply);
        if (!person) return reply;
        const scope = await mayAdd(person, ...given(request.params));
        if (isRefusal(scope)) return no(scope);
        const length = Number(request.headers['content-length'] ?? Number.NaN);
        const file = await services.files.keep(scope, {
          personId: person.personId,
          name: request.headers['x-file-name'] ?? '',
          bytes: Number.isFinite(length) ? length : null,
          body: stream,
        });
        return isRefusal(file) ? no(file) : reply.code(201).send(file);
      },
    );
  });

  app.get<{ Params: Record<string, string> }>(
    `${path}/:file`,
    {
      schema: {
        summary: `A file of ${of}: pictures to be shown, everything else to be downloaded`,
        params: Type.Object({ ...key, file: Type.String({ maxLength: 64 }) }),
        response: answersFile('The file'),
      },
    },
    async (request, reply) => {
      const person = signedIn(request, reply);
      if (!person) return reply;
      const { file: id = '' } = request.params;
      const found = await find(person, request.params, id);
      if (!found) return problem(reply, 404, 'not-found', NO_FILE);
      const { name, type } = found.file;
      return (
        reply
          .header('content-type', type === 'text/plain' || type === 'text/csv' ? `${type}; charset=utf-8` : type)
          .header('content-disposition', dispositionOf(name, isPicture(type)))
          .header('x-content-type-options', 'nosniff')
          // Opened by itself it can run nothing and reach nothing.
          .header('content-security-policy', "default-src 'none'; sandbox")
          .header('cross-origin-resource-policy', 'same-origin')
          // The bytes of an id never change; whoever has them may keep them, but no cache between us.
          .header('cache-control', 'private, max-age=31536000, immutable')
          .send(Buffer.from(found.body))
      );
    },
  );
}

export const filesOfLesson = (lessonId: string): string => `lesson:${lessonId}`;

/** Of the private line between a student and the tutor. */
const filesOfLine = (lessonId: string, studentId: string): string => `line:${lessonId}:${studentId}`;

const NO_LESSON = refuse('not-found', 'There is no such lesson.');

/** Before the lesson, too: a board may be prepared. */
export async function registerLessonFiles(app: FastifyInstance, services: Services): Promise<void> {
  const takesFiles = async (person: Person, code: string): Promise<LessonRow | Refusal> => {
    const lesson = await services.visibleLesson(person, code);
    if (!lesson || !takesPart(lesson, person.personId)) return NO_LESSON;
    if (lesson.state === 'ended') return refuse('lesson-ended', 'This lesson has ended.');
    if (lesson.state === 'cancelled') return refuse('lesson-cancelled', 'This lesson was cancelled.');
    return lesson;
  };
  const readable = async (person: Person, code: string): Promise<LessonRow | null> => {
    const lesson = await services.visibleLesson(person, code);
    return lesson && (await maySeeDocuments(services.queries, person, lesson, services.now())) ? lesson : null;
  };

  await registerFileRoutes(app, services, {
    path: '/api/v1/lessons/:code/files',
    whose: ['code'],
    of: 'the lesson',
    async mayAdd(person, code = '') {
      const lesson = await takesFiles(person, code);
      return isRefusal(lesson) ? lesson : filesOfLesson(lesson.lessonId);
    },
    async mayRead(person, code = '') {
      const lesson = await readable(person, code);
      return lesson ? [filesOfLesson(lesson.lessonId)] : [];
    },
  });

  await registerFileRoutes(app, services, {
    path: '/api/v1/lessons/:code/lines/:student/files',
    whose: ['code', 'student'],
    of: 'the private line between a student and the tutor',
    async mayAdd(person, code = '', student = '') {
      const lesson = await takesFiles(person, code);
      if (isRefusal(lesson)) return lesson;
      return mayReadOwn(person, lesson, student) ? filesOfLine(lesson.lessonId, student) : NO_LESSON;
    },
    async mayRead(person, code = '', student = '') {
      const lesson = await readable(person, code);
      if (!lesson || !mayReadOwn(person, lesson, student)) return [];
      // Lines once kept theirs with the lesson's.
      return [filesOfLine(lesson.lessonId, student), filesOfLesson(lesson.lessonId)];
    },
  });
}
