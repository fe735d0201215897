# frozen_string_literal: true

# Queues, exchanges and bindings: declaring, refusing, routing, counting.

check 'declare_durable_exclusive_and_server_named_queues' do |s|
  channel = s.channel
  durable = s.unique('durable')
  equal(channel.queue_declare(durable, durable: true).queue, durable)
  equal(channel.queue_declare(durable, durable: true).message_count, 0)
  equal(channel.queue_declare(s.unique('exclusive'), exclusive: true).consumer_count, 0)
  name = s.private_queue(channel).name
  raise Failure, "server-named queue is called #{name}" unless name.start_with?('amq.gen-')

  channel.queue_delete(durable)
end

check 'passive_declare_of_an_existing_queue' do |s|
  channel = s.channel
  queue = s.filled_queue(channel, 1)
  eventually(1) { channel.queue_declare(queue.name, passive: true).message_count }
end

check 'passive_declare_of_a_missing_queue_closes_only_the_channel_404' do |s|
  connection = s.connect
  channel = s.channel(connection)
  expect_error(Bunny::NotFound) { channel.queue_declare(s.unique('missing'), passive: true) }
  s.private_queue(s.channel(connection))
end

check 'redeclare_with_other_arguments_406' do |s|
  connection = s.connect
  channel = s.channel(connection)
  name = s.unique('args')
  channel.queue_declare(name, exclusive: true)
  expect_error(Bunny::PreconditionFailed) { channel.queue_declare(name, exclusive: true, arguments: { 'x-max-length' => 5 }) }
  channel = s.channel(connection)
  exchange = s.unique('kind')
  channel.exchange_declare(exchange, 'direct', auto_delete: true)
  expect_error(Bunny::PreconditionFailed) { channel.exchange_declare(exchange, 'fanout', auto_delete: true) }
end

check 'exclusive_queue_is_refused_to_another_connection_405' do |s|
  queue = s.private_queue(s.channel)
  stranger = s.channel
  expect_error(Bunny::ResourceLocked) { stranger.queue_declare(queue.name, passive: true) }
end

check 'topic_exchange_routes_by_pattern_and_unbind_stops_it' do |s|
  channel = s.channel
  exchange = channel.topic(s.unique('topic'), auto_delete: true)
  star = s.private_queue(channel).bind(exchange, routing_key: 'stock.*.nyse')
  rest = s.private_queue(channel).bind(exchange, routing_key: 'stock.#')
  %w[stock.ibm.nyse stock stock.ibm.big.nyse bond.ibm.nyse].each { |key| exchange.publish(key, routing_key: key) }
  equal(s.bodies(star), ['stock.ibm.nyse'])
  equal(s.bodies(rest), %w[stock.ibm.nyse stock stock.ibm.big.nyse])
  rest.unbind(exchange, routing_key: 'stock.#')
  exchange.publish('late', routing_key: 'stock')
  equal(s.bodies(rest), [])
end

check 'fanout_exchange_routes_to_every_queue' do |s|
  channel = s.channel
  exchange = channel.fanout(s.unique('fanout'), auto_delete: true)
  queues = ['', 'ignored'].map { |key| s.private_queue(channel).bind(exchange, routing_key: key) }
  exchange.publish('to all', routing_key: 'any')
  queues.each { |queue| equal(s.bodies(queue), ['to all']) }
end

check 'headers_exchange_routes_by_all_and_any' do |s|
  channel = s.channel
  exchange = channel.headers(s.unique('headers'), auto_delete: true)
  every, some = %w[all any].map do |match|
    s.private_queue(channel).bind(exchange, arguments: { 'x-match' => match, 'format' => 'pdf', 'pages' => 3 })
  end
  exchange.publish('both', headers: { 'format' => 'pdf', 'pages' => 3 })
  exchange.publish('one', headers: { 'format' => 'pdf', 'pages' => 4 })
  exchange.publish('none', headers: { 'format' => 'txt' })
  equal(s.bodies(every), ['both'])
  equal(s.bodies(some), %w[both one])
end

check 'exchange_binding_routes_and_its_auto_delete_source_goes_with_it' do |s|
  channel = s.channel
  source = channel.direct(s.unique('direct'), auto_delete: true)
  target = channel.fanout(s.unique('fanout'), auto_delete: true)
  queue = s.private_queue(channel).bind(target)
  target.bind(source, routing_key: 'k')
  source.publish('through', routing_key: 'k')
  equal(s.bodies(queue), ['through'])
  target.unbind(source, routing_key: 'k')
  expect_error(Bunny::NotFound) { channel.exchange_declare(source.name, 'direct', passive: true) }
end

check 'purge_and_delete_tell_how_many_messages_went' do |s|
  channel = s.channel
  channel.confirm_select
  queue = channel.queue(s.unique('counts'), durable: true)
  5.times { queue.publish('x') }
  channel.wait_for_confirms
  equal(channel.queue_purge(queue.name).message_count, 5)
  3.times { queue.publish('x') }
  channel.wait_for_confirms
  equal(channel.queue_delete(queue.name).message_count, 3)
end
