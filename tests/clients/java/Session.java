import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** Belongs to one check: opens connections, names entities, states expectations, closes everything at the end. */
final class Session implements AutoCloseable {
    private static final String URL = Objects.requireNonNullElse(System.getenv("AMQP_URL"), "amqp://guest:guest@127.0.0.1:5672/");
    private static final long POLL_MILLIS = 5;

    private final String name;
    private final List<Connection> opened = new ArrayList<>();
    private int names;

    Session(String name) {
        this.name = name;
    }

    record Delivery(Envelope envelope, AMQP.BasicProperties properties, String body) {
    }

    /** Recovery would hide the very errors that the checks are about. */
    static ConnectionFactory factory() throws Exception {
        var factory = new ConnectionFactory();
        // The client takes the path "/" for the virtual host "", and no path for the default one.
        factory.setUri(URL.endsWith("/") ? URL.substring(0, URL.length() - 1) : URL);
        factory.setAutomaticRecoveryEnabled(false);
        return factory;
    }

    Connection connect() throws Exception {
        return connect(factory());
    }

    Connection connect(ConnectionFactory factory) throws Exception {
        var connection = factory.newConnection();
        opened.add(connection);
        return connection;
    }

    Channel channel() throws Exception {
        return connect().createChannel();
    }

    String unique(String what) {
        return "java." + what + "." + ProcessHandle.current().pid() + "." + name + "." + ++names;
    }

    String privateQueue(Channel channel) throws IOException {
        return channel.queueDeclare("", false, true, false, null).getQueue();
    }

    /** Holds the bodies 0 to count - 1. Needs no confirms: a channel's commands reach a queue in order. */
    String filledQueue(Channel channel, int count) throws IOException {
        var queue = privateQueue(channel);
        for (var i = 0; i < count; i++) {
            publish(channel, "", queue, String.valueOf(i));
        }
        return queue;
    }

    String exchange(Channel channel, BuiltinExchangeType type) throws IOException {
        var exchange = unique(type.getType());
        channel.exchangeDeclare(exchange, type, false, true, Map.of());
        return exchange;
    }

    String boundQueue(Channel channel, String exchange, String key, Map<String, Object> arguments) throws IOException {
        var queue = privateQueue(channel);
        channel.queueBind(queue, exchange, key, arguments);
        return queue;
    }

    static void publish(Channel channel, String exchange, String key, String body) throws IOException {
        channel.basicPublish(exchange, key, null, bytes(body));
    }

    static BlockingQueue<Delivery> consume(Channel channel, String queue, boolean autoAck) throws IOException {
        var deliveries = new LinkedBlockingQueue<Delivery>();
        channel.basicConsume(queue, autoAck, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
                deliveries.add(new Delivery(envelope, properties, text(body)));
            }
        });
        return deliveries;
    }

    static GetResponse get(Channel channel, String queue, boolean autoAck) throws IOException {
        return Objects.requireNonNull(channel.basicGet(queue, autoAck), "the queue is empty");
    }

    static List<String> bodies(Channel channel, String queue) throws IOException {
        var found = new ArrayList<String>();
        for (var message = channel.basicGet(queue, true); message != null; message = channel.basicGet(queue, true)) {
            found.add(text(message.getBody()));
        }
        return found;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static void equal(Object actual, Object expected) {
        if (!Objects.equals(actual, expected)) {
            throw new AssertionError("got " + actual + ", expected " + expected);
        }
    }

    /** Another channel sees a queue's state a little later; the check's deadline ends the wait. */
    static void eventually(Object expected, Callable<?> read) throws Exception {
        while (!expected.equals(read.call())) {
            Thread.sleep(POLL_MILLIS);
        }
    }

    static void expectClosed(int code, Callable<?> action) throws Exception {
        try {
            action.call();
        } catch (IOException e) {
            if (e.getCause() instanceof ShutdownSignalException shutdown) {
                expectCode(code, shutdown);
                return;
            }
            throw e;
        }
        throw new AssertionError("the channel was not closed with " + code);
    }

    static void expectCode(int code, ShutdownSignalException shutdown) {
        var close = (AMQP.Channel.Close) shutdown.getReason();
        equal(close.getReplyCode(), code);
        equal(shutdown.isHardError(), false);
    }

    @Override
    public void close() throws IOException {
        for (var connection : opened) {
            if (connection.isOpen()) {
                connection.close();
            }
        }
    }
}
