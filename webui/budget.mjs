// budget.mjs DIST - fails the build when the page grows past what a slow site link should carry,
// or when it holds inline code that the content security policy would refuse.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUDGET = { '.js': 120_000, '.css': 20_000 };
const dist = process.argv[2];
const sum = { '.js': 0, '.css': 0 };
for (const name of readdirSync(join(dist, 'assets')))
	for (const ext of Object.keys(sum))
		if (name.endsWith(ext))
			sum[ext] += gzipSync(readFileSync(join(dist, 'assets', name)), { level: 9 }).length;
for (const [ext, max] of Object.entries(BUDGET)) {
	console.log(`${ext}: ${sum[ext]} of ${max} bytes (gzip)`);
	if (sum[ext] > max)
		process.exit(1);
}
const html = readFileSync(join(dist, 'index.html'), 'utf8');
if (/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/i.test(html)) {
	console.error('index.html holds inline code');
	process.exit(1);
}
