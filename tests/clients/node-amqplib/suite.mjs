// amqplib against the broker at AMQP_URL. Transactions are missing: amqplib has no tx class.
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { consumingChecks, publishingChecks } from './delivery.mjs';
import { check, connect, openChannel, report, unique, url, withChannel } from './harness.mjs';
import { topologyChecks } from './topology.mjs';

const HEARTBEAT_SECONDS = 1;
const IDLE_MS = 3500;

await topologyChecks();
await publishingChecks();
await consumingChecks();

await check('heartbeats_keep_an_idle_connection_alive', async () => {
  const target = new URL(url);
  target.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  const connection = await connect(target.href);
  let lost = null;
  connection.on('error', (error) => { lost = error; });
  // Longer than the two intervals after which either side gives a silent peer up.
  await delay(IDLE_MS);
  assert.equal(lost, null);
  assert.ok((await (await openChannel(connection)).assertQueue('', { exclusive: true })).queue);
});

await check('wrong_password_is_refused_403', async () => {
  const target = new URL(url);
  target.password = 'not-the-password';
  await assert.rejects(connect(target.href), /403|ACCESS.REFUSED/);
  await connect();
});

await check('200_channels_on_one_connection', async () => {
  const connection = await connect();
  const channels = await Promise.all(Array.from({ length: 200 }, () => openChannel(connection)));
  const queues = await Promise.all(channels.map((channel) => channel.assertQueue(unique('channel'), { exclusive: true })));
  channels.forEach((channel, i) => channel.sendToQueue(queues[i].queue, Buffer.from(String(i))));
  const messages = await Promise.all(channels.map((channel, i) => channel.get(queues[i].queue, { noAck: true })));
  assert.deepEqual(messages.map((message) => message.content.toString()), channels.map((_, i) => String(i)));
});

await check('20_connections', async () => {
  const connections = await Promise.all(Array.from({ length: 20 }, () => connect()));
  const queues = await Promise.all(connections.map(async (connection) => {
    const channel = await openChannel(connection);
    return (await channel.assertQueue('', { exclusive: true })).queue;
  }));
  assert.equal(new Set(queues).size, 20);
});

await check('error_on_one_channel_leaves_the_others_working', () => withChannel(async (channel, connection) => {
  const other = await openChannel(connection, { confirm: true });
  const { queue } = await other.assertQueue('', { exclusive: true });
  channel.publish(unique('no.exchange'), '', Buffer.from('x'));
  assert.equal((await channel.failure).code, 404);
  other.sendToQueue(queue, Buffer.from('still here'));
  await other.waitForConfirms();
  assert.equal((await other.get(queue, { noAck: true })).content.toString(), 'still here');
}));

report();
