import tailwindcss from '@tailwindcss/vite';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * On a phone each file costs a round trip of its own, six at a time, and time to start it: an icon that two pages share
 * is not worth that. All icons are one file; what they stand on is another, for they must not draw it into theirs.
 */
const fewerFiles: Plugin = {
  name: 'fewer-files',
  outputOptions(options) {
    if (options.dir?.endsWith('client') !== true) return null;
    const groups = [
      { name: 'svelte', test: /node_modules\/(svelte|esm-env|clsx)\//, priority: 2 },
      { name: 'icons', test: /@lucide\//, priority: 1 },
    ];
    return { ...options, codeSplitting: { groups } };
  },
};

export default defineConfig({
  plugins: [tailwindcss(), sveltekit(), fewerFiles],
  build: { cssMinify: 'lightningcss', target: 'es2022' },
});
