/* What every check needs: connections, expectations that end the check, and the report on stdout. */
#ifndef HARNESS_H
#define HARNESS_H

#include <amqp.h>
#include <stdbool.h>
#include <stddef.h>

typedef void (*check_function)(void);

typedef struct {
    const char *name;
    check_function run;
} check_entry;

#define CHECK(function) { #function, function }
#define END_OF_CHECKS { NULL, NULL }

/* Ends the running check as failed. */
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define EXPECT(condition) ((condition) ? (void)0 : fail("line %d: expected %s", __LINE__, #condition))

/* Connections are closed by the harness when the check ends. heartbeat_seconds 0 turns heartbeats off. */
amqp_connection_state_t open_connection(int heartbeat_seconds);
/* With channel 1 open and no heartbeats. */
amqp_connection_state_t connect_with_channel(void);
/* Login with a password; NULL means the one of AMQP_URL. Gives the broker's answer. */
amqp_rpc_reply_t try_login(const char *password);
void open_channel(amqp_connection_state_t connection, amqp_channel_t channel);

/* Fails the check unless the last call on the connection succeeded. */
void expect_ok(amqp_connection_state_t connection);
void expect_channel_closed(amqp_connection_state_t connection, amqp_channel_t channel, amqp_rpc_reply_t reply, int code);

/* A method that arrives outside a call, as channel.close or basic.ack do. */
void *wait_method(amqp_connection_state_t connection, amqp_channel_t channel, amqp_method_number_t method);

amqp_bytes_t text(const char *value);
bool same(amqp_bytes_t bytes, const char *value);
amqp_bytes_t private_queue(amqp_connection_state_t connection, amqp_channel_t channel);
/* On channel 1, holding the bodies "0", "1" and so on; at most ten. */
amqp_bytes_t filled_queue(amqp_connection_state_t connection, int count);
unsigned ready_count(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue);
void publish(amqp_connection_state_t connection, amqp_channel_t channel, const char *exchange, amqp_bytes_t key, const char *body);
/* basic.get of the next message and its whole content; false when the queue is empty. Free it with amqp_destroy_message. */
bool get_message(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue, bool no_ack, amqp_basic_get_ok_t *info,
                 amqp_message_t *message);
/* Gets and frees a message; fails the check unless it is there with this body. */
amqp_basic_get_ok_t expect_message(amqp_connection_state_t connection, amqp_channel_t channel, amqp_bytes_t queue, bool no_ack,
                                   const char *body);

void run_checks(const check_entry *checks);
/* Prints the totals; gives the exit code. */
int report(void);

#endif
