import tailwind from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';

/** The oldest browsers the page is built for. */
const TARGET = ['chrome119', 'firefox120', 'safari17'];

export default defineConfig({
  plugins: [solid(), tailwind()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: TARGET,
    cssTarget: TARGET,
    // The content security policy allows neither inline scripts nor data: fonts and scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://localhost:8787' } },
});
