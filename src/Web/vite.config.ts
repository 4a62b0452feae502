import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Relative to the page's <base>, which the server sets: a path prefix is known only when it runs.
  base: './',
  plugins: [react()],
  resolve: {
    alias: { 'lru-cache': fileURLToPath(new URL('src/promql/expiringCache.ts', import.meta.url)) },
    // Two copies of these would not know each other's extensions.
    dedupe: ['@codemirror/state', '@codemirror/view', '@codemirror/language', '@lezer/common', '@lezer/highlight', '@lezer/lr', 'react', 'react-dom'],
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: {
        // What every page of data needs anyway is one file: many small ones compress worse, each by itself.
        codeSplitting: {
          groups: [
            { name: 'model', test: /[\\/]src[\\/](model|api|routing|state)[\\/]/ },
            { name: 'parts', test: /[\\/]src[\\/]parts[\\/](Page|TimePicker|RefreshPicker|Notes|ErrorNote|Empty)\.|@tabler[\\/]icons-react[\\/]dist[\\/]esm[\\/]icons[\\/]Icon(Copy|Plus|Trash|InfoCircle|Clock|Refresh|ZoomOut|Eye|EyeOff|Wand)\./ },
            { name: 'inputs', test: /@mantine[\\/]core[\\/]esm[\\/]components[\\/](Input|InputBase|TextInput|InlineInput|Switch|SegmentedControl|NativeSelect|FloatingIndicator|Combobox[\\/]ComboboxChevron)/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env.PLEIAD_URL ?? 'http://localhost:9090' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
