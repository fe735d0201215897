# frozen_string_literal: true

# Publishing, consuming, acknowledging, transactions.
LARGE_BYTES = 3 * 1024 * 1024

check 'publish_1000_messages_with_confirms' do |s|
  channel = s.channel
  channel.confirm_select
  queue = s.private_queue(channel)
  1000.times { |number| queue.publish(number.to_s, persistent: true) }
  equal(channel.wait_for_confirms, true)
  equal(channel.nacked_set.size, 0)
  equal(queue.message_count, 1000)
end

check 'unroutable_mandatory_message_is_returned_312_with_its_body' do |s|
  channel = s.channel
  returns = Queue.new
  exchange = channel.default_exchange
  exchange.on_return do |info, properties, body|
    returns << [info.reply_code, info.reply_text, info.routing_key, properties.message_id, body]
  end
  key = s.unique('nowhere')
  exchange.publish('come back', routing_key: key, mandatory: true, message_id: 'm1')
  equal(returns.pop, [312, 'NO_ROUTE', key, 'm1', 'come back'])
end

check 'all_properties_and_nested_headers_round_trip' do |s|
  channel = s.channel
  queue = s.private_queue(channel)
  # bunny gives strings back as bytes, and loses booleans and nil inside an array of an array.
  headers = {
    'text' => 'hällo'.b, 'empty' => '', 'yes' => true, 'no' => false, 'nothing' => nil, 'int' => 70_000, 'int64' => 2**40,
    'double' => 3.25, 'when' => Time.at(1_700_000_000), 'list' => [1, 'two', [3, ['four']], { 'deep' => 'list' }],
    'table' => { 'a' => { 'b' => { 'c' => 'deep' } }, 'empty' => {} }
  }
  sent = {
    content_type: 'text/plain', content_encoding: 'utf-8', headers: headers, delivery_mode: 2, priority: 7, correlation_id: 'c-1',
    reply_to: 'r', expiration: '600000', message_id: 'm-1', timestamp: 1_700_000_001, type: 't',
    user_id: Bunny::Session.parse_uri(URL)[:user], app_id: 'app', cluster_id: 'c-14'
  }
  # The exchange's publish would drop cluster_id and turn others round; the channel's takes the properties as they are.
  channel.basic_publish('x', '', queue.name, sent)
  _delivery, properties, _body = queue.pop
  equal(properties.to_hash, sent.merge(timestamp: Time.at(1_700_000_001)))
end

check 'body_of_3_MB_and_empty_body_round_trip' do |s|
  queue = s.private_queue(s.channel)
  large = Array.new(LARGE_BYTES) { |i| ((i * 31) + (i >> 11)) & 255 }.pack('C*')
  queue.publish(large)
  queue.publish('', message_id: 'empty')
  body = queue.pop[2]
  raise Failure, "#{body.bytesize} bytes differ from those sent" unless body.b == large

  _delivery, properties, body = queue.pop
  equal([properties.message_id, body], ['empty', ''])
end

check 'prefetch_limits_the_unacknowledged_messages' do |s|
  channel = s.channel
  queue = s.filled_queue(channel, 20)
  received = Queue.new
  channel.prefetch(4)
  queue.subscribe(manual_ack: true) { |delivery, _properties, body| received << [delivery.delivery_tag, body] }
  unacked = Array.new(4) { received.pop }
  # The broker answers a channel in order: anything beyond the limit would have arrived before this answer.
  equal(queue.message_count, 16)
  bodies = []
  20.times do |number|
    equal(received.size, 0)
    tag, body = unacked.shift
    bodies << body
    channel.ack(tag)
    unacked << received.pop if number < 16
  end
  equal(bodies, (0...20).map(&:to_s))
end

check 'ack_and_multiple_ack_settle_messages' do |s|
  connection = s.connect
  watched = s.filled_queue(s.channel(connection), 5)
  eventually(5) { watched.message_count }
  channel = s.channel(connection)
  tags = Array.new(5) { channel.basic_get(watched.name, manual_ack: true).first.delivery_tag }
  channel.ack(tags[0])
  channel.ack(tags[3], true)
  channel.close
  eventually(1) { watched.message_count }
  delivery, _properties, body = watched.pop
  equal([delivery.redelivered?, body], [true, '4'])
end

check 'nack_with_requeue_redelivers_with_the_flag' do |s|
  channel = s.channel
  queue = s.filled_queue(channel, 2)
  delivery, = queue.pop(manual_ack: true)
  equal(delivery.redelivered?, false)
  channel.nack(delivery.delivery_tag, false, true)
  delivery, _properties, body = queue.pop(manual_ack: true)
  equal([delivery.redelivered?, body], [true, '0'])
  channel.ack(delivery.delivery_tag)
  equal(queue.pop.first.redelivered?, false)
end

check 'reject_without_requeue_drops_the_message' do |s|
  channel = s.channel
  queue = s.filled_queue(channel, 1)
  channel.reject(queue.pop(manual_ack: true).first.delivery_tag, false)
  equal(s.bodies(queue), [])
end

check 'recover_requeues_what_is_unacknowledged' do |s|
  channel = s.channel
  queue = s.filled_queue(channel, 1)
  queue.pop(manual_ack: true)
  channel.recover
  equal(queue.pop.first.redelivered?, true)
end

check 'get_counts_what_is_left_and_get_of_an_empty_queue' do |s|
  queue = s.filled_queue(s.channel, 2)
  delivery, = queue.pop
  equal([queue.message_count, delivery.routing_key], [1, queue.name])
  queue.pop
  equal(queue.pop, [nil, nil, nil])
end

check 'unknown_delivery_tag_406' do |s|
  connection = s.connect
  channel = s.channel(connection)
  errors = Queue.new
  channel.on_error { |_channel, close| errors << close.reply_code }
  channel.basic_ack(99, false)
  equal(errors.pop, 406)
  s.private_queue(s.channel(connection))
end

check 'transaction_commits_and_rolls_back' do |s|
  channel = s.channel
  queue = s.private_queue(channel)
  channel.tx_select
  queue.publish('kept')
  equal(queue.message_count, 0)
  channel.tx_commit
  queue.publish('dropped')
  channel.tx_rollback
  # An automatic ack is no part of a transaction.
  equal(s.bodies(queue), ['kept'])
end

check 'cancelled_consumer_gets_no_more_messages' do |s|
  queue = s.private_queue(s.channel)
  received = Queue.new
  consumer = queue.subscribe { |_delivery, _properties, body| received << body }
  queue.publish('1')
  equal(received.pop, '1')
  consumer.cancel
  queue.publish('2')
  equal(s.bodies(queue), ['2'])
  equal(received.size, 0)
end

check 'deleting_a_queue_cancels_its_consumer' do |s|
  channel = s.channel
  queue = channel.queue(s.unique('doomed'))
  cancelled = Queue.new
  consumer = Bunny::Consumer.new(channel, queue, s.unique('tag'))
  consumer.on_cancellation { |cancel| cancelled << cancel.consumer_tag }
  queue.subscribe_with(consumer)
  s.channel.queue_delete(queue.name)
  equal(cancelled.pop, consumer.consumer_tag)
end

check 'rpc_over_direct_reply_to' do |s|
  server = s.channel
  requests = server.queue(s.unique('rpc'), auto_delete: true)
  requests.subscribe do |_delivery, properties, body|
    server.default_exchange.publish("#{body} pong", routing_key: properties.reply_to, correlation_id: properties.correlation_id)
  end
  client = s.channel
  replies = Queue.new
  client.basic_consume('amq.rabbitmq.reply-to', s.unique('tag'), true) do |_delivery, properties, body|
    replies << [properties.correlation_id, body]
  end
  client.default_exchange.publish('ping', routing_key: requests.name, reply_to: 'amq.rabbitmq.reply-to', correlation_id: '42')
  equal(replies.pop, ['42', 'ping pong'])
end
