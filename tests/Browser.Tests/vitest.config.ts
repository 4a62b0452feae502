import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.test.ts'],
    environment: 'node',
    globalSetup: './node.ts',
    // One browser, one after the other: two on two cores only wait for each other.
    fileParallelism: false,
    isolate: false,
    expect: { poll: { timeout: 20_000 } },
    // Once more where a busy machine was too slow for a browser; what is wrong is wrong twice.
    retry: 1,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
