// embed.mjs DIST OUT.c - the built files as a C table (api/assets.h): gzip'd bytes, media type, hash.
// The same input gives the same output on every machine: names are sorted and gzip carries no time.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.png': 'image/png',
	'.json': 'application/json',
	'.txt': 'text/plain; charset=utf-8',
};

function* walk(dir, prefix = '') {
	for (const name of readdirSync(dir).sort()) {
		const path = join(dir, name);
		if (statSync(path).isDirectory())
			yield* walk(path, `${prefix}/${name}`);
		else
			yield [`${prefix}/${name}`, readFileSync(path)];
	}
}

function bytes(buf) {
	const lines = [];
	for (let i = 0; i < buf.length; i += 20)
		lines.push('\t' + Array.from(buf.subarray(i, i + 20)).join(',') + ',');
	return lines.join('\n');
}

const [dist, out] = process.argv.slice(2);
if (!dist || !out) {
	console.error('usage: embed.mjs DIST OUT.c');
	process.exit(2);
}
const arrays = [];
const rows = [];
for (const [path, raw] of walk(dist)) {
	const type = TYPES[extname(path)];
	if (!type)
		throw new Error(`embed.mjs: no media type for ${path}`);
	const gz = gzipSync(raw, { level: 9 });
	gz[9] = 255;    // operating system: unknown
	const hash = createHash('sha256').update(raw).digest('hex').slice(0, 32);
	const immutable = path.startsWith('/assets/');
	arrays.push(`static const uint8_t a${rows.length}[] = {\n${bytes(gz)}\n};`);
	rows.push(`\t{ "${path}", "${type}", "\\"${hash}\\"", ${immutable}, a${rows.length}, ` +
		`sizeof(a${rows.length}), ${raw.length} },`);
}
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `/* Written by webui/embed.mjs. */\n#include "api/assets.h"\n\n${arrays.join('\n')}\n\n` +
	`const struct asset webui_assets[] = {\n${rows.join('\n')}\n\t{ 0 }\n};\n`);
