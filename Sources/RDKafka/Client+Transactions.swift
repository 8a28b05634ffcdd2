// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The transactional calls. All of them may block: they belong on a thread of their own.
extension Client {
    /// Why a transactional call failed, and what librdkafka says can be done about it.
    package struct TransactionFailure: Error, Sendable {
        package let code: ResponseCode
        package let reason: String
        /// The same call may be made again, and goes on where it was.
        package let isRetriable: Bool
        /// Only an abort can follow.
        package let requiresAbort: Bool
        /// The client can do nothing more.
        package let isFatal: Bool
    }

    /// The next offset that a group is to read of a partition.
    package struct GroupOffset: Sendable {
        package let topic: String
        package let partition: Int32
        package let offset: Int64
        package let metadata: String?

        package init(topic: String, partition: Int32, offset: Int64, metadata: String?) {
            (self.topic, self.partition, self.offset, self.metadata) = (topic, partition, offset, metadata)
        }
    }

    /// A consumer group as one of its members sees it.
    package struct Group: Sendable {
        package let id: String
        package let generation: Int32
        package let member: String
        package let instance: String?

        package init(id: String, generation: Int32, member: String, instance: String?) {
            (self.id, self.generation, self.member, self.instance) = (id, generation, member, instance)
        }
    }

    /// Gets the producer's id and epoch from the coordinator, which ends what an earlier producer has left open and fences
    /// that. Blocks for up to `timeout` ms.
    package func initTransactions(timeout: Int32) throws(TransactionFailure) {
        try unsafe check(rd_kafka_init_transactions(handle, timeout))
    }

    /// Begins a transaction; no broker is asked. Blocks for a round trip to librdkafka's main thread.
    package func beginTransaction() throws(TransactionFailure) {
        try unsafe check(rd_kafka_begin_transaction(handle))
    }

    /// Blocks for up to `timeout` ms; messages must be reported and their events served by another thread meanwhile.
    package func commitTransaction(timeout: Int32) throws(TransactionFailure) {
        try unsafe check(rd_kafka_commit_transaction(handle, timeout))
    }

    /// Drops what was not sent, waits for what is under way, and aborts. Blocks for up to `timeout` ms, as the commit.
    package func abortTransaction(timeout: Int32) throws(TransactionFailure) {
        try unsafe check(rd_kafka_abort_transaction(handle, timeout))
    }

    /// Makes offsets of a group part of the transaction. Blocks for up to `timeout` ms and, while a broker does not answer,
    /// for as long as its request may take.
    package func sendOffsets(
        _ offsets: [GroupOffset],
        of group: Group,
        timeout: Int32
    ) throws(TransactionFailure) {
        // Both are ours until they are destroyed; the call copies what it keeps.
        let list = unsafe rd_kafka_topic_partition_list_new(Int32(clamping: offsets.count))
        let metadata = unsafe rd_kafka_consumer_group_metadata_new_with_genid(
            group.id,
            group.generation,
            group.member,
            group.instance
        )
        defer {
            unsafe rd_kafka_topic_partition_list_destroy(list)
            unsafe rd_kafka_consumer_group_metadata_destroy(metadata)
        }
        for offset in offsets {
            guard let entry = unsafe rd_kafka_topic_partition_list_add(list, offset.topic, offset.partition) else {
                continue
            }
            unsafe entry.pointee.offset = offset.offset
            if let text = offset.metadata { unsafe setMetadata(text, of: entry) }
        }
        try unsafe check(rd_kafka_send_offsets_to_transaction(handle, list, metadata, timeout))
    }

    /// Takes ownership of `error`, which is freed here.
    @unsafe private func check(_ error: OpaquePointer?) throws(TransactionFailure) {
        guard let error = unsafe error else { return }
        defer { unsafe rd_kafka_error_destroy(error) }
        throw unsafe TransactionFailure(
            code: ResponseCode(rd_kafka_error_code(error)),
            reason: String(cString: rd_kafka_error_string(error)),
            isRetriable: rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: rd_kafka_error_txn_requires_abort(error) != 0,
            isFatal: rd_kafka_error_is_fatal(error) != 0
        )
    }
}

/// librdkafka frees it with the list, with `free`.
@unsafe private func setMetadata(_ text: String, of entry: UnsafeMutablePointer<rd_kafka_topic_partition_t>) {
    guard let copy = unsafe strdup(text) else { return }
    unsafe entry.pointee.metadata = UnsafeMutableRawPointer(copy)
    unsafe entry.pointee.metadata_size = text.utf8.count
}
