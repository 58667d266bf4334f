import { defineConfig } from 'vitest/config';

/** How long a poll looks for what must come: tests judge behaviour, and a machine at work on other things is slow. */
const PATIENT = { poll: { timeout: 15_000 } };

/** Three suites by cost: unit (pure, seconds), int (real database, Redis, sockets, workers), e2e (real browsers). */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{app,events,projections,sync,sfu,platform,sandbox,tests,tools,bench}/**/*.unit.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
          expect: PATIENT,
        },
      },
      {
        test: {
          name: 'int',
          include: ['{app,events,projections,sync,sfu,platform,sandbox,tests,tools}/**/*.int.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          expect: PATIENT,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/**/*.e2e.test.ts'],
          exclude: ['**/node_modules/**'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          expect: PATIENT,
          fileParallelism: false,
        },
      },
    ],
  },
});
