import static com.rabbitmq.client.BuiltinExchangeType.DIRECT;
import static com.rabbitmq.client.BuiltinExchangeType.FANOUT;
import static com.rabbitmq.client.BuiltinExchangeType.HEADERS;
import static com.rabbitmq.client.BuiltinExchangeType.TOPIC;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Queues, exchanges and bindings: declaring, refusing, routing, counting. */
final class TopologyChecks {
    private TopologyChecks() {
    }

    static void addTo(Suite suite) {
        suite.check("declare_durable_exclusive_and_server_named_queues", s -> {
            var channel = s.channel();
            var durable = s.unique("durable");
            Session.equal(channel.queueDeclare(durable, true, false, false, null).getQueue(), durable);
            Session.equal(channel.queueDeclare(durable, true, false, false, null).getMessageCount(), 0);
            Session.equal(channel.queueDeclare(s.unique("exclusive"), false, true, false, null).getConsumerCount(), 0);
            Session.equal(s.privateQueue(channel).startsWith("amq.gen-"), true);
            channel.queueDelete(durable);
        });
        suite.check("passive_declare_of_an_existing_queue", s -> {
            var channel = s.channel();
            var queue = s.filledQueue(channel, 1);
            Session.eventually(1, () -> channel.queueDeclarePassive(queue).getMessageCount());
        });
        suite.check("passive_declare_of_a_missing_queue_closes_only_the_channel_404", s -> {
            var connection = s.connect();
            var channel = connection.createChannel();
            Session.expectClosed(404, () -> channel.queueDeclarePassive(s.unique("missing")));
            s.privateQueue(connection.createChannel());
        });
        suite.check("redeclare_with_other_arguments_406", s -> {
            var connection = s.connect();
            var queues = connection.createChannel();
            var queue = s.unique("args");
            queues.queueDeclare(queue, false, true, false, null);
            Session.expectClosed(406, () -> queues.queueDeclare(queue, false, true, false, Map.of("x-max-length", 5)));
            var exchanges = connection.createChannel();
            var exchange = s.exchange(exchanges, DIRECT);
            Session.expectClosed(406, () -> exchanges.exchangeDeclare(exchange, FANOUT, false, true, Map.of()));
        });
        suite.check("exclusive_queue_is_refused_to_another_connection_405", s -> {
            var queue = s.privateQueue(s.channel());
            var stranger = s.channel();
            Session.expectClosed(405, () -> stranger.queueDeclarePassive(queue));
        });
        addRoutingTo(suite);
        suite.check("purge_and_delete_tell_how_many_messages_went", s -> {
            var channel = s.channel();
            channel.confirmSelect();
            var queue = s.filledQueue(channel, 5);
            channel.waitForConfirmsOrDie();
            Session.equal(channel.queuePurge(queue).getMessageCount(), 5);
            Session.publish(channel, "", queue, "x");
            channel.waitForConfirmsOrDie();
            Session.equal(channel.queueDelete(queue).getMessageCount(), 1);
        });
    }

    private static void addRoutingTo(Suite suite) {
        suite.check("topic_exchange_routes_by_pattern_and_unbind_stops_it", s -> {
            var channel = s.channel();
            var exchange = s.exchange(channel, TOPIC);
            var star = s.boundQueue(channel, exchange, "stock.*.nyse", null);
            var rest = s.boundQueue(channel, exchange, "stock.#", null);
            for (var key : List.of("stock.ibm.nyse", "stock", "stock.ibm.big.nyse", "bond.ibm.nyse")) {
                Session.publish(channel, exchange, key, key);
            }
            Session.equal(Session.bodies(channel, star), List.of("stock.ibm.nyse"));
            Session.equal(Session.bodies(channel, rest), List.of("stock.ibm.nyse", "stock", "stock.ibm.big.nyse"));
            channel.queueUnbind(rest, exchange, "stock.#");
            Session.publish(channel, exchange, "stock", "late");
            Session.equal(Session.bodies(channel, rest), List.of());
        });
        suite.check("fanout_exchange_routes_to_every_queue", s -> {
            var channel = s.channel();
            var exchange = s.exchange(channel, FANOUT);
            var queues = List.of(s.boundQueue(channel, exchange, "", null), s.boundQueue(channel, exchange, "ignored", null));
            Session.publish(channel, exchange, "any", "to all");
            for (var queue : queues) {
                Session.equal(Session.bodies(channel, queue), List.of("to all"));
            }
        });
        suite.check("headers_exchange_routes_by_all_and_any", s -> {
            var channel = s.channel();
            var exchange = s.exchange(channel, HEADERS);
            var all = s.boundQueue(channel, exchange, "", Map.of("x-match", "all", "format", "pdf", "pages", 3));
            var any = s.boundQueue(channel, exchange, "", Map.of("x-match", "any", "format", "pdf", "pages", 3));
            publishWith(channel, exchange, "both", Map.of("format", "pdf", "pages", 3));
            publishWith(channel, exchange, "one", Map.of("format", "pdf", "pages", 4));
            publishWith(channel, exchange, "none", Map.of("format", "txt"));
            Session.equal(Session.bodies(channel, all), List.of("both"));
            Session.equal(Session.bodies(channel, any), List.of("both", "one"));
        });
        suite.check("exchange_binding_routes_and_its_auto_delete_source_goes_with_it", s -> {
            var channel = s.channel();
            var source = s.exchange(channel, DIRECT);
            var target = s.exchange(channel, FANOUT);
            var queue = s.boundQueue(channel, target, "", null);
            channel.exchangeBind(target, source, "k");
            Session.publish(channel, source, "k", "through");
            Session.equal(Session.bodies(channel, queue), List.of("through"));
            channel.exchangeUnbind(target, source, "k");
            Session.expectClosed(404, () -> channel.exchangeDeclarePassive(source));
        });
    }

    private static void publishWith(Channel channel, String exchange, String body, Map<String, Object> headers)
            throws IOException {
        channel.basicPublish(exchange, "", new AMQP.BasicProperties.Builder().headers(headers).build(), Session.bytes(body));
    }
}
