// amqplib's own tests read URL from the environment, but a few of them dial localhost or ::1 at AMQP's default port all the same.
// Preloaded into them, this sends those few connections to the broker under test (the one for IPv6 then tests the parsing of its URL only).
const net = require('node:net');

const DEFAULT_PORT = 5672;
const broker = new URL(process.env.AMQP_URL);
const connect = net.connect;

net.connect = net.createConnection = function (options, ...rest) {
  if (Number(options?.port) !== DEFAULT_PORT) return connect.call(this, options, ...rest);
  return connect.call(this, { ...options, host: broker.hostname, port: Number(broker.port || DEFAULT_PORT) }, ...rest);
};
