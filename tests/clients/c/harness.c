#include "harness.h"

#include <amqp_tcp_socket.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum { WAIT_SECONDS = 20, SUITE_SECONDS = 100, MAX_CONNECTIONS = 32, FRAME_MAX_BYTES = 131072, URL_BYTES = 512 };

static const struct timeval wait_limit = { WAIT_SECONDS, 0 };
static amqp_connection_state_t opened[MAX_CONNECTIONS];
static size_t opened_count;
static jmp_buf check_end;
static char reason[512];
static int passed, failed;

_Noreturn void fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    longjmp(check_end, 1);
}

static void parse_url(char buffer[URL_BYTES], struct amqp_connection_info *info)
{
    const char *url = getenv("AMQP_URL");
    snprintf(buffer, URL_BYTES, "%s", url ? url : "amqp://guest:guest@127.0.0.1:5672/");
    if (amqp_parse_url(buffer, info) != AMQP_STATUS_OK)
        fail("AMQP_URL is no AMQP URL");
    /* The library takes the path "/" for the virtual host "", and no path for the default one. */
    if (info->vhost[0] == '\0')
        info->vhost = "/";
}

static amqp_connection_state_t dial(const char *password, int heartbeat_seconds, amqp_rpc_reply_t *reply)
{
    char buffer[URL_BYTES];
    struct amqp_connection_info info;
    parse_url(buffer, &info);
    if (opened_count == MAX_CONNECTIONS)
        fail("more than %d connections in one check", MAX_CONNECTIONS);
    amqp_connection_state_t connection = amqp_new_connection();
    opened[opened_count++] = connection;
    amqp_socket_t *socket = amqp_tcp_socket_new(connection);
    if (amqp_socket_open(socket, info.host, info.port) != AMQP_STATUS_OK)
        fail("cannot connect to %s:%d", info.host, info.port);
    EXPECT(amqp_set_rpc_timeout(connection, &wait_limit) == AMQP_STATUS_OK);
    /* The library can be told about a cancelled consumer, but does not ask for it by itself. */
    amqp_table_entry_t capability = { text("consumer_cancel_notify"), { AMQP_FIELD_KIND_BOOLEAN, { .boolean = 1 } } };
    amqp_table_entry_t capabilities = { text("capabilities"), { AMQP_FIELD_KIND_TABLE, { .table = { 1, &capability } } } };
    amqp_table_t properties = { 1, &capabilities };
    *reply = amqp_login_with_properties(connection, info.vhost, 0, FRAME_MAX_BYTES, heartbeat_seconds, &properties,
                                        AMQP_SASL_METHOD_PLAIN, info.user, password ? password : info.password);
    return connection;
}

amqp_rpc_reply_t try_login(const char *password)
{
    amqp_rpc_reply_t reply;
    dial(password, 0, &reply);
    return reply;
}

static void expect_normal(amqp_rpc_reply_t reply)
{
    if (reply.reply_type == AMQP_RESPONSE_NORMAL)
        return;
    if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION)
        fail("%s", amqp_error_string2(reply.library_error));
    /* channel.close and connection.close begin alike: reply code, reply text. */
    amqp_channel_close_t *close = reply.reply.decoded;
    fail("%d %.*s", close->reply_code, (int)close->reply_text.len, (char *)close->reply_text.bytes);
}

amqp_connection_state_t open_connection(int heartbeat_seconds)
{
    amqp_rpc_reply_t reply;
    amqp_connection_state_t connection = dial(NULL, heartbeat_seconds, &reply);
    expect_normal(reply);
    return connection;
}

void expect_ok(amqp_connection_state_t connection)
{
    expect_normal(amqp_get_rpc_reply(connection));
}

void open_channel(amqp_connection_state_t connection, amqp_channel_t channel)
{
    amqp_channel_open(connection, channel);
    expect_ok(connection);
}

static void confirm_close(amqp_connection_state_t connection, amqp_channel_t channel, const amqp_channel_close_t *close, int code)
{
    if (close->reply_code != code)
        fail("got %d %.*s, expected %d", close->reply_code, (int)close->reply_text.len, (char *)close->reply_text.bytes, code);
    amqp_channel_close_ok_t ok = { 0 };
    EXPECT(amqp_send_method(connection, channel, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok) == AMQP_STATUS_OK);
}

void expect_channel_closed(amqp_connection_state_t connection, amqp_channel_t channel, amqp_rpc_reply_t reply, int code)
{
    if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION || reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD)
        fail("the channel was not closed with %d", code);
    confirm_close(connection, channel, reply.reply.decoded, code);
}

void *wait_method(amqp_connection_state_t connection, amqp_channel_t channel, amqp_method_number_t method)
{
    amqp_frame_t frame;
    int status = amqp_simple_wait_frame_noblock(connection, &frame, &wait_limit);
    if (status != AMQP_STATUS_OK)
        fail("%s", amqp_error_string2(status));
    if (frame.frame_type != AMQP_FRAME_METHOD || frame.channel != channel || frame.payload.method.id != method)
        fail("got frame type %d, method %x on channel %d, expected method %x on %d", frame.frame_type,
             (unsigned)frame.payload.method.id, frame.channel, (unsigned)method, channel);
    return frame.payload.method.decoded;
}

amqp_connection_state_t connect_with_channel(void)
{
    amqp_connection_state_t connection = open_connection(0);
    open_channel(connection, 1);
    return connection;
}

amqp_bytes_t text(const char *value)
{
    return amqp_cstring_bytes(value);
}

bool same(amqp_bytes_t bytes, const char *value)
{
    return bytes.len == strlen(value) && memcmp(bytes.bytes, value, bytes.len) == 0;
}

amqp_bytes_t private_queue(amqp_connection_state_t connection, amqp_channel_t channel)
{
    amqp_queue_declare_ok_t *declared = amqp_queue_declare(connection, channel, amqp_empty_bytes, 0, 0, 1, 0, amqp_empty_table);
    expect_ok(connection);
    return amqp_bytes_malloc_dup(declared->queue);
}

amqp_bytes_t filled_queue(amqp_connection_state_t connection, int count)
{
    amqp_bytes_t queue = private_queue(connection, 1);
    for (int i = 0; i < count; i++)
        publish(connection, 1, "", queue, (char[]){ (char)('0' + i), '\0' });
    return queue;
}

unsigned ready_count(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue)
{
    amqp_queue_declare_ok_t *declared = amqp_queue_declare(connection, channel, queue, 1, 0, 0, 0, amqp_empty_table);
    expect_ok(connection);
    return declared->message_count;
}

void publish(amqp_connection_state_t connection, amqp_channel_t channel, const char *exchange, amqp_bytes_t key, const char *body)
{
    EXPECT(amqp_basic_publish(connection, channel, text(exchange), key, 0, 0, NULL, text(body)) == AMQP_STATUS_OK);
}

bool get_message(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue, bool no_ack, amqp_basic_get_ok_t *info,
                 amqp_message_t *message)
{
    amqp_rpc_reply_t reply = amqp_basic_get(connection, channel, queue, no_ack);
    expect_normal(reply);
    if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD)
        return false;
    *info = *(amqp_basic_get_ok_t *)reply.reply.decoded;
    expect_normal(amqp_read_message(connection, channel, message, 0));
    return true;
}

amqp_basic_get_ok_t expect_message(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue, bool no_ack,
                                   const char *body)
{
    amqp_basic_get_ok_t info;
    amqp_message_t message;
    if (!get_message(connection, channel, queue, no_ack, &info, &message))
        fail("no message, expected '%s'", body);
    bool equal = same(message.body, body);
    amqp_destroy_message(&message);
    if (!equal)
        fail("a message's body is not '%s'", body);
    return info;
}

static void close_connections(void)
{
    while (opened_count > 0) {
        amqp_connection_state_t connection = opened[--opened_count];
        amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
        amqp_destroy_connection(connection);
    }
}

void run_checks(const check_entry *checks)
{
    signal(SIGPIPE, SIG_IGN);
    /* The last resort, for a wait that the library cannot limit: the program dies without a summary, which counts as a failure. */
    alarm(SUITE_SECONDS);
    for (const check_entry *volatile check = checks; check->run != NULL; check++) {
        if (setjmp(check_end) == 0) {
            check->run();
            passed++;
            printf("ok %s\n", check->name);
        } else {
            failed++;
            printf("not ok %s: %s\n", check->name, reason);
        }
        close_connections();
        fflush(stdout);
    }
}

int report(void)
{
    printf("%d passed, %d failed, 0 skipped\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}
