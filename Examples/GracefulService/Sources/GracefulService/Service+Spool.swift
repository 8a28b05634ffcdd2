// SPDX-License-Identifier: Apache-2.0

extension Service {
    /// Takes to the spool what is marked for it, many at a time, and clears the spool of what was replayed.
    func spoolNowAndThen(loaded: Int) async {
        var isCleared = loaded == 0
        while !Task.isCancelled {
            let items = ledger.withLock { ledger in ledger.forSpool.compactMap { ledger.open[$0] } }
            // A disk that is full may have room later: until then they stay open.
            if !items.isEmpty, await write(items) { await settle(items, .spooled) }
            if !isCleared, ledger.withLock({ !$0.isReplaying }) { isCleared = await clear(loaded) }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    /// After the last producer has closed: whatever is open is in no topic, or nobody knows.
    func spoolTheRest(loaded: Int) async -> Bool {
        let rest = ledger.withLock { Array($0.open.values) }.sorted { abs($0.id) < abs($1.id) }
        let new = rest.filter { !$0.isReplayed }
        let isSafe = await write(new)
        await settle(new, isSafe ? .spooled : .lost)
        // Those that were replayed and are open again are in the file already, and stay there.
        let old = rest.filter(\.isReplayed)
        return await clear(loaded, except: old) && isSafe
    }

    private func write(_ items: [Item]) async -> Bool {
        do {
            try await spool.append(items.map(\.record))
            return true
        } catch {
            log("the spool cannot be written: \(error)")
            return false
        }
    }

    private func clear(_ loaded: Int, except items: [Item] = []) async -> Bool {
        do {
            if loaded > 0 { try await spool.replace(first: loaded, with: items.map(\.record)) }
            return true
        } catch {
            log("the spool cannot be cleared, and is sent again at the next start: \(error)")
            return false
        }
    }
}

extension Item {
    fileprivate var record: Spool.Record { Spool.Record(text: text, mayBeInLog: mayBeInLog) }
}
