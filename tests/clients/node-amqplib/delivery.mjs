// Publishing, consuming and acknowledging.
import assert from 'node:assert/strict';
import { check, connect, eventually, expectChannelError, Inbox, openChannel, unique, url, withChannel } from './harness.mjs';

export async function publishingChecks() {
  await check('publish_1000_messages_with_confirms', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    let confirmed = 0;
    for (let i = 0; i < 1000; i++) {
      channel.sendToQueue(queue, Buffer.from(String(i)), { persistent: true }, (error) => { confirmed += error ? 0 : 1; });
    }
    await channel.waitForConfirms();
    assert.equal(confirmed, 1000);
    assert.equal((await channel.checkQueue(queue)).messageCount, 1000);
  }, { confirm: true }));

  await check('unroutable_mandatory_message_is_returned_312_with_its_body', () => withChannel(async (channel) => {
    const returned = new Promise((resolve) => channel.once('return', resolve));
    const key = unique('nowhere');
    let confirmedAfterReturn;
    let seen = false;
    channel.once('return', () => { seen = true; });
    channel.publish('', key, Buffer.from('come back'), { mandatory: true, messageId: 'm1' }, () => { confirmedAfterReturn = seen; });
    const { fields, properties, content } = await returned;
    assert.equal(fields.replyCode, 312);
    assert.equal(fields.replyText, 'NO_ROUTE');
    assert.equal(fields.routingKey, key);
    assert.equal(properties.messageId, 'm1');
    assert.equal(content.toString(), 'come back');
    await channel.waitForConfirms();
    assert.equal(confirmedAfterReturn, true);
  }, { confirm: true }));

  await check('all_properties_and_nested_headers_round_trip', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const headers = {
      text: 'hällo', empty: '', yes: true, no: false, nothing: null, bytes: Buffer.from([0, 255, 10]),
      int8: -7, uint8: { '!': 'uint8', value: 200 }, int16: -3000, uint16: { '!': 'uint16', value: 60000 },
      int32: 70000, uint32: { '!': 'uint32', value: 4000000000 }, int64: 2 ** 40,
      float: { '!': 'float', value: 0.5 }, double: 3.25,
      decimal: { '!': 'decimal', value: { digits: 12345, places: 2 } }, when: { '!': 'timestamp', value: 1700000000 },
      list: [1, 'two', [true, null], { deep: 'list' }], table: { a: { b: { c: 'deep' } }, empty: {} },
    };
    const sent = {
      contentType: 'text/plain', contentEncoding: 'utf-8', headers, deliveryMode: 2, priority: 7, correlationId: 'c-1', replyTo: 'r',
      expiration: '600000', messageId: 'm-1', timestamp: 1700000001, type: 't', appId: 'app',
      userId: decodeURIComponent(new URL(url).username),
    };
    channel.sendToQueue(queue, Buffer.from('x'), sent);
    const { properties } = await channel.get(queue, { noAck: true });
    const plain = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, untyped(value)]));
    assert.deepEqual({ ...properties }, { ...sent, headers: plain, clusterId: undefined });
  }));

  await check('cluster_id_round_trips', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    // The public options leave the fourteenth property out; the channel below takes it.
    channel.sendMessage({ exchange: '', routingKey: queue }, { clusterId: 'c-14', headers: {} }, Buffer.from('x'));
    assert.equal((await channel.get(queue, { noAck: true })).properties.clusterId, 'c-14');
  }));

  await check('body_of_3_MB_and_empty_body_round_trip', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const large = Buffer.alloc(3 * 1024 * 1024);
    for (let i = 0; i < large.length; i++) large[i] = (i * 31 + (i >> 11)) & 255;
    channel.sendToQueue(queue, large);
    channel.sendToQueue(queue, Buffer.alloc(0), { messageId: 'empty' });
    await channel.waitForConfirms();
    assert.ok(large.equals((await channel.get(queue, { noAck: true })).content));
    const empty = await channel.get(queue, { noAck: true });
    assert.equal(empty.content.length, 0);
    assert.equal(empty.properties.messageId, 'empty');
  }, { confirm: true }));
}

// Numbers come back as plain numbers whatever their wire type; timestamps and decimals keep their mark.
function untyped(value) {
  const marked = value !== null && typeof value === 'object' && '!' in value;
  return marked && !['timestamp', 'decimal'].includes(value['!']) ? value.value : value;
}

export async function consumingChecks() {
  await check('prefetch_limits_the_unacknowledged_messages', () => withChannel(async (channel) => {
    const queue = await filled(channel, 20);
    const inbox = new Inbox();
    await channel.prefetch(4);
    await channel.consume(queue, inbox.add);
    await inbox.receive(4);
    // Two round trips later anything beyond the limit would have arrived: the broker answers a channel in order.
    await channel.checkQueue(queue);
    assert.equal((await channel.checkQueue(queue)).messageCount, 16);
    assert.equal(inbox.messages.length, 4);
    for (let acked = 0; acked < 20; acked++) {
      const { length } = await inbox.receive(acked + 1);
      assert.ok(length - acked <= 4, `${length - acked} unacknowledged`);
      channel.ack(inbox.messages[acked]);
    }
    assert.deepEqual(inbox.messages.map((message) => message.content.toString()), [...Array(20).keys()].map(String));
  }));

  await check('ack_and_multiple_ack_settle_messages', () => withChannel(async (channel, connection) => {
    const queue = await filled(channel, 5);
    const inbox = new Inbox();
    const consuming = await openChannel(connection);
    await consuming.consume(queue, inbox.add);
    const messages = await inbox.receive(5);
    consuming.ack(messages[0]);
    consuming.ack(messages[3], true);
    await consuming.close();
    await eventually(1, async () => (await channel.checkQueue(queue)).messageCount);
    const left = await channel.get(queue, { noAck: true });
    assert.equal(left.content.toString(), '4');
    assert.equal(left.fields.redelivered, true);
  }));

  await check('nack_with_requeue_redelivers_with_the_flag', () => withChannel(async (channel) => {
    const queue = await filled(channel, 2);
    const first = await channel.get(queue);
    assert.equal(first.fields.redelivered, false);
    channel.nack(first, false, true);
    const again = await channel.get(queue);
    assert.equal(again.content.toString(), '0');
    assert.equal(again.fields.redelivered, true);
    channel.ack(again);
    assert.equal((await channel.get(queue, { noAck: true })).fields.redelivered, false);
  }));

  await check('reject_without_requeue_drops_the_message', () => withChannel(async (channel) => {
    const queue = await filled(channel, 1);
    channel.reject(await channel.get(queue), false);
    assert.equal(await channel.get(queue), false);
  }));

  await check('get_counts_what_is_left_and_get_of_an_empty_queue', () => withChannel(async (channel) => {
    const queue = await filled(channel, 2);
    const message = await channel.get(queue, { noAck: true });
    assert.equal(message.fields.messageCount, 1);
    assert.equal(message.fields.routingKey, queue);
    await channel.get(queue, { noAck: true });
    assert.equal(await channel.get(queue), false);
  }));

  await check('unknown_delivery_tag_406', () => withChannel(async (channel) => {
    await expectChannelError(channel, 406, () => channel.ack({ fields: { deliveryTag: 99 } }));
  }));

  await check('cancelled_consumer_gets_no_more_messages', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const inbox = new Inbox();
    const { consumerTag } = await channel.consume(queue, inbox.add, { noAck: true });
    channel.sendToQueue(queue, Buffer.from('1'));
    await inbox.receive(1);
    await channel.cancel(consumerTag);
    channel.sendToQueue(queue, Buffer.from('2'));
    assert.equal((await channel.get(queue, { noAck: true })).content.toString(), '2');
    assert.equal(inbox.messages.length, 1);
  }));

  await check('deleting_a_queue_cancels_its_consumer', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue(unique('doomed'), { durable: false });
    const inbox = new Inbox();
    await channel.consume(queue, inbox.add);
    await (await openChannel(await connect())).deleteQueue(queue);
    assert.deepEqual(await inbox.receive(1), [null]);
  }));

  await check('rpc_over_direct_reply_to', () => withChannel(async (client) => {
    const server = await openChannel(await connect());
    const { queue } = await server.assertQueue('', { exclusive: false, autoDelete: true });
    await server.consume(queue, ({ content, properties }) => {
      server.sendToQueue(properties.replyTo, Buffer.from(`${content} pong`), { correlationId: properties.correlationId });
    }, { noAck: true });
    const inbox = new Inbox();
    await client.consume('amq.rabbitmq.reply-to', inbox.add, { noAck: true });
    client.sendToQueue(queue, Buffer.from('ping'), { replyTo: 'amq.rabbitmq.reply-to', correlationId: '42' });
    const [answer] = await inbox.receive(1);
    assert.equal(answer.content.toString(), 'ping pong');
    assert.equal(answer.properties.correlationId, '42');
  }));
}

async function filled(channel, count) {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (let i = 0; i < count; i++) channel.sendToQueue(queue, Buffer.from(String(i)));
  // Publishes of a channel and a get of the same channel reach the queue in order; other channels need the count to be there.
  await eventually(count, async () => (await channel.checkQueue(queue)).messageCount);
  return queue;
}
