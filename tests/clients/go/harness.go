package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	checkTimeout = 20 * time.Second
	pollInterval = 5 * time.Millisecond
)

var brokerURL = "amqp://guest:guest@127.0.0.1:5672/"

// failure is what a check panics with; anything else that panics is a bug of the suite and is reported the same way.
type failure string

// session belongs to one check: it opens connections, names entities, and closes everything at the end.
type session struct {
	name   string
	opened []*amqp.Connection
	names  int
}

type checkFunc func(s *session)

func failf(format string, args ...any) {
	panic(failure(fmt.Sprintf(format, args...)))
}

func must(err error) {
	if err != nil {
		failf("%v", err)
	}
}

func get[T any](value T, err error) T {
	must(err)
	return value
}

func equal[T any](actual, expected T) {
	if !reflect.DeepEqual(actual, expected) {
		failf("got %#v, expected %#v", actual, expected)
	}
}

// eventually polls what another channel sees; the check's deadline ends the wait.
func eventually(expected int, read func() int) {
	for read() != expected {
		time.Sleep(pollInterval)
	}
}

func expectCode(err error, code int) {
	var reply *amqp.Error
	if !errors.As(err, &reply) || reply == nil {
		failf("got %v, expected an AMQP error %d", err, code)
	}
	equal(reply.Code, code)
}

func (s *session) unique(what string) string {
	s.names++
	return fmt.Sprintf("go.%s.%d.%s.%d", what, os.Getpid(), s.name, s.names)
}

func (s *session) connect() *amqp.Connection {
	return s.connectWith(amqp.Config{Heartbeat: 10 * time.Second})
}

func (s *session) connectWith(config amqp.Config) *amqp.Connection {
	connection := get(amqp.DialConfig(brokerURL, config))
	s.opened = append(s.opened, connection)
	return connection
}

func (s *session) channel() *amqp.Channel {
	return get(s.connect().Channel())
}

func (s *session) privateQueue(channel *amqp.Channel) string {
	return get(channel.QueueDeclare("", false, false, true, false, nil)).Name
}

// filledQueue holds the bodies 0 to count-1. It needs no confirms: a channel's commands reach a queue in order.
func (s *session) filledQueue(channel *amqp.Channel, count int) string {
	queue := s.privateQueue(channel)
	for i := 0; i < count; i++ {
		publish(channel, "", queue, fmt.Sprint(i))
	}
	return queue
}

func publish(channel *amqp.Channel, exchange, key, body string) {
	must(channel.Publish(exchange, key, false, false, amqp.Publishing{Body: []byte(body)}))
}

func bodies(channel *amqp.Channel, queue string) []string {
	found := []string{}
	for {
		delivery, ok, err := channel.Get(queue, true)
		must(err)
		if !ok {
			return found
		}
		found = append(found, string(delivery.Body))
	}
}

func getOne(channel *amqp.Channel, queue string, autoAck bool) amqp.Delivery {
	delivery, ok, err := channel.Get(queue, autoAck)
	must(err)
	if !ok {
		failf("queue %s is empty", queue)
	}
	return delivery
}

func readyCount(channel *amqp.Channel, queue string) int {
	return get(channel.QueueInspect(queue)).Messages
}

func (s *session) close() {
	for _, connection := range s.opened {
		if err := connection.Close(); err != nil && !errors.Is(err, amqp.ErrClosed) {
			fmt.Fprintf(os.Stderr, "%s: closing: %v\n", s.name, err)
		}
	}
}

func nameOf(check checkFunc) string {
	full := runtime.FuncForPC(reflect.ValueOf(check).Pointer()).Name()
	return full[strings.LastIndexByte(full, '.')+1:]
}

// run gives the reason why a check failed, or "".
func run(check checkFunc) (reason string) {
	s := &session{name: nameOf(check)}
	done := make(chan string, 1)
	go func() {
		defer func() {
			problem := recover()
			s.close()
			if problem != nil {
				done <- strings.ReplaceAll(fmt.Sprint(problem), "\n", " | ")
				return
			}
			done <- ""
		}()
		check(s)
	}()
	select {
	case reason = <-done:
	case <-time.After(checkTimeout):
		reason = fmt.Sprintf("no result after %v", checkTimeout)
	}
	return reason
}

func runAll(checks []checkFunc) {
	passed, failed := 0, 0
	for _, check := range checks {
		if reason := run(check); reason != "" {
			failed++
			fmt.Printf("not ok %s: %s\n", nameOf(check), reason)
			continue
		}
		passed++
		fmt.Printf("ok %s\n", nameOf(check))
	}
	fmt.Printf("%d passed, %d failed, 0 skipped\n", passed, failed)
	if failed > 0 || passed == 0 {
		os.Exit(1)
	}
}
