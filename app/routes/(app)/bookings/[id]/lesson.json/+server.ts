import { documentFile } from '#events/store/audit/document.ts';
import { lessonPaperOf } from '../paper-of.ts';
import type { RequestHandler } from './$types';

/** The same as the PDF, signed, for `/verify`. */
export const GET: RequestHandler = async (event) => {
  const { paper } = await lessonPaperOf(event);
  const file = documentFile(event.locals.services.audit.signed('lesson-receipt', { ...paper }));
  return new Response(file, {
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="nexused-lesson-${paper.bookingId}.json"`,
      'cache-control': 'private, no-store',
    },
  });
};
