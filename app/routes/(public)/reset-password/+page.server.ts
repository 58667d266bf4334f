import type { PageServerLoad } from './$types';

export const load: PageServerLoad = ({ url, setHeaders }) => {
  // The token in the address must not travel to the next site nor rest in a cache.
  setHeaders({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
  return { token: url.searchParams.get('error') === null ? url.searchParams.get('token') : null };
};
