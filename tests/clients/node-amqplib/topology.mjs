// Queues, exchanges and bindings: declaring, refusing, routing, counting.
import assert from 'node:assert/strict';
import { check, connect, expectChannelError, openChannel, unique, withChannel } from './harness.mjs';

export async function topologyChecks() {
  await check('declare_durable_exclusive_and_server_named_queues', () => withChannel(async (channel) => {
    const durable = unique('durable');
    assert.equal((await channel.assertQueue(durable, { durable: true })).queue, durable);
    assert.equal((await channel.assertQueue(durable, { durable: true })).messageCount, 0);
    const exclusive = await channel.assertQueue(unique('exclusive'), { durable: false, exclusive: true });
    assert.equal(exclusive.consumerCount, 0);
    const named = await channel.assertQueue('', { exclusive: true });
    assert.match(named.queue, /^amq\.gen-/);
    await channel.deleteQueue(durable);
  }));

  await check('passive_declare_of_an_existing_queue', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    channel.sendToQueue(queue, Buffer.from('x'));
    await channel.assertQueue(unique('barrier'), { exclusive: true });
    assert.equal((await channel.checkQueue(queue)).messageCount, 1);
  }));

  await check('passive_declare_of_a_missing_queue_closes_only_the_channel_404', () => withChannel(async (channel, connection) => {
    await expectChannelError(channel, 404, () => channel.checkQueue(unique('missing')));
    const next = await openChannel(connection);
    assert.ok((await next.assertQueue('', { exclusive: true })).queue);
  }));

  await check('redeclare_with_other_arguments_406', () => withChannel(async (channel, connection) => {
    const { queue } = await channel.assertQueue(unique('args'), { durable: false, exclusive: true });
    await expectChannelError(channel, 406, () => channel.assertQueue(queue, { durable: false, exclusive: true, maxLength: 5 }));
    const exchange = unique('kind');
    const next = await openChannel(connection);
    await next.assertExchange(exchange, 'direct', { durable: false, autoDelete: true });
    await expectChannelError(next, 406, () => next.assertExchange(exchange, 'fanout', { durable: false, autoDelete: true }));
  }));

  await check('exclusive_queue_is_refused_to_another_connection_405', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue('', { exclusive: true });
    const stranger = await openChannel(await connect());
    await expectChannelError(stranger, 405, () => stranger.consume(queue, () => {}));
  }));

  await check('topic_exchange_routes_by_pattern_and_unbind_stops_it', () => withChannel(async (channel) => {
    const { exchange, received, bind, unbind } = await routing(channel, 'topic');
    const patterns = ['stock.*.nyse', 'stock.#'];
    const [star, hash] = await Promise.all(patterns.map((pattern) => bind(pattern)));
    for (const key of ['stock.ibm.nyse', 'stock', 'stock.ibm.big.nyse', 'bond.ibm.nyse']) channel.publish(exchange, key, Buffer.from(key));
    assert.deepEqual(await received(star), ['stock.ibm.nyse']);
    assert.deepEqual(await received(hash), ['stock.ibm.nyse', 'stock', 'stock.ibm.big.nyse']);
    await unbind(hash, 'stock.#');
    channel.publish(exchange, 'stock', Buffer.from('late'));
    assert.deepEqual(await received(hash), []);
  }));

  await check('fanout_exchange_routes_to_every_queue', () => withChannel(async (channel) => {
    const { exchange, received, bind } = await routing(channel, 'fanout');
    const queues = [await bind(''), await bind('ignored')];
    channel.publish(exchange, 'any', Buffer.from('to all'));
    for (const queue of queues) assert.deepEqual(await received(queue), ['to all']);
  }));

  await check('headers_exchange_routes_by_all_and_any', () => withChannel(async (channel) => {
    const { exchange, received, bind } = await routing(channel, 'headers');
    const all = await bind('', { 'x-match': 'all', format: 'pdf', pages: 3 });
    const any = await bind('', { 'x-match': 'any', format: 'pdf', pages: 3 });
    channel.publish(exchange, '', Buffer.from('both'), { headers: { format: 'pdf', pages: 3 } });
    channel.publish(exchange, '', Buffer.from('one'), { headers: { format: 'pdf', pages: 4 } });
    channel.publish(exchange, '', Buffer.from('none'), { headers: { format: 'txt' } });
    assert.deepEqual(await received(all), ['both']);
    assert.deepEqual(await received(any), ['both', 'one']);
  }));

  await check('exchange_binding_routes_and_its_auto_delete_source_goes_with_it', () => withChannel(async (channel) => {
    const source = await routing(channel, 'direct');
    const target = await routing(channel, 'fanout');
    const queue = await target.bind('');
    await channel.bindExchange(target.exchange, source.exchange, 'k');
    channel.publish(source.exchange, 'k', Buffer.from('through'));
    assert.deepEqual(await target.received(queue), ['through']);
    await channel.unbindExchange(target.exchange, source.exchange, 'k');
    await expectChannelError(channel, 404, () => channel.checkExchange(source.exchange));
  }));

  await check('purge_and_delete_tell_how_many_messages_went', () => withChannel(async (channel) => {
    const { queue } = await channel.assertQueue(unique('counts'), { durable: false });
    for (let i = 0; i < 5; i++) channel.sendToQueue(queue, Buffer.from('x'));
    await channel.waitForConfirms();
    assert.equal((await channel.purgeQueue(queue)).messageCount, 5);
    for (let i = 0; i < 3; i++) channel.sendToQueue(queue, Buffer.from('x'));
    await channel.waitForConfirms();
    assert.equal((await channel.deleteQueue(queue)).messageCount, 3);
  }, { confirm: true }));
}

async function routing(channel, kind) {
  const exchange = unique(kind);
  await channel.assertExchange(exchange, kind, { durable: false, autoDelete: true });
  return {
    exchange,
    async bind(key, args) {
      const { queue } = await channel.assertQueue('', { exclusive: true });
      await channel.bindQueue(queue, exchange, key, args);
      return queue;
    },
    unbind: (queue, key) => channel.unbindQueue(queue, exchange, key),
    // Publishes and gets of one channel reach a queue in order, so what was published before is there.
    async received(queue) {
      const bodies = [];
      for (let message = await channel.get(queue, { noAck: true }); message; message = await channel.get(queue, { noAck: true })) {
        bodies.push(message.content.toString());
      }
      return bodies;
    },
  };
}
