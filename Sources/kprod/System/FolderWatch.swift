// SPDX-License-Identifier: Apache-2.0

import CKprod
import Foundation

/// Hears of files that come into being under some names, and of where they go from there, however soon.
///
/// Where the system does not tell (all but Linux) nothing is ever heard, and whoever asks has to look.
final class FolderWatch {
    /// A name of a file in a watched folder, byte for byte.
    private struct Entry: Hashable {
        let watch: Int32
        let name: [UInt8]
    }

    /// A file that came into being under a name that matters.
    struct Birth {
        /// Which of the names.
        let index: Int
        /// Where it is now.
        fileprivate(set) var path: FilePath
    }

    private let descriptor = kprod_watch_open()
    /// The folders, the watch of each, and the last parts of the names in it that matter.
    private var folders: [(path: FilePath, watch: Int32, names: [(index: Int, name: [UInt8])])] = []
    private var paths: [Int32: FilePath] = [:]
    private var wanted: [Entry: [Int]] = [:]
    /// Those of the last call: they may have been moved on before anybody could open them.
    private var recent: [Birth] = []
    private var hasOverflown = false

    init(_ paths: [FilePath]) {
        for (folder, members) in Dictionary(grouping: paths.enumerated(), by: { $0.element.folder }) {
            folders.append((folder, -1, members.map { ($0.offset, ArgumentText.bytes(of: $0.element.lastComponent)) }))
        }
        watchFolders()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Whether it hears of every name, so that nobody has to look often.
    var hearsAll: Bool { descriptor >= 0 && folders.allSatisfy { $0.watch >= 0 } }

    /// Whether so much happened since the last call that files may have been missed.
    var missedSome: Bool { exchange(&hasOverflown, with: false) }

    /// Watches what has the names of the folders now, as they can be moved and made anew, too.
    func watchFolders() {
        for index in folders.indices {
            let watch = folders[index].path.with { kprod_watch_add(descriptor) }
            let known = folders[index].watch
            if watch == known { continue }
            if known >= 0 {
                kprod_watch_remove(descriptor, known)
                paths[known] = nil
                wanted = wanted.filter { $0.key.watch != known }
            }
            folders[index].watch = watch
            if watch < 0 { continue }
            paths[watch] = folders[index].path
            for (number, name) in folders[index].names {
                wanted[Entry(watch: watch, name: name), default: []].append(number)
            }
        }
    }

    /// Blocks until something has happened, or so many milliseconds have passed.
    func wait(milliseconds: Int32) { kprod_watch_wait(descriptor, milliseconds) }

    /// The files that came into being under the names, or left them, since the last call: in order, each with where it
    /// was moved since. What was opened already may be among them, and so is what was told of the last time and is
    /// somewhere else by now.
    func births() -> [Birth] {
        var births = recent
        var moved: Set<Int> = []
        var moving: [UInt32: [Int]] = [:]
        var isPatient = true
        while true {
            let event = kprod_watch_next(descriptor)
            switch event.kind {
            case KPROD_WATCH_NOTHING where isPatient && !moving.isEmpty:
                // Where it went comes in a moment, unless it is another folder.
                isPatient = false
                wait(milliseconds: 1)
            case KPROD_WATCH_NOTHING:
                let news = births.indices.filter { $0 >= recent.count || moved.contains($0) }.map { births[$0] }
                recent = news
                return news
            case KPROD_WATCH_OVERFLOWN: hasOverflown = true
            case KPROD_WATCH_LEFT: leave(event.watch)
            default: break
            }
            guard let folder = paths[event.watch] else { continue }
            let name = Self.name(event.name_length)
            let path = FilePath("\(folder.text)/\(ArgumentText.text(of: name))")
            let numbers = wanted[Entry(watch: event.watch, name: name)] ?? []
            if event.kind == KPROD_WATCH_MOVED {
                // It may have come long ago.
                if !births.contains(where: { $0.path == path }) {
                    births += numbers.map { Birth(index: $0, path: path) }
                }
                moving[event.cookie] = births.indices.filter { births[$0].path == path }
            } else if event.kind == KPROD_WATCH_APPEARED {
                for index in moving.removeValue(forKey: event.cookie) ?? [] {
                    births[index].path = path
                    moved.insert(index)
                }
                births += numbers.map { Birth(index: $0, path: path) }
            }
        }
    }

    /// What is heard of a folder from now on is not heard of its name.
    private func leave(_ watch: Int32) {
        for index in folders.indices where folders[index].watch == watch { folders[index].watch = -1 }
        if paths.removeValue(forKey: watch) != nil { kprod_watch_remove(descriptor, watch) }
        wanted = wanted.filter { $0.key.watch != watch }
    }

    private static func name(_ length: Int32) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: kprod_watch_name_byte($0)) }
    }
}
