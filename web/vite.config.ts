import tailwind from '@tailwindcss/vite';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { OLDEST_BROWSERS } from './browsers.ts';

/** As Vite writes them: `chrome119`. */
const TARGET = Object.entries(OLDEST_BROWSERS).map(([name, version]) => name + version);

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
