#!/usr/bin/ruby
# frozen_string_literal: true

# bunny against the broker at AMQP_URL.
require_relative 'harness'
require_relative 'topology'
require_relative 'delivery'
require_relative 'connection'

Harness.run
