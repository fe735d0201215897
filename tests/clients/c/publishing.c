/* Confirms, returns, contents, transactions. */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE_BYTES = 3 * 1024 * 1024, CONFIRMED_MESSAGES = 1000 };

static void publish_1000_messages_with_confirms(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_confirm_select(connection, 1);
    expect_ok(connection);
    for (int i = 0; i < CONFIRMED_MESSAGES; i++)
        publish(connection, 1, "", queue, "x");
    /* Acks may come out of order; `multiple` settles every tag up to its own. */
    static bool settled[CONFIRMED_MESSAGES + 1];
    memset(settled, 0, sizeof settled);
    for (int left = CONFIRMED_MESSAGES; left > 0;) {
        amqp_basic_ack_t *ack = wait_method(connection, 1, AMQP_BASIC_ACK_METHOD);
        uint64_t tag = ack->delivery_tag;
        EXPECT(tag >= 1 && tag <= CONFIRMED_MESSAGES);
        for (uint64_t i = ack->multiple ? 1 : tag; i <= tag; i++) {
            left -= settled[i] ? 0 : 1;
            settled[i] = true;
        }
        amqp_maybe_release_buffers(connection);
    }
    EXPECT(ready_count(connection, 1, queue) == CONFIRMED_MESSAGES);
}

static void unroutable_mandatory_message_is_returned_312_before_its_confirm(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_message_t message;
    amqp_confirm_select(connection, 1);
    expect_ok(connection);
    EXPECT(amqp_basic_publish(connection, 1, text(""), text("c.nowhere"), 1, 0, NULL, text("come back")) == AMQP_STATUS_OK);
    amqp_basic_return_t *returned = wait_method(connection, 1, AMQP_BASIC_RETURN_METHOD);
    EXPECT(returned->reply_code == AMQP_NO_ROUTE);
    EXPECT(same(returned->reply_text, "NO_ROUTE"));
    EXPECT(same(returned->routing_key, "c.nowhere"));
    EXPECT(amqp_read_message(connection, 1, &message, 0).reply_type == AMQP_RESPONSE_NORMAL);
    EXPECT(same(message.body, "come back"));
    amqp_destroy_message(&message);
    amqp_basic_ack_t *ack = wait_method(connection, 1, AMQP_BASIC_ACK_METHOD);
    EXPECT(ack->delivery_tag == 1);
}

static void publish_to_a_missing_exchange_closes_only_the_channel_404(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    open_channel(connection, 2);
    amqp_bytes_t queue = private_queue(connection, 2);
    publish(connection, 1, "c.no.exchange", text("k"), "x");
    amqp_channel_close_t *close = wait_method(connection, 1, AMQP_CHANNEL_CLOSE_METHOD);
    EXPECT(close->reply_code == AMQP_NOT_FOUND);
    EXPECT(close->class_id == 60 && close->method_id == 40);
    amqp_channel_close_ok_t ok = { 0 };
    EXPECT(amqp_send_method(connection, 1, AMQP_CHANNEL_CLOSE_OK_METHOD, &ok) == AMQP_STATUS_OK);
    publish(connection, 2, "", queue, "still here");
    expect_message(connection, 2, queue, true, "still here");
}

static void properties_and_headers_round_trip(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_table_entry_t inner[] = { { text("deep"), { AMQP_FIELD_KIND_UTF8, { .bytes = text("value") } } } };
    amqp_table_entry_t entries[] = {
        { text("yes"), { AMQP_FIELD_KIND_BOOLEAN, { .boolean = 1 } } },
        { text("i8"), { AMQP_FIELD_KIND_I8, { .i8 = -7 } } },
        { text("u8"), { AMQP_FIELD_KIND_U8, { .u8 = 200 } } },
        { text("i16"), { AMQP_FIELD_KIND_I16, { .i16 = -3000 } } },
        { text("u16"), { AMQP_FIELD_KIND_U16, { .u16 = 60000 } } },
        { text("i32"), { AMQP_FIELD_KIND_I32, { .i32 = -70000 } } },
        { text("u32"), { AMQP_FIELD_KIND_U32, { .u32 = 4000000000u } } },
        { text("i64"), { AMQP_FIELD_KIND_I64, { .i64 = -(1LL << 40) } } },
        { text("f32"), { AMQP_FIELD_KIND_F32, { .f32 = 0.5f } } },
        { text("f64"), { AMQP_FIELD_KIND_F64, { .f64 = 3.25 } } },
        { text("dec"), { AMQP_FIELD_KIND_DECIMAL, { .decimal = { 2, 12345 } } } },
        { text("when"), { AMQP_FIELD_KIND_TIMESTAMP, { .u64 = 1700000000 } } },
        { text("bytes"), { AMQP_FIELD_KIND_BYTES, { .bytes = { 3, "\0\377\n" } } } },
        { text("void"), { AMQP_FIELD_KIND_VOID, { .u8 = 0 } } },
        { text("table"), { AMQP_FIELD_KIND_TABLE, { .table = { 1, inner } } } },
    };
    enum { ENTRIES = sizeof entries / sizeof *entries };
    amqp_basic_properties_t sent = {
        ._flags = AMQP_BASIC_CONTENT_TYPE_FLAG | AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_TIMESTAMP_FLAG
            | AMQP_BASIC_CLUSTER_ID_FLAG,
        .content_type = text("text/plain"), .headers = { ENTRIES, entries }, .delivery_mode = 2, .timestamp = 1700000001,
        .cluster_id = text("c-14"),
    };
    EXPECT(amqp_basic_publish(connection, 1, text(""), queue, 0, 0, &sent, text("")) == AMQP_STATUS_OK);
    amqp_basic_get_ok_t info;
    amqp_message_t message;
    EXPECT(get_message(connection, 1, queue, true, &info, &message));
    EXPECT(message.body.len == 0);
    EXPECT(message.properties._flags == sent._flags);
    EXPECT(same(message.properties.content_type, "text/plain") && same(message.properties.cluster_id, "c-14"));
    EXPECT(message.properties.delivery_mode == 2 && message.properties.timestamp == sent.timestamp);
    /* Compared as encoded bytes: the kinds and the order have to survive as well. */
    char before[1024], after[1024];
    size_t before_bytes = 0, after_bytes = 0;
    EXPECT(amqp_encode_table((amqp_bytes_t){ sizeof before, before }, &sent.headers, &before_bytes) == AMQP_STATUS_OK);
    EXPECT(amqp_encode_table((amqp_bytes_t){ sizeof after, after }, &message.properties.headers, &after_bytes) == AMQP_STATUS_OK);
    EXPECT(before_bytes == after_bytes && memcmp(before, after, before_bytes) == 0);
    amqp_destroy_message(&message);
}

static void body_of_3_MB_round_trips(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    unsigned char *large = malloc(LARGE_BYTES);
    EXPECT(large != NULL);
    for (int i = 0; i < LARGE_BYTES; i++)
        large[i] = (unsigned char)(i * 31 + (i >> 11));
    EXPECT(amqp_basic_publish(connection, 1, text(""), queue, 0, 0, NULL, (amqp_bytes_t){ LARGE_BYTES, large }) == AMQP_STATUS_OK);
    amqp_basic_get_ok_t info;
    amqp_message_t message;
    EXPECT(get_message(connection, 1, queue, true, &info, &message));
    EXPECT(message.body.len == LARGE_BYTES && memcmp(message.body.bytes, large, LARGE_BYTES) == 0);
    amqp_destroy_message(&message);
    free(large);
}

static void transaction_commits_and_rolls_back(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_tx_select(connection, 1);
    expect_ok(connection);
    publish(connection, 1, "", queue, "kept");
    EXPECT(ready_count(connection, 1, queue) == 0);
    amqp_tx_commit(connection, 1);
    expect_ok(connection);
    publish(connection, 1, "", queue, "dropped");
    amqp_tx_rollback(connection, 1);
    expect_ok(connection);
    EXPECT(ready_count(connection, 1, queue) == 1);
    expect_message(connection, 1, queue, true, "kept");
}

const check_entry publishing_checks[] = {
    CHECK(publish_1000_messages_with_confirms),
    CHECK(unroutable_mandatory_message_is_returned_312_before_its_confirm),
    CHECK(publish_to_a_missing_exchange_closes_only_the_channel_404),
    CHECK(properties_and_headers_round_trip),
    CHECK(body_of_3_MB_round_trips),
    CHECK(transaction_commits_and_rolls_back),
    END_OF_CHECKS,
};
