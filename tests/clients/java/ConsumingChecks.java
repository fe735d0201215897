import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Delivering and acknowledging. */
final class ConsumingChecks {
    private ConsumingChecks() {
    }

    static void addTo(Suite suite) {
        suite.check("prefetch_limits_the_unacknowledged_messages", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 20);
            channel.basicQos(4);
            var deliveries = Session.consume(channel, queue, false);
            var unacked = new ArrayDeque<Session.Delivery>();
            for (var i = 0; i < 4; i++) {
                unacked.add(deliveries.take());
            }
            // The broker answers a channel in order: anything beyond the limit would have arrived before this answer.
            Session.equal(channel.messageCount(queue), 16L);
            for (var i = 0; i < 20; i++) {
                Session.equal(deliveries.size(), 0);
                var next = unacked.remove();
                Session.equal(next.body(), String.valueOf(i));
                channel.basicAck(next.envelope().getDeliveryTag(), false);
                if (i < 16) {
                    unacked.add(deliveries.take());
                }
            }
        });
        suite.check("ack_and_multiple_ack_settle_messages", s -> {
            var connection = s.connect();
            var watcher = connection.createChannel();
            var channel = connection.createChannel();
            var queue = s.filledQueue(watcher, 5);
            var deliveries = Session.consume(channel, queue, false);
            var tags = new long[5];
            for (var i = 0; i < tags.length; i++) {
                tags[i] = deliveries.take().envelope().getDeliveryTag();
            }
            channel.basicAck(tags[0], false);
            channel.basicAck(tags[3], true);
            channel.close();
            Session.eventually(1L, () -> watcher.messageCount(queue));
            var left = Session.get(watcher, queue, true);
            Session.equal(Session.text(left.getBody()), "4");
            Session.equal(left.getEnvelope().isRedeliver(), true);
        });
        suite.check("nack_with_requeue_redelivers_with_the_flag", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 2);
            var first = Session.get(channel, queue, false).getEnvelope();
            Session.equal(first.isRedeliver(), false);
            channel.basicNack(first.getDeliveryTag(), false, true);
            var again = Session.get(channel, queue, false);
            Session.equal(Session.text(again.getBody()), "0");
            Session.equal(again.getEnvelope().isRedeliver(), true);
            channel.basicAck(again.getEnvelope().getDeliveryTag(), false);
            Session.equal(Session.get(channel, queue, true).getEnvelope().isRedeliver(), false);
        });
        suite.check("reject_without_requeue_drops_the_message", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 1);
            channel.basicReject(Session.get(channel, queue, false).getEnvelope().getDeliveryTag(), false);
            Session.equal(Session.bodies(channel, queue), List.of());
        });
        suite.check("recover_requeues_what_is_unacknowledged", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 1);
            Session.get(channel, queue, false);
            channel.basicRecover(true);
            Session.equal(Session.get(channel, queue, true).getEnvelope().isRedeliver(), true);
        });
        suite.check("get_counts_what_is_left_and_get_of_an_empty_queue", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 2);
            var message = Session.get(channel, queue, true);
            Session.equal(message.getMessageCount(), 1);
            Session.equal(message.getEnvelope().getRoutingKey(), queue);
            Session.get(channel, queue, true);
            Session.equal(channel.basicGet(queue, true), null);
        });
        suite.check("unknown_delivery_tag_406", s -> {
            var connection = s.connect();
            var channel = connection.createChannel();
            var closed = new CompletableFuture<ShutdownSignalException>();
            channel.addShutdownListener(closed::complete);
            channel.basicAck(99, false);
            Session.expectCode(406, closed.get());
            s.privateQueue(connection.createChannel());
        });
        suite.check("cancelled_consumer_gets_no_more_messages", s -> {
            var channel = s.channel();
            var queue = s.privateQueue(channel);
            var tag = s.unique("tag");
            var deliveries = new CompletableFuture<String>();
            channel.basicConsume(queue, true, tag, new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(String consumerTag, Envelope envelope, AMQP.BasicProperties properties,
                                           byte[] body) {
                    Session.equal(deliveries.complete(Session.text(body)), true);
                }
            });
            Session.publish(channel, "", queue, "1");
            Session.equal(deliveries.get(), "1");
            channel.basicCancel(tag);
            Session.publish(channel, "", queue, "2");
            Session.equal(Session.bodies(channel, queue), List.of("2"));
        });
        suite.check("deleting_a_queue_cancels_its_consumer", s -> {
            var channel = s.channel();
            var queue = s.unique("doomed");
            channel.queueDeclare(queue, false, false, false, null);
            var cancelled = new CompletableFuture<String>();
            var tag = channel.basicConsume(queue, new DefaultConsumer(channel) {
                @Override
                public void handleCancel(String consumerTag) {
                    cancelled.complete(consumerTag);
                }
            });
            s.channel().queueDelete(queue);
            Session.equal(cancelled.get(), tag);
        });
        suite.check("rpc_over_direct_reply_to", s -> {
            var server = s.channel();
            var client = s.channel();
            var queue = server.queueDeclare(s.unique("rpc"), false, false, true, null).getQueue();
            var requests = Session.consume(server, queue, true);
            var replies = Session.consume(client, "amq.rabbitmq.reply-to", true);
            var asking = new AMQP.BasicProperties.Builder().replyTo("amq.rabbitmq.reply-to").correlationId("42").build();
            client.basicPublish("", queue, asking, Session.bytes("ping"));
            var request = requests.take();
            var answering = new AMQP.BasicProperties.Builder().correlationId(request.properties().getCorrelationId()).build();
            server.basicPublish("", request.properties().getReplyTo(), answering, Session.bytes(request.body() + " pong"));
            var reply = replies.take();
            Session.equal(reply.body(), "ping pong");
            Session.equal(reply.properties().getCorrelationId(), "42");
        });
    }
}
