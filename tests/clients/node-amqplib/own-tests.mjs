// amqplib's own tests against the broker at AMQP_URL:
//   own-tests.mjs node     release 2.2.0, the newest whose package carries its tests (node:test)
//   own-tests.mjs mocha    release 0.10.9, the last one on mocha and still the most installed
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
// amqplib allows its own tests one second; a shared machine may need more, a broken broker still fails.
const TEST_TIMEOUT_MS = 5_000;
const counts = { passed: 0, failed: 0, skipped: 0 };

process.env.AMQP_URL ??= 'amqp://guest:guest@127.0.0.1:5672/';
process.env.URL = process.env.AMQP_URL;

const testFiles = (packageName) => {
  const folder = path.join(here, 'node_modules', packageName, 'test');
  return readdirSync(folder).filter((name) => name.endsWith('.js')).sort().map((name) => path.join(folder, name));
};

function passed(name) {
  counts.passed++;
  console.log(`ok ${name}`);
}

function failed(name, error) {
  const reason = String(error?.cause?.message ?? error?.message ?? error).replaceAll('\n', ' | ');
  // One test asserts that the broker's product is called RabbitMQ. Another name is no incompatibility; any other failure of it is.
  if (/serverProperties$/.test(name) && /^'[^']+' == 'RabbitMQ'$/.test(reason)) return skipped(name, `another product: ${reason}`);
  counts.failed++;
  console.log(`not ok ${name}: ${reason}`);
}

function skipped(name, reason = 'by the test itself') {
  counts.skipped++;
  console.log(`ok ${name} # skipped: ${reason}`);
}

async function runNodeTests() {
  // Each file runs in a process of its own; the preload has to reach it through the environment.
  process.env.NODE_OPTIONS = `--require ${JSON.stringify(path.join(here, 'redirect.cjs'))}`;
  const files = testFiles('amqplib');
  const titles = [];
  const title = ({ nesting, name }) => [...titles.slice(0, nesting), name].join(' > ');
  const isGroup = ({ name, details }) => details.type === 'suite' || files.includes(name);
  const stream = run({ files, timeout: TEST_TIMEOUT_MS, concurrency: 1 });
  stream.on('test:start', ({ nesting, name }) => { titles[nesting] = name; });
  stream.on('test:pass', (test) => {
    if (test.skip !== undefined || test.todo !== undefined) skipped(title(test));
    else if (!isGroup(test)) passed(title(test));
  });
  stream.on('test:fail', (test) => {
    // A group that failed because of its tests has been counted with them; one that failed by itself (a crash, a hook) has not.
    if (!isGroup(test) || test.details.error.failureType !== 'subtestsFailed') failed(title(test), test.details.error);
  });
  for await (const _ of stream);
}

async function runMochaTests() {
  const require = createRequire(import.meta.url);
  require('./redirect.cjs');
  const Mocha = require('mocha');
  const mocha = new Mocha({ ui: 'tdd', checkLeaks: true, timeout: TEST_TIMEOUT_MS, reporter: class {} });
  testFiles('amqplib-0.10').forEach((file) => mocha.addFile(file));
  await new Promise((resolve) => {
    mocha.run(resolve)
      .on('pass', (test) => passed(test.titlePath().join(' > ')))
      .on('pending', (test) => skipped(test.titlePath().join(' > ')))
      .on('fail', (test, error) => failed(test.titlePath().join(' > '), error));
  });
}

const runners = { node: runNodeTests, mocha: runMochaTests };
const runner = runners[process.argv[2]];
if (!runner) {
  console.error(`usage: own-tests.mjs ${Object.keys(runners).join('|')}`);
  process.exit(2);
}
await runner();
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
// The old release leaves sockets open (its Makefile passes --exit as well).
process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
