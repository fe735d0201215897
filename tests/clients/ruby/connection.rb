# frozen_string_literal: true

# Connections, channels, heartbeats, refusals.
HEARTBEAT_SECONDS = 1
# Longer than the two intervals after which either side gives a silent peer up.
IDLE_SECONDS = 3.5

check 'heartbeats_keep_an_idle_connection_alive' do |s|
  connection = s.connect(heartbeat: HEARTBEAT_SECONDS)
  sleep IDLE_SECONDS
  equal(connection.open?, true)
  s.private_queue(s.channel(connection))
end

check 'wrong_password_is_refused_403' do |s|
  expect_error(Bunny::AuthenticationFailureError) { s.connect(password: 'not-the-password') }
  s.connect
end

check 'two_hundred_channels_on_one_connection' do |s|
  connection = s.connect
  queues = Array.new(200) { s.private_queue(s.channel(connection)) }
  queues.each_with_index { |queue, number| queue.publish(number.to_s) }
  queues.each_with_index { |queue, number| equal(s.bodies(queue), [number.to_s]) }
end

check 'twenty_connections' do |s|
  names = Array.new(20) { s.private_queue(s.channel).name }
  equal(names.uniq.size, 20)
end

check 'error_on_one_channel_leaves_the_others_working' do |s|
  connection = s.connect
  broken = s.channel(connection)
  other = s.channel(connection)
  queue = s.private_queue(other)
  broken.basic_publish('x', s.unique('no.exchange'), '')
  # bunny marks the channel closed a moment before it remembers the reason.
  eventually(true) { broken.closed? && expect_error(Bunny::ChannelAlreadyClosed) { s.private_queue(broken) }.message.include?('NOT_FOUND') }
  queue.publish('still here')
  equal(s.bodies(queue), ['still here'])
end
