/* Queues and bindings: declaring, refusing, routing, counting. */
#include "harness.h"

#include <string.h>

static void declare_server_named_queue(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    EXPECT(queue.len > 8 && memcmp(queue.bytes, "amq.gen-", 8) == 0);
    EXPECT(ready_count(connection, 1, queue) == 0);
}

static void passive_declare_of_a_missing_queue_closes_only_the_channel_404(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_queue_declare(connection, 1, text("c.missing"), 1, 0, 0, 0, amqp_empty_table);
    expect_channel_closed(connection, 1, amqp_get_rpc_reply(connection), AMQP_NOT_FOUND);
    open_channel(connection, 2);
    private_queue(connection, 2);
    open_channel(connection, 1);
    private_queue(connection, 1);
}

static void redeclare_with_other_arguments_406(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_exchange_declare(connection, 1, text("amq.direct"), text("fanout"), 0, 1, 0, 0, amqp_empty_table);
    expect_channel_closed(connection, 1, amqp_get_rpc_reply(connection), AMQP_PRECONDITION_FAILED);
}

static void exclusive_queue_is_refused_to_another_connection_405(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_connection_state_t stranger = connect_with_channel();
    amqp_queue_declare(stranger, 1, queue, 1, 0, 0, 0, amqp_empty_table);
    expect_channel_closed(stranger, 1, amqp_get_rpc_reply(stranger), AMQP_RESOURCE_LOCKED);
}

static void topic_binding_routes_and_unbind_stops_it(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = private_queue(connection, 1);
    amqp_basic_get_ok_t info;
    amqp_message_t message;
    amqp_queue_bind(connection, 1, queue, text("amq.topic"), text("c.*.nyse"), amqp_empty_table);
    expect_ok(connection);
    publish(connection, 1, "amq.topic", text("c.ibm.nasdaq"), "other");
    publish(connection, 1, "amq.topic", text("c.ibm.nyse"), "quote");
    expect_message(connection, 1, queue, true, "quote");
    amqp_queue_unbind(connection, 1, queue, text("amq.topic"), text("c.*.nyse"), amqp_empty_table);
    expect_ok(connection);
    publish(connection, 1, "amq.topic", text("c.ibm.nyse"), "late");
    EXPECT(!get_message(connection, 1, queue, true, &info, &message));
}

static void purge_and_delete_tell_how_many_messages_went(void)
{
    amqp_connection_state_t connection = connect_with_channel();
    amqp_bytes_t queue = filled_queue(connection, 5);
    amqp_queue_purge_ok_t *purged = amqp_queue_purge(connection, 1, queue);
    expect_ok(connection);
    EXPECT(purged->message_count == 5);
    publish(connection, 1, "", queue, "x");
    amqp_queue_delete_ok_t *deleted = amqp_queue_delete(connection, 1, queue, 0, 0);
    expect_ok(connection);
    EXPECT(deleted->message_count == 1);
}

const check_entry topology_checks[] = {
    CHECK(declare_server_named_queue),
    CHECK(passive_declare_of_a_missing_queue_closes_only_the_channel_404),
    CHECK(redeclare_with_other_arguments_406),
    CHECK(exclusive_queue_is_refused_to_another_connection_405),
    CHECK(topic_binding_routes_and_unbind_stops_it),
    CHECK(purge_and_delete_tell_how_many_messages_went),
    END_OF_CHECKS,
};
