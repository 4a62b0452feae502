import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative to the page's <base>, which the server sets: a path prefix is known only when it runs.
  base: './',
  plugins: [react()],
  resolve: {
    // Two copies of these would not know each other's extensions.
    dedupe: ['@codemirror/state', '@codemirror/view', '@codemirror/language', '@lezer/common', '@lezer/highlight', '@lezer/lr', 'react', 'react-dom'],
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
  server: { proxy: { '/api': process.env.PLEIAD_URL ?? 'http://localhost:9090' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
