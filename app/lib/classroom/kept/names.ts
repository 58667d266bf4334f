/** How kept things are named; for the page, which puts them away, and the service worker, which gives them out. */
/** Of this form; behind it the person. */
export const KEPT_CLASSROOMS = 'nexused-classroom-1 ';
/** Header of a kept page: it goes after this, wall ms. */
export const KEPT_UNTIL = 'x-kept-until';

/** Whether this is the path of a classroom's page. */
export const isClassroom = (path: string): boolean => /^\/lessons\/[^/]+(?:\/prepare)?$/.test(path);
/** The lesson's code in such a path. */
export const codeOfPath = (path: string): string => decodeURIComponent(path.split('/')[2] ?? '');
