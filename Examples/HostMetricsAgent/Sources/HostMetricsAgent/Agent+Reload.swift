// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension Agent {
    /// New settings, with a producer that has proved itself.
    struct Replacement: Sendable {
        let settings: Settings
        let producer: AsyncProducer

        /// - Throws: What is wrong with the file, or why no broker answers. Nothing has changed then.
        init(_ options: Options, patience: Duration) async throws {
            settings = try await Settings(file: options.settings, brokers: options.brokers)
            producer = try await AsyncProducer(settings.producer)
            do {
                let metadata = try await producer.metadata(for: Topic(settings.topic), timeout: patience)
                if let error = metadata.topics.first?.error, !error.isRetriable { throw error }
            } catch {
                _ = try? await producer.close(deadline: .zero)
                throw error
            }
        }
    }

    func reload() {
        // One at a time; whoever changed the file meanwhile asks again.
        guard !isReloading else { return log("still reading the settings: ask again") }
        isReloading = true
        Task {
            do {
                handle(.reloaded(.success(try await Replacement(options, patience: patience))))
            } catch {
                handle(.reloaded(.failure(error)))
            }
        }
    }

    /// Swaps the producer. Posts under way end with the old one; if they fail there, the queue sends them with the new one.
    func take(_ result: Result<Replacement, any Error>) {
        isReloading = false
        switch result {
        case .failure(let error):
            refusedReloads += 1
            log("the settings stay as they were: \(error)")
        case .success(let replacement):
            let old = producer
            closing.append(Task { _ = try? await old.close() })
            (settings, producer) = (replacement.settings, replacement.producer)
            startTimers()
            log("the settings are new: a new producer sends to \(settings.topic)")
        }
    }

    func closeAll(deadline: Duration) async {
        _ = try? await producer.close(deadline: deadline)
        // An old one may still have posts under way: cancelled, it drops them.
        for task in closing {
            task.cancel()
            await task.value
        }
    }
}
