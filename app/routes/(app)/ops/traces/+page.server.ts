import { loadForOps } from '$lib/trace/load.ts';
import type { PageServerLoad } from './$types';

/** What happened to somebody's connection in a lesson, by the code that they read to support. */
export const load: PageServerLoad = (event) => loadForOps(event);
