package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const largeBytes = 3 * 1024 * 1024

var publishingChecks = []checkFunc{
	publish_1000_messages_with_confirms,
	unroutable_mandatory_message_is_returned_312_with_its_body,
	all_properties_and_nested_headers_round_trip,
	body_of_3_MB_and_empty_body_round_trip,
	transaction_commits_and_rolls_back,
}

var consumingChecks = []checkFunc{
	prefetch_limits_the_unacknowledged_messages,
	ack_and_multiple_ack_settle_messages,
	nack_with_requeue_redelivers_with_the_flag,
	reject_without_requeue_drops_the_message,
	recover_requeues_what_is_unacknowledged,
	get_counts_what_is_left_and_get_of_an_empty_queue,
	unknown_delivery_tag_406,
	cancelled_consumer_gets_no_more_messages,
	deleting_a_queue_cancels_its_consumer,
	rpc_over_direct_reply_to,
}

func publish_1000_messages_with_confirms(s *session) {
	channel := s.channel()
	queue := s.privateQueue(channel)
	must(channel.Confirm(false))
	var confirms []*amqp.DeferredConfirmation
	for i := 0; i < 1000; i++ {
		message := amqp.Publishing{DeliveryMode: amqp.Persistent, Body: []byte(fmt.Sprint(i))}
		confirms = append(confirms, get(channel.PublishWithDeferredConfirmWithContext(context.Background(), "", queue, false, false, message)))
	}
	for _, confirm := range confirms {
		if !confirm.Wait() {
			failf("message %d was nacked", confirm.DeliveryTag)
		}
	}
	equal(readyCount(channel, queue), 1000)
}

func unroutable_mandatory_message_is_returned_312_with_its_body(s *session) {
	channel := s.channel()
	must(channel.Confirm(false))
	returns := channel.NotifyReturn(make(chan amqp.Return, 1))
	confirms := channel.NotifyPublish(make(chan amqp.Confirmation, 1))
	key := s.unique("nowhere")
	must(channel.Publish("", key, true, false, amqp.Publishing{MessageId: "m1", Body: []byte("come back")}))
	confirm := <-confirms
	equal(confirm.Ack, true)
	// Buffered before the confirm, or it was not sent first.
	select {
	case returned := <-returns:
		equal(int(returned.ReplyCode), amqp.NoRoute)
		equal([]string{returned.ReplyText, returned.RoutingKey, returned.MessageId}, []string{"NO_ROUTE", key, "m1"})
		equal(string(returned.Body), "come back")
	default:
		failf("the confirm came without a return before it")
	}
}

func all_properties_and_nested_headers_round_trip(s *session) {
	channel := s.channel()
	queue := s.privateQueue(channel)
	headers := amqp.Table{
		"text": "hällo", "empty": "", "yes": true, "no": false, "nothing": nil, "bytes": []byte{0, 255, 10},
		"int8": int8(-7), "uint8": byte(200), "int16": int16(-3000), "int32": int32(-70000), "int64": int64(1) << 40,
		"float": float32(0.5), "double": 3.25, "decimal": amqp.Decimal{Scale: 2, Value: 12345}, "when": time.Unix(1700000000, 0),
		"list":  []interface{}{int32(1), "two", []interface{}{true, nil}, amqp.Table{"deep": "list"}},
		"table": amqp.Table{"a": amqp.Table{"b": amqp.Table{"c": "deep"}}, "empty": amqp.Table{}},
	}
	sent := amqp.Publishing{
		Headers: headers, ContentType: "text/plain", ContentEncoding: "utf-8", DeliveryMode: amqp.Persistent, Priority: 7,
		CorrelationId: "c-1", ReplyTo: "r", Expiration: "600000", MessageId: "m-1", Timestamp: time.Unix(1700000001, 0), Type: "t",
		UserId: get(amqp.ParseURI(brokerURL)).Username, AppId: "app", Body: []byte("x"),
	}
	must(channel.Publish("", queue, false, false, sent))
	d := getOne(channel, queue, true)
	received := amqp.Publishing{
		Headers: d.Headers, ContentType: d.ContentType, ContentEncoding: d.ContentEncoding, DeliveryMode: d.DeliveryMode,
		Priority: d.Priority, CorrelationId: d.CorrelationId, ReplyTo: d.ReplyTo, Expiration: d.Expiration, MessageId: d.MessageId,
		Timestamp: d.Timestamp, Type: d.Type, UserId: d.UserId, AppId: d.AppId, Body: d.Body,
	}
	equal(received, sent)
}

func body_of_3_MB_and_empty_body_round_trip(s *session) {
	channel := s.channel()
	queue := s.privateQueue(channel)
	large := make([]byte, largeBytes)
	for i := range large {
		large[i] = byte(i*31 + i>>11)
	}
	must(channel.Publish("", queue, false, false, amqp.Publishing{Body: large}))
	must(channel.Publish("", queue, false, false, amqp.Publishing{MessageId: "empty"}))
	if body := getOne(channel, queue, true).Body; !bytes.Equal(body, large) {
		failf("%d bytes differ from those sent", len(body))
	}
	empty := getOne(channel, queue, true)
	equal(empty.MessageId, "empty")
	equal(len(empty.Body), 0)
}

func transaction_commits_and_rolls_back(s *session) {
	channel := s.channel()
	queue := s.privateQueue(channel)
	must(channel.Tx())
	publish(channel, "", queue, "kept")
	equal(readyCount(channel, queue), 0)
	must(channel.TxCommit())
	publish(channel, "", queue, "dropped")
	must(channel.TxRollback())
	// An automatic ack is no part of a transaction.
	equal(bodies(channel, queue), []string{"kept"})
}

func (s *session) consume(channel *amqp.Channel, queue string, autoAck bool) <-chan amqp.Delivery {
	return get(channel.Consume(queue, s.unique("tag"), autoAck, false, false, false, nil))
}

func prefetch_limits_the_unacknowledged_messages(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 20)
	must(channel.Qos(4, 0, false))
	deliveries := s.consume(channel, queue, false)
	unacked := []amqp.Delivery{<-deliveries, <-deliveries, <-deliveries, <-deliveries}
	// The broker answers a channel in order: anything beyond the limit would have arrived before this answer.
	equal(readyCount(channel, queue), 16)
	for i := 0; i < 20; i++ {
		select {
		case extra := <-deliveries:
			failf("message %s came with 4 unacknowledged", extra.Body)
		default:
		}
		equal(string(unacked[0].Body), fmt.Sprint(i))
		must(unacked[0].Ack(false))
		unacked = unacked[1:]
		if i < 16 {
			unacked = append(unacked, <-deliveries)
		}
	}
}

func ack_and_multiple_ack_settle_messages(s *session) {
	connection := s.connect()
	watcher, channel := get(connection.Channel()), get(connection.Channel())
	queue := s.filledQueue(watcher, 5)
	deliveries := s.consume(channel, queue, false)
	var tags []uint64
	for i := 0; i < 5; i++ {
		tags = append(tags, (<-deliveries).DeliveryTag)
	}
	must(channel.Ack(tags[0], false))
	must(channel.Ack(tags[3], true))
	must(channel.Close())
	eventually(1, func() int { return readyCount(watcher, queue) })
	left := getOne(watcher, queue, true)
	equal(string(left.Body), "4")
	equal(left.Redelivered, true)
}

func nack_with_requeue_redelivers_with_the_flag(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 2)
	first := getOne(channel, queue, false)
	equal(first.Redelivered, false)
	must(first.Nack(false, true))
	again := getOne(channel, queue, false)
	equal(string(again.Body), "0")
	equal(again.Redelivered, true)
	must(again.Ack(false))
	equal(getOne(channel, queue, true).Redelivered, false)
}

func reject_without_requeue_drops_the_message(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 1)
	must(getOne(channel, queue, false).Reject(false))
	equal(bodies(channel, queue), []string{})
}

func recover_requeues_what_is_unacknowledged(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 1)
	getOne(channel, queue, false)
	must(channel.Recover(true))
	equal(getOne(channel, queue, true).Redelivered, true)
}

func get_counts_what_is_left_and_get_of_an_empty_queue(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 2)
	message := getOne(channel, queue, true)
	equal(int(message.MessageCount), 1)
	equal(message.RoutingKey, queue)
	getOne(channel, queue, true)
	_, ok, err := channel.Get(queue, true)
	must(err)
	equal(ok, false)
}

func unknown_delivery_tag_406(s *session) {
	connection := s.connect()
	channel := get(connection.Channel())
	closed := channel.NotifyClose(make(chan *amqp.Error, 1))
	must(channel.Ack(99, false))
	expectCode(<-closed, amqp.PreconditionFailed)
	s.privateQueue(get(connection.Channel()))
}

func cancelled_consumer_gets_no_more_messages(s *session) {
	channel := s.channel()
	queue := s.privateQueue(channel)
	tag := s.unique("tag")
	deliveries := get(channel.Consume(queue, tag, true, false, false, false, nil))
	publish(channel, "", queue, "1")
	equal(string((<-deliveries).Body), "1")
	must(channel.Cancel(tag, false))
	publish(channel, "", queue, "2")
	equal(bodies(channel, queue), []string{"2"})
	if extra, open := <-deliveries; open {
		failf("message %s came after the cancellation", extra.Body)
	}
}

func deleting_a_queue_cancels_its_consumer(s *session) {
	channel := s.channel()
	queue := get(channel.QueueDeclare(s.unique("doomed"), false, false, false, false, nil)).Name
	cancelled := channel.NotifyCancel(make(chan string, 1))
	tag := s.unique("tag")
	get(channel.Consume(queue, tag, false, false, false, false, nil))
	get(s.channel().QueueDelete(queue, false, false, false))
	equal(<-cancelled, tag)
}

func rpc_over_direct_reply_to(s *session) {
	client, server := s.channel(), s.channel()
	queue := get(server.QueueDeclare(s.unique("rpc"), false, true, false, false, nil)).Name
	requests := s.consume(server, queue, true)
	replies := s.consume(client, "amq.rabbitmq.reply-to", true)
	ping := amqp.Publishing{ReplyTo: "amq.rabbitmq.reply-to", CorrelationId: "42", Body: []byte("ping")}
	must(client.Publish("", queue, false, false, ping))
	request := <-requests
	pong := amqp.Publishing{CorrelationId: request.CorrelationId, Body: append(request.Body, " pong"...)}
	must(server.Publish("", request.ReplyTo, false, false, pong))
	reply := <-replies
	equal(string(reply.Body), "ping pong")
	equal(reply.CorrelationId, "42")
}
