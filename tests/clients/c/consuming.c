/* Delivering and acknowledging. */
#include "harness.h"

#include <sys/time.h>

enum { WAIT_SECONDS = 20 };

static void nack_with_requeue_redelivers_with_the_flag(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = filled_queue(connection, 2);
    amqp_basic_get_ok_t first = expect_message(connection, 1, queue, false, "0");
    EXPECT(!first.redelivered && first.message_count == 1);
    EXPECT(amqp_basic_nack(connection, 1, first.delivery_tag, 0, 1) == AMQP_STATUS_OK);
    amqp_basic_get_ok_t again = expect_message(connection, 1, queue, false, "0");
    EXPECT(again.redelivered);
    EXPECT(amqp_basic_ack(connection, 1, again.delivery_tag, 0) == AMQP_STATUS_OK);
    EXPECT(!expect_message(connection, 1, queue, true, "1").redelivered);
}

static void reject_without_requeue_drops_the_message(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = filled_queue(connection, 1);
    amqp_message_t message;
    amqp_basic_get_ok_t info = expect_message(connection, 1, queue, false, "0");
    EXPECT(amqp_basic_reject(connection, 1, info.delivery_tag, 0) == AMQP_STATUS_OK);
    EXPECT(!get_message(connection, 1, queue, true, &info, &message));
}

static void unknown_delivery_tag_406(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    EXPECT(amqp_basic_ack(connection, 1, 99, 0) == AMQP_STATUS_OK);
    amqp_channel_close_t *close = wait_method(connection, 1, AMQP_CHANNEL_CLOSE_METHOD);
    EXPECT(close->reply_code == AMQP_PRECONDITION_FAILED);
}

static void prefetch_limits_the_unacknowledged_messages(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = filled_queue(connection, 9);
    uint64_t tags[4];
    amqp_basic_qos(connection, 1, 0, 4, 0);
    expect_ok(connection);
    amqp_basic_consume(connection, 1, queue, text("c"), 0, 0, 0, amqp_empty_table);
    expect_ok(connection);
    for (int i = 0; i < 9; i++) {
        amqp_envelope_t envelope;
        struct timeval limit = { WAIT_SECONDS, 0 };
        EXPECT(amqp_consume_message(connection, &envelope, &limit, 0).reply_type == AMQP_RESPONSE_NORMAL);
        EXPECT(same(envelope.message.body, (char[]){ (char)('0' + i), '\0' }));
        tags[i % 4] = envelope.delivery_tag;
        amqp_destroy_envelope(&envelope);
        if (i >= 3) {
            /* With four outstanding nothing more is sent: what is not acknowledged stays ready in the queue. */
            EXPECT(ready_count(connection, 1, queue) == (unsigned)(8 - i));
            EXPECT(!amqp_frames_enqueued(connection));
            EXPECT(amqp_basic_ack(connection, 1, tags[(i - 3) % 4], 0) == AMQP_STATUS_OK);
        }
    }
    EXPECT(amqp_basic_ack(connection, 1, 0, 1) == AMQP_STATUS_OK);
    amqp_queue_delete_ok_t *deleted = amqp_queue_delete(connection, 1, queue, 0, 0);
    expect_ok(connection);
    EXPECT(deleted->message_count == 0);
}

static void deleting_a_queue_cancels_its_consumer(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_basic_consume(connection, 1, queue, text("doomed"), 0, 0, 0, amqp_empty_table);
    expect_ok(connection);
    open_channel(connection, 2);
    amqp_queue_delete(connection, 2, queue, 0, 0);
    expect_ok(connection);
    amqp_basic_cancel_t *cancel = wait_method(connection, 1, AMQP_BASIC_CANCEL_METHOD);
    EXPECT(same(cancel->consumer_tag, "doomed"));
}

const check_entry consuming_checks[] = {
    CHECK(nack_with_requeue_redelivers_with_the_flag),
    CHECK(reject_without_requeue_drops_the_message),
    CHECK(unknown_delivery_tag_406),
    CHECK(prefetch_limits_the_unacknowledged_messages),
    CHECK(deleting_a_queue_cancels_its_consumer),
    END_OF_CHECKS,
};
