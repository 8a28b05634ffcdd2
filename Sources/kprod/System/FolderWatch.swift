// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation

/// Hears of files that come into being under some names, and of where they go from there, however soon.
///
/// Where the system does not tell (all but Linux) nothing is ever heard, and whoever asks has to look.
final class FolderWatch {
    /// A name of a file in a watched folder.
    private struct Entry: Hashable {
        let watch: Int32
        let name: String
    }

    /// A file that came into being under a name that matters.
    struct Birth {
        /// Which of the names.
        let index: Int
        /// Where it is now.
        fileprivate(set) var path: FilePath
    }

    private let descriptor = kprod_watch_open()
    private var folders: [Int32: FilePath] = [:]
    private var wanted: [Entry: Int] = [:]

    /// Whether it hears of every name, so that nobody has to look often.
    private(set) var hearsAll = true

    init(_ paths: [FilePath]) {
        for (index, path) in paths.enumerated() {
            let watch = path.folder.with { kprod_watch_add(descriptor) }
            if watch < 0 {
                hearsAll = false
                continue
            }
            folders[watch] = path.folder
            wanted[Entry(watch: watch, name: path.lastComponent)] = index
        }
        if descriptor < 0 { hearsAll = false }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Blocks until something has happened, or so many milliseconds have passed.
    func wait(milliseconds: Int32) { kprod_watch_wait(descriptor, milliseconds) }

    /// The files that came into being under the names, or left them, since the last call: in order, each with where it
    /// was moved since. What was opened already may be among them.
    func births() -> [Birth] {
        var births: [Birth] = []
        var moving: [UInt32: [Int]] = [:]
        while true {
            let event = kprod_watch_next(descriptor)
            if event.kind == KPROD_WATCH_NOTHING { return births }
            guard let folder = folders[event.watch] else { continue }
            let name = Self.name(event.name_length)
            let path = FilePath("\(folder.text)/\(name)")
            if event.kind == KPROD_WATCH_MOVED {
                // It may have come with the last call, and gone before it was opened.
                if let index = wanted[Entry(watch: event.watch, name: name)],
                    !births.contains(where: { $0.path == path })
                {
                    births.append(Birth(index: index, path: path))
                }
                moving[event.cookie] = births.indices.filter { births[$0].path == path }
            } else if event.kind == KPROD_WATCH_APPEARED {
                for index in moving.removeValue(forKey: event.cookie) ?? [] { births[index].path = path }
                if let index = wanted[Entry(watch: event.watch, name: name)] {
                    births.append(Birth(index: index, path: path))
                }
            }
        }
    }

    private static func name(_ length: Int32) -> String {
        ArgumentText.text(of: (0..<length).map { UInt8(truncatingIfNeeded: kprod_watch_name_byte($0)) })
    }
}
