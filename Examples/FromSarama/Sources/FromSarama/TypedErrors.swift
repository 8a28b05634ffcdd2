// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

/// A trap: the type of an error gets lost in a closure.
enum TypedErrors {
    /// What the compiler knows of an error: it chooses between the two by that, and not by what is thrown.
    private static func type(of error: KafkaError) -> String { "KafkaError" }
    private static func type(of error: any Error) -> String { "any Error" }

    /// `send` throws a `KafkaError`, and yet the `catch` gets any error: the closure has no type of error of its own.
    static func lost(_ messages: [ProducerMessage], _ producer: AsyncProducer) -> String {
        do {
            _ = try messages.map { message in
                let result = try producer.input.trySend(message)
                return result == .accepted
            }
            return "accepted"
        } catch {
            // `error.code` does not compile here.
            return type(of: error)
        }
    }

    /// Say it in the closure. A `for` loop has no closure, and needs nothing.
    static func kept(_ messages: [ProducerMessage], _ producer: AsyncProducer) -> String {
        do throws(KafkaError) {
            _ = try messages.map { message throws(KafkaError) in
                let result = try producer.input.trySend(message)
                return result == .accepted
            }
            return "accepted"
        } catch {
            return "\(type(of: error)) \(error.code)"
        }
    }

    /// A task group has one type of error, any: a child that returns its error instead keeps the type, and fails alone.
    static func deliverAll(_ messages: [ProducerMessage], _ producer: AsyncProducer) async -> [KafkaError.Code] {
        await withTaskGroup(of: Result<Delivery, ProducerError>.self) { group in
            for message in messages {
                group.addTask {
                    do throws(ProducerError) {
                        return .success(try await producer.deliver(message))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            var codes: [KafkaError.Code] = []
            for await case .failure(let failure) in group { codes.append(failure.error.code) }
            return codes
        }
    }
}
