// SPDX-License-Identifier: Apache-2.0
// Buffers of the addon's, JSON, compression and worker threads; prints sums.
'use strict';
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads');
const zlib = require('zlib');
const crypto = require('crypto');

function work(addon, rounds, seed) {
	const hash = crypto.createHash('sha256');
	let kept = [];
	for (let i = 0; i < rounds * 200; i++) {
		const n = (seed * 7919 + i * 104729) % 60000 + 1;
		kept.push(addon.make(n));
		if (kept.length > 300) {
			hash.update(kept[i % 300]);
			kept = kept.slice(150);
		}
		if (i % 50 === 0) {
			const text = JSON.stringify({ i, list: [...Array(500).keys()], s: 'x'.repeat(n % 2000) });
			hash.update(zlib.inflateSync(zlib.deflateSync(Buffer.from(text))));
			hash.update(String(JSON.parse(text).list.length));
		}
	}
	return hash.digest('hex');
}

if (!isMainThread) {
	const { path, rounds, seed } = workerData;
	parentPort.postMessage(work(require(path), rounds, seed));
} else {
	const path = process.argv[2], rounds = Number(process.argv[3]);
	console.log('main', work(require(path), rounds, 0));
	const results = [];
	for (let seed = 1; seed <= 3; seed++)
		new Worker(__filename, { workerData: { path, rounds, seed } })
			.on('message', m => { results[seed] = m; })
			.on('error', e => { console.log('error', e.message); process.exitCode = 1; })
			.on('exit', () => { if (seed === 3) setImmediate(() => {}); });
	process.on('exit', () => console.log(results.slice(1).join('\n')));
}
