# frozen_string_literal: true

require 'bunny'
require 'timeout'

# What every check needs: a broker URL, unique names, a deadline, and the report on stdout.
module Harness
  # bunny takes the path "/" for the virtual host "", and no path for the default one.
  URL = ENV.fetch('AMQP_URL', 'amqp://guest:guest@127.0.0.1:5672/').chomp('/')
  CHECK_TIMEOUT_SECONDS = 20
  POLL_SECONDS = 0.005

  Failure = Class.new(StandardError)

  # Belongs to one check: opens connections, names entities, closes everything at the end.
  class Session
    def initialize(name)
      @name = name
      @opened = []
      @names = 0
    end

    def unique(what)
      "ruby.#{what}.#{Process.pid}.#{@name}.#{@names += 1}"
    end

    # Recovery would hide the very errors that the checks are about.
    def connect(**options)
      connection = Bunny.new(URL, automatically_recover: false, logger: Logger.new(IO::NULL), **options)
      connection.start
      @opened << connection
      connection
    end

    def channel(connection = connect)
      connection.create_channel
    end

    def private_queue(channel)
      channel.queue('', exclusive: true)
    end

    # Holds the bodies 0 to count - 1. Needs no confirms: a channel's commands reach a queue in order.
    def filled_queue(channel, count)
      queue = private_queue(channel)
      count.times { |number| queue.publish(number.to_s) }
      queue
    end

    def bodies(queue)
      found = []
      loop do
        delivery, _properties, body = queue.pop
        return found if delivery.nil?

        found << body
      end
    end

    def close
      @opened.each do |connection|
        connection.close if connection.open?
      rescue Bunny::Exception, Timeout::Error
        # Closed by the broker already: that is what some checks are about.
        next
      end
    end
  end

  module_function

  def checks
    @checks ||= []
  end

  def equal(actual, expected)
    raise Failure, "got #{actual.inspect}, expected #{expected.inspect}" unless actual == expected
  end

  # Another channel sees a queue's state a little later; the check's deadline ends the wait.
  def eventually(expected)
    sleep POLL_SECONDS until yield == expected
  end

  def expect_error(type)
    yield
  rescue type => e
    e
  else
    raise Failure, "#{type} was not raised"
  end

  def run
    passed = failed = 0
    checks.each do |name, body|
      session = Session.new(name)
      begin
        Timeout.timeout(CHECK_TIMEOUT_SECONDS) { body.call(session) }
        passed += 1
        puts "ok #{name}"
      rescue StandardError => e
        failed += 1
        puts "not ok #{name}: #{e.class}: #{e.message.tr("\n", '|')}"
      ensure
        session.close
      end
      $stdout.flush
    end
    puts "#{passed} passed, #{failed} failed, 0 skipped"
    exit(passed.positive? && failed.zero?)
  end
end

include Harness

def check(name, &body)
  Harness.checks << [name, body]
end
