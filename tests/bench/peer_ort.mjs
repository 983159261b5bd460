// SPDX-License-Identifier: MIT
// ONNX Runtime on one thread, for comparison with bench_net: node peer_ort.mjs NODE_MODULES FILE.onnx WxH[xC] RUNS
// Prints the median CPU milliseconds of one run. CPU time is measured over blocks of ten runs. It counts the thread that computes,
// and leaves out the hand-over between threads of Node, which a C program does not have.
import { createRequire } from 'node:module';
import path from 'node:path';

const [modules, file, size, runs] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'x.js'));
const ort = require('onnxruntime-node');
const [w, h, c = 3] = size.split('x').map(Number);
const session = await ort.InferenceSession.create(file, {
  intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential', graphOptimizationLevel: 'all',
});
const data = new Float32Array(c * w * h).map((_, i) => ((i * 7919) % 256) / 128 - 1);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', data, [1, c, h, w]) };
const BLOCK = 10;
for (let i = 0; i < BLOCK; i++) await session.run(feeds);
const ms = [];
for (let i = 0; i < Number(runs) / BLOCK; i++) {
  const start = process.cpuUsage();
  for (let j = 0; j < BLOCK; j++) await session.run(feeds);
  const used = process.cpuUsage(start);
  ms.push((used.user + used.system) / 1000 / BLOCK);
}
ms.sort((a, b) => a - b);
console.log(ms[ms.length >> 1].toFixed(4));
