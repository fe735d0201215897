/* Connections, channels, heartbeats, refusals. */
#include "harness.h"

#include <sys/time.h>

enum { CHANNELS = 200, CONNECTIONS = 20 };

static void heartbeats_keep_an_idle_connection_alive(void)
{
    amqp_connection_state_t connection = open_connection(1);
    amqp_frame_t frame;
    /* Longer than the two intervals after which either side gives a silent peer up; the library answers heartbeats as it waits. */
    struct timeval idle = { 3, 500000 };
    EXPECT(amqp_simple_wait_frame_noblock(connection, &frame, &idle) == AMQP_STATUS_TIMEOUT);
    open_channel(connection, 1);
}

static void wrong_password_is_refused_403(void)
{
    amqp_rpc_reply_t reply = try_login("not-the-password");
    EXPECT(reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD);
    EXPECT(((amqp_connection_close_t *)reply.reply.decoded)->reply_code == AMQP_ACCESS_REFUSED);
    EXPECT(try_login(NULL).reply_type == AMQP_RESPONSE_NORMAL);
}

static void two_hundred_channels_on_one_connection(void)
{
    amqp_connection_state_t connection = open_connection(0);
    for (amqp_channel_t channel = 1; channel <= CHANNELS; channel++)
        open_channel(connection, channel);
    for (amqp_channel_t channel = 1; channel <= CHANNELS; channel++) {
        amqp_bytes_t queue = private_queue(connection, channel);
        publish(connection, channel, "", queue, "x");
        expect_message(connection, channel, queue, true, "x");
        amqp_bytes_free(queue);
    }
}

static void twenty_connections(void)
{
    for (int i = 0; i < CONNECTIONS; i++)
        private_queue(connect_with_channel(), 1);
}

const check_entry connection_checks[] = {
    CHECK(heartbeats_keep_an_idle_connection_alive),
    CHECK(wrong_password_is_refused_403),
    CHECK(two_hundred_channels_on_one_connection),
    CHECK(twenty_connections),
    END_OF_CHECKS,
};
