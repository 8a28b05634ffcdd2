// SPDX-License-Identifier: Apache-2.0

// Sends orders until it is asked to stop: the usual shape of a program with Sarama's AsyncProducer.
package main

import (
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/IBM/sarama"
)

type counts struct{ sent, delivered, failed int }

func run(brokers []string, orders <-chan string, stop <-chan os.Signal) (counts, error) {
	config := sarama.NewConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Return.Successes = true
	config.Producer.Return.Errors = true
	producer, err := sarama.NewAsyncProducer(brokers, config)
	if err != nil {
		return counts{}, err
	}

	var counts counts
	var readers sync.WaitGroup
	readers.Add(2)
	go func() {
		defer readers.Done()
		for range producer.Successes() {
			counts.delivered++
		}
	}()
	go func() {
		defer readers.Done()
		for failure := range producer.Errors() {
			counts.failed++
			log.Printf("order %v: %v", failure.Msg.Metadata, failure.Err)
		}
	}()

	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
loop:
	for {
		select {
		case order, more := <-orders:
			if !more {
				break loop
			}
			message := &sarama.ProducerMessage{
				Topic:    "orders",
				Key:      sarama.StringEncoder(strings.SplitN(order, ":", 2)[0]),
				Value:    sarama.StringEncoder(order),
				Metadata: counts.sent,
			}
			select {
			case producer.Input() <- message:
				counts.sent++
			case <-stop:
				break loop
			}
		case <-ticker.C:
			log.Printf("sent %d", counts.sent)
		case <-stop:
			break loop
		}
	}

	// Not Close: that would read the two channels itself, beside the readers.
	producer.AsyncClose()
	readers.Wait()
	return counts, nil
}

func main() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	orders := make(chan string)
	go func() {
		defer close(orders)
		for number := 1; number <= 1000; number++ {
			orders <- fmt.Sprintf("customer-%d: order %d", number%10, number)
		}
	}()
	counts, err := run(strings.Split(os.Args[1], ","), orders, stop)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("sent %d, delivered %d, failed %d\n", counts.sent, counts.delivered, counts.failed)
	if counts.delivered < counts.sent {
		os.Exit(1)
	}
}
