// Command go runs amqp091-go against the broker at AMQP_URL.
package main

import "os"

func main() {
	if url := os.Getenv("AMQP_URL"); url != "" {
		brokerURL = url
	}
	var checks []checkFunc
	checks = append(checks, topologyChecks...)
	checks = append(checks, publishingChecks...)
	checks = append(checks, consumingChecks...)
	checks = append(checks, connectionChecks...)
	runAll(checks)
}
