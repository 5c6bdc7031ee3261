/** The pages, built into the files that the query API serves; and the unit tests. */
import { defineConfig } from 'vitest/config'

export default defineConfig({
  build: {
    outDir: '../query_api/static',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    rollupOptions: { input: ['index.html', 'docs.html'] },
    chunkSizeWarningLimit: 2_000, // kB: Swagger UI comes as one
  },
  // Beside `make run`: pages change as they are edited, the API is the running one's.
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/media': 'http://127.0.0.1:8080' } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    environment: 'happy-dom',
    restoreMocks: true,
    unstubGlobals: true,
  },
})
