import adapter from '@sveltejs/adapter-node';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    adapter: adapter({ out: 'build', precompress: true }),
    files: {
      src: 'app',
      assets: 'app/static',
      lib: 'app/lib',
      routes: 'app/routes',
      appTemplate: 'app/app.html',
      hooks: { client: 'app/hooks.client', server: 'app/hooks.server' },
    },
    // Each file is a round trip: what is small comes with the page. Bytes.
    inlineStyleThreshold: 2_500,
    // The classroom registers it; nobody else needs it.
    serviceWorker: { register: false },
    csp: {
      mode: 'auto',
      directives: {
        'default-src': ['self'],
        'img-src': ['self', 'data:', 'blob:'],
        'media-src': ['self', 'blob:'],
        'connect-src': ['self', 'ws:', 'wss:', 'https://api.razorpay.com', 'https://lumberjack.razorpay.com'],
        'script-src': ['self', 'wasm-unsafe-eval', 'https://checkout.razorpay.com'],
        'frame-src': ['self', 'https://api.razorpay.com', 'https://checkout.razorpay.com'],
        'style-src': ['self', 'unsafe-inline'],
        'font-src': ['self', 'data:'],
        'object-src': ['none'],
        'base-uri': ['self'],
        'form-action': ['self'],
        'frame-ancestors': ['self'],
      },
    },
  },
};
