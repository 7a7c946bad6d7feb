// The build of the browser application: plain files without inline code, so that the server can forbid
// inline scripts and styles. `npm run dev` proxies to a running server (SWITCHROOM=http://host:8080).
import { defineConfig } from 'vite';

const server = (globalThis as { process?: { env: Record<string, string | undefined> } }).process?.env.SWITCHROOM;

export default defineConfig({
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
	build: {
		target: 'es2021',
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
	},
	server: { proxy: { '/api': server ?? 'http://127.0.0.1:8080' } },
});
