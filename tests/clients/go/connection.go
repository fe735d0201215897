package main

import (
	"fmt"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var connectionChecks = []checkFunc{
	heartbeats_keep_an_idle_connection_alive,
	wrong_password_is_refused_403,
	two_hundred_channels_on_one_connection,
	twenty_connections,
	error_on_one_channel_leaves_the_others_working,
}

func heartbeats_keep_an_idle_connection_alive(s *session) {
	connection := s.connectWith(amqp.Config{Heartbeat: time.Second})
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	select {
	case err := <-closed:
		failf("closed while idle: %v", err)
	case <-time.After(3500 * time.Millisecond):
		// Longer than the two intervals after which either side gives a silent peer up.
	}
	s.privateQueue(get(connection.Channel()))
}

func wrong_password_is_refused_403(s *session) {
	uri := get(amqp.ParseURI(brokerURL))
	uri.Password = "not-the-password"
	_, err := amqp.Dial(uri.String())
	expectCode(err, amqp.AccessRefused)
	s.connect()
}

func two_hundred_channels_on_one_connection(s *session) {
	connection := s.connect()
	channels := make([]*amqp.Channel, 200)
	queues := make([]string, len(channels))
	for i := range channels {
		channels[i] = get(connection.Channel())
		queues[i] = s.privateQueue(channels[i])
	}
	for i, channel := range channels {
		publish(channel, "", queues[i], fmt.Sprint(i))
	}
	for i, channel := range channels {
		equal(bodies(channel, queues[i]), []string{fmt.Sprint(i)})
	}
}

func twenty_connections(s *session) {
	names := map[string]bool{}
	for i := 0; i < 20; i++ {
		names[s.privateQueue(s.channel())] = true
	}
	equal(len(names), 20)
}

func error_on_one_channel_leaves_the_others_working(s *session) {
	connection := s.connect()
	broken, other := get(connection.Channel()), get(connection.Channel())
	closed := broken.NotifyClose(make(chan *amqp.Error, 1))
	queue := s.privateQueue(other)
	publish(broken, s.unique("no.exchange"), "", "x")
	expectCode(<-closed, amqp.NotFound)
	publish(other, "", queue, "still here")
	equal(bodies(other, queue), []string{"still here"})
}
