// What every check needs: a broker URL, unique names, a deadline, and the report on stdout.
import assert from 'node:assert/strict';
import amqp from 'amqplib';

export const url = process.env.AMQP_URL ?? 'amqp://guest:guest@127.0.0.1:5672/';
const CHECK_TIMEOUT_MS = 20_000;
const counts = { passed: 0, failed: 0, skipped: 0 };
let opened = [];
let names = 0;

export const unique = (what) => `amqplib.${what}.${process.pid}.${++names}`;

export async function connect(target = url, options = {}) {
  const connection = await amqp.connect(target, options);
  // A connection that the broker closes emits 'error'; without a listener that would end the process instead of the check.
  connection.on('error', () => {});
  opened.push(connection);
  return connection;
}

/** A channel whose closing by the broker can be awaited; its error carries the reply code. */
export async function openChannel(connection, { confirm = false } = {}) {
  const channel = confirm ? await connection.createConfirmChannel() : await connection.createChannel();
  channel.failure = new Promise((resolve) => channel.once('error', resolve));
  return channel;
}

export async function expectChannelError(channel, code, action) {
  const pending = action();
  // Some calls (ack) have no reply: their failure shows on the channel alone. Others reject as well.
  await Promise.resolve(pending).catch(() => {});
  const error = await channel.failure;
  assert.equal(error.code, code, error.message);
}

/** Collects deliveries and lets a check wait for the n-th one. */
export class Inbox {
  messages = [];
  #waiters = [];

  add = (message) => {
    this.messages.push(message);
    this.#waiters = this.#waiters.filter(({ count, resolve }) => this.messages.length < count || resolve(this.messages));
  };

  async receive(count) {
    if (this.messages.length < count) await new Promise((resolve) => this.#waiters.push({ count, resolve }));
    return this.messages;
  }
}

export async function withChannel(action, options) {
  const connection = await connect();
  return action(await openChannel(connection, options), connection);
}

/** Messages get visible in a queue a little after an unconfirmed publish: polls until `read` gives `expected`. */
export async function eventually(expected, read) {
  for (;;) {
    const value = await read();
    if (value === expected) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function check(name, action) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no result after ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([action(), deadline]);
    counts.passed++;
    console.log(`ok ${name}`);
  } catch (error) {
    counts.failed++;
    console.log(`not ok ${name}: ${String(error?.message ?? error).replaceAll('\n', ' | ')}`);
  } finally {
    clearTimeout(timer);
    // Already closed by the broker: that is what some checks are about.
    await Promise.all(opened.map((connection) => connection.close().catch(() => {})));
    opened = [];
  }
}

export function report() {
  console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
  process.exit(counts.failed === 0 && counts.passed > 0 ? 0 : 1);
}
