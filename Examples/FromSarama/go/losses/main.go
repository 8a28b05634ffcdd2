// SPDX-License-Identifier: Apache-2.0

// A thousand messages, ten of them to a partition that does not exist, and one of Sarama's ways to end.
//
//	losses BROKERS asyncclose|close [successes] [read]
package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

func main() {
	config := sarama.NewConfig()
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Producer.Return.Successes = slices.Contains(os.Args, "successes")
	producer, err := sarama.NewAsyncProducer(strings.Split(os.Args[1], ","), config)
	if err != nil {
		panic(err)
	}

	var delivered, told int
	if slices.Contains(os.Args, "read") {
		go func() {
			for range producer.Successes() {
				delivered++
			}
		}()
		go func() {
			for range producer.Errors() {
				told++
			}
		}()
	}
	sent := 0
sending:
	for ; sent < 1000; sent++ {
		message := &sarama.ProducerMessage{Topic: "orders", Partition: int32(sent % 6), Value: sarama.StringEncoder("order")}
		if sent%100 == 0 {
			message.Partition = 77
		}
		select {
		case producer.Input() <- message:
		case <-time.After(5 * time.Second):
			fmt.Println("Input takes no more")
			break sending
		}
	}
	ended := make(chan error, 1)
	go func() {
		if os.Args[2] == "close" {
			ended <- producer.Close()
		} else {
			producer.AsyncClose()
			ended <- nil
		}
	}()
	select {
	case err := <-ended:
		if failures, isThat := err.(sarama.ProducerErrors); isThat {
			told += len(failures)
		}
	case <-time.After(20 * time.Second):
		fmt.Println("Close hangs")
	}
	fmt.Printf("sent %d, told: delivered %d, failed %d\n", sent, delivered, told)
}
