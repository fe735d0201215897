import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** RabbitMQ's Java client against the broker at AMQP_URL. */
public final class Suite {
    private static final long CHECK_TIMEOUT_SECONDS = 20;

    private final List<Check> checks = new ArrayList<>();

    interface Body {
        void run(Session session) throws Exception;
    }

    private record Check(String name, Body body) {
    }

    void check(String name, Body body) {
        checks.add(new Check(name, body));
    }

    private static String reasonOf(Throwable problem) {
        var message = new StringBuilder(problem.toString());
        for (var cause = problem.getCause(); cause != null; cause = cause.getCause()) {
            message.append(" < ").append(cause);
        }
        return message.toString().replace('\n', '|');
    }

    private int run() {
        var passed = 0;
        var failed = 0;
        // Daemon threads: a check that hangs must not keep the program from ending.
        var executor = Executors.newCachedThreadPool(body -> {
            var thread = new Thread(body);
            thread.setDaemon(true);
            return thread;
        });
        for (var check : checks) {
            var result = executor.submit(() -> {
                try (var session = new Session(check.name)) {
                    check.body.run(session);
                }
                return null;
            });
            try {
                result.get(CHECK_TIMEOUT_SECONDS, TimeUnit.SECONDS);
                passed++;
                System.out.println("ok " + check.name);
            } catch (ExecutionException | TimeoutException | InterruptedException e) {
                failed++;
                System.out.println("not ok " + check.name + ": " + reasonOf(e.getCause() == null ? e : e.getCause()));
            }
        }
        System.out.println(passed + " passed, " + failed + " failed, 0 skipped");
        return failed == 0 && passed > 0 ? 0 : 1;
    }

    public static void main(String[] arguments) {
        var suite = new Suite();
        TopologyChecks.addTo(suite);
        PublishingChecks.addTo(suite);
        ConsumingChecks.addTo(suite);
        ConnectionChecks.addTo(suite);
        System.exit(suite.run());
    }
}
