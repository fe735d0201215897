package main

import (
	"strings"

	amqp "github.com/rabbitmq/amqp091-go"
)

var topologyChecks = []checkFunc{
	declare_durable_exclusive_and_server_named_queues,
	passive_declare_of_an_existing_queue,
	passive_declare_of_a_missing_queue_closes_only_the_channel_404,
	redeclare_with_other_arguments_406,
	exclusive_queue_is_refused_to_another_connection_405,
	topic_exchange_routes_by_pattern_and_unbind_stops_it,
	fanout_exchange_routes_to_every_queue,
	headers_exchange_routes_by_all_and_any,
	exchange_binding_routes_and_its_auto_delete_source_goes_with_it,
	purge_and_delete_tell_how_many_messages_went,
}

func declare_durable_exclusive_and_server_named_queues(s *session) {
	channel := s.channel()
	durable := s.unique("durable")
	equal(get(channel.QueueDeclare(durable, true, false, false, false, nil)).Name, durable)
	equal(get(channel.QueueDeclare(durable, true, false, false, false, nil)).Messages, 0)
	equal(get(channel.QueueDeclare(s.unique("exclusive"), false, false, true, false, nil)).Consumers, 0)
	if named := s.privateQueue(channel); !strings.HasPrefix(named, "amq.gen-") {
		failf("server-named queue is called %s", named)
	}
	get(channel.QueueDelete(durable, false, false, false))
}

func passive_declare_of_an_existing_queue(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 1)
	eventually(1, func() int { return get(channel.QueueDeclarePassive(queue, false, false, true, false, nil)).Messages })
}

func passive_declare_of_a_missing_queue_closes_only_the_channel_404(s *session) {
	connection := s.connect()
	channel := get(connection.Channel())
	_, err := channel.QueueDeclarePassive(s.unique("missing"), false, false, false, false, nil)
	expectCode(err, amqp.NotFound)
	s.privateQueue(get(connection.Channel()))
}

func redeclare_with_other_arguments_406(s *session) {
	connection := s.connect()
	channel := get(connection.Channel())
	queue := s.unique("args")
	get(channel.QueueDeclare(queue, false, false, true, false, nil))
	_, err := channel.QueueDeclare(queue, false, false, true, false, amqp.Table{"x-max-length": int32(5)})
	expectCode(err, amqp.PreconditionFailed)
	channel = get(connection.Channel())
	exchange := s.unique("kind")
	must(channel.ExchangeDeclare(exchange, "direct", false, true, false, false, nil))
	expectCode(channel.ExchangeDeclare(exchange, "fanout", false, true, false, false, nil), amqp.PreconditionFailed)
}

func exclusive_queue_is_refused_to_another_connection_405(s *session) {
	queue := s.privateQueue(s.channel())
	_, err := s.channel().Consume(queue, "", false, false, false, false, nil)
	expectCode(err, amqp.ResourceLocked)
}

func (s *session) exchange(channel *amqp.Channel, kind string) string {
	name := s.unique(kind)
	must(channel.ExchangeDeclare(name, kind, false, true, false, false, nil))
	return name
}

func (s *session) boundQueue(channel *amqp.Channel, exchange, key string, arguments amqp.Table) string {
	queue := s.privateQueue(channel)
	must(channel.QueueBind(queue, key, exchange, false, arguments))
	return queue
}

func topic_exchange_routes_by_pattern_and_unbind_stops_it(s *session) {
	channel := s.channel()
	exchange := s.exchange(channel, "topic")
	star := s.boundQueue(channel, exchange, "stock.*.nyse", nil)
	rest := s.boundQueue(channel, exchange, "stock.#", nil)
	for _, key := range []string{"stock.ibm.nyse", "stock", "stock.ibm.big.nyse", "bond.ibm.nyse"} {
		publish(channel, exchange, key, key)
	}
	equal(bodies(channel, star), []string{"stock.ibm.nyse"})
	equal(bodies(channel, rest), []string{"stock.ibm.nyse", "stock", "stock.ibm.big.nyse"})
	must(channel.QueueUnbind(rest, "stock.#", exchange, nil))
	publish(channel, exchange, "stock", "late")
	equal(bodies(channel, rest), []string{})
}

func fanout_exchange_routes_to_every_queue(s *session) {
	channel := s.channel()
	exchange := s.exchange(channel, "fanout")
	queues := []string{s.boundQueue(channel, exchange, "", nil), s.boundQueue(channel, exchange, "ignored", nil)}
	publish(channel, exchange, "any", "to all")
	for _, queue := range queues {
		equal(bodies(channel, queue), []string{"to all"})
	}
}

func headers_exchange_routes_by_all_and_any(s *session) {
	channel := s.channel()
	exchange := s.exchange(channel, "headers")
	all := s.boundQueue(channel, exchange, "", amqp.Table{"x-match": "all", "format": "pdf", "pages": int32(3)})
	some := s.boundQueue(channel, exchange, "", amqp.Table{"x-match": "any", "format": "pdf", "pages": int32(3)})
	for body, headers := range map[string]amqp.Table{
		"both": {"format": "pdf", "pages": int32(3)},
		"none": {"format": "txt"},
	} {
		must(channel.Publish(exchange, "", false, false, amqp.Publishing{Headers: headers, Body: []byte(body)}))
	}
	one := amqp.Publishing{Headers: amqp.Table{"format": "pdf", "pages": int32(4)}, Body: []byte("one")}
	must(channel.Publish(exchange, "", false, false, one))
	equal(bodies(channel, all), []string{"both"})
	equal(bodies(channel, some), []string{"both", "one"})
}

func exchange_binding_routes_and_its_auto_delete_source_goes_with_it(s *session) {
	channel := s.channel()
	source, target := s.exchange(channel, "direct"), s.exchange(channel, "fanout")
	queue := s.boundQueue(channel, target, "", nil)
	must(channel.ExchangeBind(target, "k", source, false, nil))
	publish(channel, source, "k", "through")
	equal(bodies(channel, queue), []string{"through"})
	must(channel.ExchangeUnbind(target, "k", source, false, nil))
	expectCode(channel.ExchangeDeclarePassive(source, "direct", false, true, false, false, nil), amqp.NotFound)
}

func purge_and_delete_tell_how_many_messages_went(s *session) {
	channel := s.channel()
	queue := s.filledQueue(channel, 5)
	eventually(5, func() int { return readyCount(channel, queue) })
	equal(get(channel.QueuePurge(queue, false)), 5)
	for i := 0; i < 3; i++ {
		publish(channel, "", queue, "x")
	}
	eventually(3, func() int { return readyCount(channel, queue) })
	equal(get(channel.QueueDelete(queue, false, false, false)), 3)
}
