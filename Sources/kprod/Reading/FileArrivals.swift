// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Synchronization

/// Opens the files that come into being under some names, at once and on a queue of its own: none that is moved on or
/// deleted while whoever reads them is held up is lost.
final class FileArrivals: Sendable {
    /// A file that came into being under one of the names.
    struct Arrival: Sendable {
        /// Which of the names.
        let index: Int
        let file: GrowingFile
    }

    private struct State {
        var arrivals: [Arrival] = []
        var isOver = false
        var hearsAll = false
    }

    /// Files that wait to be read are open.
    private static let descriptors: Int32 = 1 << 16
    /// How often it looks whether the folders are still the same.
    private static let interval: Int32 = 50

    private let paths: [FilePath]
    private let notify: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "kprod.arrivals")
    /// Raised whenever there is something new to do.
    private let news = DispatchSemaphore(value: 0)

    /// Calls `notify` with what people should know: that files were missed.
    init(_ paths: [FilePath], notify: @escaping @Sendable (String) -> Void) {
        self.paths = paths
        self.notify = notify
    }

    /// Returns when everything from now on is heard of; blocks: not for a task.
    func start() {
        _ = ProcessStart.allowDescriptors(Self.descriptors)
        queue.async { [self] in run() }
        news.wait()
    }

    func stop() { state.withLock { $0.isOver = true } }

    /// What has arrived since the last call.
    func take() -> [Arrival] { state.withLock { exchange(&$0.arrivals, with: []) } }

    /// Blocks until there is something new, or it is time to look at what is known: soon where nobody tells.
    func wait() {
        let time = state.withLock { $0.hearsAll } ? 50 : 10
        _ = news.wait(timeout: .now() + .milliseconds(time))
    }

    private func run() {
        let watch = FolderWatch(paths)
        // Those of the last two rounds, by which one that was moved meanwhile is recognised; they stay open for that.
        var (recent, earlier): ([GrowingFile], [GrowingFile]) = ([], [])
        var isFirst = true
        while true {
            var arrivals: [Arrival] = []
            for birth in watch.births() {
                do {
                    let file = try GrowingFile(birth.path)
                    if (recent + earlier + arrivals.map(\.file)).contains(where: { $0.identity == file.identity }) {
                        continue
                    }
                    arrivals.append(Arrival(index: birth.index, file: file))
                } catch POSIXError.ENOENT {
                    // Where it was moved to comes with the next round, or it is deleted.
                } catch {
                    notify("\(birth.path.name): cannot be opened, and is missed: \(reason(of: error))")
                }
            }
            if watch.missedSome {
                notify("so many files came and went that some may be missed: look for them in the folder")
            }
            (recent, earlier) = (arrivals.map(\.file), recent)
            let isOver = state.withLock { state in
                state.arrivals += arrivals
                state.hearsAll = watch.hearsAll
                return state.isOver
            }
            if isFirst || !arrivals.isEmpty { news.signal() }
            if isOver { return }
            isFirst = false
            watch.wait(milliseconds: Self.interval)
            watch.watchFolders()
        }
    }
}
