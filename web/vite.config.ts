import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const apiUrl = process.env['XUNJIE_API_URL'] ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // What a page does not use of the domain does nothing by being loaded, so that it need not be.
    rolldownOptions: { treeshake: { moduleSideEffects: (id) => !/\/domain\/[^/]+\.ts$/.test(id) } },
  },
  server: { host: '127.0.0.1', proxy: { '/api': { target: apiUrl, changeOrigin: false } } },
});
