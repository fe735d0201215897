import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Connections, channels, heartbeats, refusals. */
final class ConnectionChecks {
    private static final int HEARTBEAT_SECONDS = 1;
    /** Longer than the two intervals after which either side gives a silent peer up. */
    private static final long IDLE_MILLIS = 3500;

    private ConnectionChecks() {
    }

    static void addTo(Suite suite) {
        suite.check("heartbeats_keep_an_idle_connection_alive", s -> {
            var factory = Session.factory();
            factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
            var connection = s.connect(factory);
            Session.equal(connection.getHeartbeat(), HEARTBEAT_SECONDS);
            Thread.sleep(IDLE_MILLIS);
            s.privateQueue(connection.createChannel());
        });
        suite.check("wrong_password_is_refused_403", s -> {
            var factory = Session.factory();
            factory.setPassword("not-the-password");
            try {
                s.connect(factory);
            } catch (AuthenticationFailureException e) {
                Session.equal(e.getMessage().startsWith("ACCESS_REFUSED"), true);
                s.connect();
                return;
            }
            throw new AssertionError("a wrong password was accepted");
        });
        suite.check("two_hundred_channels_on_one_connection", s -> {
            var connection = s.connect();
            var channels = new ArrayList<Channel>();
            var queues = new ArrayList<String>();
            for (var i = 0; i < 200; i++) {
                channels.add(connection.createChannel());
                queues.add(s.privateQueue(channels.get(i)));
            }
            for (var i = 0; i < 200; i++) {
                Session.publish(channels.get(i), "", queues.get(i), String.valueOf(i));
            }
            for (var i = 0; i < 200; i++) {
                Session.equal(Session.bodies(channels.get(i), queues.get(i)), List.of(String.valueOf(i)));
            }
        });
        suite.check("twenty_connections", s -> {
            var names = new HashSet<String>();
            for (var i = 0; i < 20; i++) {
                names.add(s.privateQueue(s.channel()));
            }
            Session.equal(names.size(), 20);
        });
        suite.check("error_on_one_channel_leaves_the_others_working", s -> {
            var connection = s.connect();
            var broken = connection.createChannel();
            var other = connection.createChannel();
            var closed = new CompletableFuture<ShutdownSignalException>();
            broken.addShutdownListener(closed::complete);
            var queue = s.privateQueue(other);
            Session.publish(broken, s.unique("no.exchange"), "", "x");
            Session.expectCode(404, closed.get());
            Session.publish(other, "", queue, "still here");
            Session.equal(Session.bodies(other, queue), List.of("still here"));
        });
    }
}
