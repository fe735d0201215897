import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.MessageProperties;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** Confirms, returns, contents, transactions. */
final class PublishingChecks {
    private static final int LARGE_BYTES = 3 * 1024 * 1024;

    private PublishingChecks() {
    }

    static void addTo(Suite suite) {
        suite.check("publish_1000_messages_with_confirms", s -> {
            var channel = s.channel();
            var queue = s.privateQueue(channel);
            channel.confirmSelect();
            for (var i = 0; i < 1000; i++) {
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, Session.bytes("x"));
            }
            Session.equal(channel.waitForConfirms(), true);
            Session.equal(channel.messageCount(queue), 1000L);
        });
        suite.check("unroutable_mandatory_message_is_returned_312_with_its_body", s -> {
            var channel = s.channel();
            var returned = new CompletableFuture<List<Object>>();
            channel.addReturnListener((code, text, exchange, key, properties, body) ->
                returned.complete(List.of(code, text, key, properties.getMessageId(), Session.text(body))));
            channel.confirmSelect();
            var key = s.unique("nowhere");
            channel.basicPublish("", key, true, new AMQP.BasicProperties.Builder().messageId("m1").build(), Session.bytes("come back"));
            channel.waitForConfirmsOrDie();
            // The return comes before the confirm, so there is nothing to wait for.
            Session.equal(returned.getNow(null), List.of(312, "NO_ROUTE", key, "m1", "come back"));
        });
        suite.check("all_properties_and_nested_headers_round_trip", s -> {
            var channel = s.channel();
            var queue = s.privateQueue(channel);
            var sent = new AMQP.BasicProperties.Builder()
                .contentType("text/plain").contentEncoding("utf-8").headers(headers()).deliveryMode(2).priority(7)
                .correlationId("c-1").replyTo("r").expiration("600000").messageId("m-1").timestamp(new Date(1_700_000_001_000L))
                .type("t").userId(Session.factory().getUsername()).appId("app").clusterId("c-14").build();
            channel.basicPublish("", queue, sent, Session.bytes("x"));
            var received = Session.get(channel, queue, true).getProps();
            Session.equal(plain(received.getHeaders()), headers());
            // Properties have no equality of their own; their text shows every field.
            Session.equal(received.builder().headers(null).build().toString(), sent.builder().headers(null).build().toString());
        });
        suite.check("body_of_3_MB_and_empty_body_round_trip", s -> {
            var channel = s.channel();
            var queue = s.privateQueue(channel);
            var large = new byte[LARGE_BYTES];
            for (var i = 0; i < large.length; i++) {
                large[i] = (byte) (i * 31 + (i >> 11));
            }
            channel.basicPublish("", queue, null, large);
            channel.basicPublish("", queue, new AMQP.BasicProperties.Builder().messageId("empty").build(), new byte[0]);
            Session.equal(Arrays.equals(Session.get(channel, queue, true).getBody(), large), true);
            var empty = Session.get(channel, queue, true);
            Session.equal(empty.getProps().getMessageId(), "empty");
            Session.equal(empty.getBody().length, 0);
        });
        suite.check("transaction_commits_and_rolls_back", s -> {
            var channel = s.channel();
            var queue = s.privateQueue(channel);
            channel.txSelect();
            Session.publish(channel, "", queue, "kept");
            Session.equal(channel.messageCount(queue), 0L);
            channel.txCommit();
            Session.publish(channel, "", queue, "dropped");
            channel.txRollback();
            // An automatic ack is no part of a transaction.
            Session.equal(Session.bodies(channel, queue), List.of("kept"));
        });
    }

    private static Map<String, Object> headers() {
        var headers = new HashMap<String, Object>(Map.of(
            "text", "hällo", "empty", "", "yes", true, "int8", (byte) -7, "int16", (short) -3000, "int32", -70_000, "int64", 1L << 40,
            "float", 0.5f, "double", 3.25, "decimal", new BigDecimal("123.45")));
        headers.put("nothing", null);
        headers.put("when", new Date(1_700_000_000_000L));
        headers.put("list", Arrays.asList(1, "two", Arrays.asList(true, null), Map.of("deep", "list")));
        headers.put("table", Map.of("a", Map.of("b", Map.of("c", "deep")), "empty", Map.of()));
        return headers;
    }

    /** The client gives strings of tables back as LongString. */
    private static Object plain(Object value) {
        if (value instanceof LongString text) {
            return text.toString();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(PublishingChecks::plain).collect(Collectors.toList());
        }
        if (value instanceof Map<?, ?> map) {
            var copy = new HashMap<Object, Object>();
            map.forEach((key, item) -> copy.put(key, plain(item)));
            return copy;
        }
        return value;
    }
}
