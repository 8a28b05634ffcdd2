// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

private func stop(_ producer: AsyncProducer, spool: (ProducerMessage) -> Void) async {
    // snippet.collect
    do throws(CloseError) {
        let report = try await producer.close(deadline: .seconds(20))
        print("delivered \(report.statistics.succeeded) of \(report.statistics.accepted)")
    } catch .undelivered(let failures) {
        // All that nobody read from `errors`, whole: send them again, or write them down.
        for failure in failures where failure.persistence != .persisted {
            spool(failure.message)
        }
    } catch .deadlineExceeded(let unreported, let failures) {
        // A second after the deadline: what is unreported may be in the log or not.
        print("\(unreported) messages are unknown")
        for failure in failures where failure.persistence != .persisted {
            spool(failure.message)
        }
    } catch {
        print(error)
    }
    // snippet.end
}

private func budget(_ configuration: inout AsyncProducer.Configuration) {
    // snippet.budget
    // Docker's 10 s: 1 s to stop the input, 6 to deliver, 1 for the account, 2 to spare.
    configuration.shutdown.deadline = .seconds(6)
    // snippet.end
}
