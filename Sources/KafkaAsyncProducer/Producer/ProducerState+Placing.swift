// SPDX-License-Identifier: Apache-2.0

internal import RDKafka

/// Where the bytes of a message go.
extension ProducerState {
    /// Writes a message into a chunk, and makes room for it there first if needed.
    ///
    /// - Parameters:
    ///   - accepted: When it was accepted, if not now.
    ///   - mark: The ledger's mark that goes with it.
    mutating func place(
        _ topic: Int,
        _ queue: Int,
        _ partition: Int32?,
        _ key: Span<UInt8>?,
        _ value: Span<UInt8>?,
        _ note: RecordNote,
        _ companions: Companions,
        _ accepted: Int64?,
        _ mark: UInt8,
        _ mayOverdraw: Bool
    ) -> (isPlaced: Bool, hasWork: Bool) {
        var (queue, hasWork) = (queue, false)
        // Free to go anywhere, it leaves for another partition when the batch here is full.
        var mayMove = partition == nil && !queues[queue].isParked && isFree(key, topic, queue, companions.choice)
        let size = (key?.count ?? 0) + (value?.count ?? 0) + companions.headerSize.block
        while true {
            if let open = queues[queue].open {
                // What waited for its partition may have waited for long: a chunk's times have an end, and go one way.
                let chunkTimes = open.opened...open.opened + Self.longestOpening
                if queues[queue].mark != mark || accepted.map({ !chunkTimes.contains($0) }) == true {
                    queues[queue].close()
                    hasWork = noteWork(for: queue) || hasWork
                    continue
                }
                if let accepted { queues[queue].writer.setTime(accepted) }
                if queues[queue].append(key, value, partition, note, companions) {
                    budget.take(bytes: companions.headerSize.overhead)
                    return (true, hasWork)
                }
            }
            let made = makeRoom(
                size,
                companions.requestSize - companions.headerSize.block,
                in: &queue,
                of: topic,
                &mayMove,
                (accepted, mark),
                mayOverdraw
            )
            hasWork = hasWork || made.hasWork
            guard made.isRoom else { return (false, hasWork) }
        }
    }

    /// Lets the open chunk grow, or closes it and opens another.
    private mutating func makeRoom(
        _ size: Int,
        _ headerSize: Int,
        in queue: inout Int,
        of topic: Int,
        _ mayMove: inout Bool,
        _ origin: (accepted: Int64?, mark: UInt8),
        _ mayOverdraw: Bool
    ) -> (isRoom: Bool, hasWork: Bool) {
        var hasWork = false
        let room = mayOverdraw ? Int.max / 2 : budget.chunkRoom
        let need = size + ChunkWriter.recordSize
        let isPatient = dispatch.inside > 0
        if let open = queues[queue].open {
            let used = queues[queue].writer.used + need
            if queues[queue].writer.fitsRequest(size + headerSize), used <= ChunkSize.largest {
                if let larger = ChunkSize.growing(open.capacity, for: used, room: room) {
                    budget.take(bytes: larger - open.capacity)
                    queues[queue].grow(to: larger)
                    return (true, false)
                }
                // What comes back makes room for it. Where nothing does, the rest of the budget is there for smaller chunks.
                if isPatient { return (false, false) }
            }
            queues[queue].close()
            hasWork = noteWork(for: queue)
        }
        if mayMove {
            mayMove = false
            queue = leastLoaded(of: topic)
            // Messages with a key may have opened one there: it is filled first.
            if queues[queue].open != nil { return (true, hasWork) }
        }
        // A small budget is not used up by the first chunk.
        let preferred = min(queues[queue].capacity, max(64, budget.maximumBytes / 32))
        let capacity = ChunkSize.opening(for: need, preferred: preferred, room: room, isPatient: isPatient)
        guard let capacity else { return (false, hasWork) }
        budget.take(bytes: capacity)
        let chunk = OpenChunk(capacity: capacity, pool: pool, opened: origin.accepted ?? MonotonicClock.now)
        let jumbo = size + headerSize + ChunkWriter.requestOverhead
        queues[queue].begin(
            chunk,
            mark: origin.mark,
            requestSize: max(settings.requestSize, jumbo),
            maximumCount: settings.batchCount
        )
        activate(queue)
        if noteDue(at: chunk.opened + settings.linger) { hasWork = true }
        return (true, hasWork)
    }

    /// A partition other than the last, unless there is no other: in turn, the least busy first.
    private mutating func leastLoaded(of topic: Int) -> Int {
        let ids = topics[topic].queues
        let current = ids.firstIndex(of: topics[topic].sticky) ?? 0
        var best = ids[current]
        var bestLoad = Int.max
        for step in 1...ids.count {
            let id = ids[(current + step) % ids.count]
            let load = queues[id].load + (queues[id].isQuarantined ? 1_000 : 0)
            if load < bestLoad { (best, bestLoad) = (id, load) }
            if load == 0 { break }
        }
        topics[topic].sticky = best
        return best
    }

    mutating func activate(_ queue: Int) {
        guard !queues[queue].isActive else { return }
        queues[queue].isActive = true
        active.append(queue)
    }
}
