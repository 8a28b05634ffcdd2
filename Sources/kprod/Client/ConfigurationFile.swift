// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import KafkaAsyncProducer

/// The property file of a run: at most one, the first that is named.
struct ConfigurationFile: Equatable, Sendable {
    let path: String
    /// Who named it, for messages.
    let origin: String

    /// What keeps every file from being read, as in kcat.
    private static let noFile = ["-", "none"]

    /// Whether it is one of kcat's, in which a backslash is a backslash.
    let isKcats: Bool

    /// That of the command line, or of the environment, or the one in its usual place; nil for none.
    ///
    /// With `namesKcats` the one of the command line is kcat's.
    init?(
        named: String?,
        namesKcats: Bool = false,
        environment: [String: String],
        exists: (String) -> Bool = Self.exists
    ) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let candidates =
            [(named, "-F/--config", namesKcats)]
            + ["KPROD_CONFIG", "KCAT_CONFIG", "KAFKACAT_CONFIG"].map {
                (variable($0), "$\($0)", $0 != "KPROD_CONFIG")
            }
        for case (let path?, let origin, let isKcats) in candidates {
            if Self.noFile.contains(path) { return nil }
            (self.path, self.origin, self.isKcats) = (path, origin, isKcats)
            return
        }
        guard let found = Self.usualPlaces(environment).first(where: exists) else { return nil }
        (path, origin, isKcats) = (found, "its place", !found.hasSuffix("/kprod.conf"))
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    private static func usualPlaces(_ environment: [String: String]) -> [String] {
        let home = environment["HOME"].map { "\($0)/.config" }
        // A relative path in it is invalid by the XDG base directory specification.
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        return [folder.map { "\($0)/kprod/kprod.conf" }]
            .compactMap { $0 } + ["kcat.conf", "kafkacat.conf"].compactMap { name in home.map { "\($0)/\(name)" } }
    }

    /// Its properties; with a profile, those of that section on top.
    func read(profile: String?) async throws(ToolError) -> AsyncProducer.Configuration.Properties {
        do throws(KafkaError) {
            if isKcats, profile == nil, let text = await text() {
                // An escape is two of them, and the parser takes one away.
                let literal = text.replacing("\\", with: "\\\\")
                return try AsyncProducer.Configuration.Properties(parsing: literal, source: printable(path))
            }
            return try await AsyncProducer.Configuration.Properties(file: path, profile: profile)
        } catch {
            throw ToolError(.configuration, "\(error.message); check \(origin == "its place" ? "the file" : origin)")
        }
    }

    /// What a file holds that is no pipe; nil leaves it to the library to say what is wrong.
    private func text() async -> String? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { [path] in
                let path = FilePath(path)
                guard let status = try? path.status(), status.isRegular, status.size <= 1 << 20,
                    let data = try? path.openForReading().readToEnd()
                else { return continuation.resume(returning: nil) }
                continuation.resume(returning: String(validating: data, as: UTF8.self))
            }
        }
    }

    /// Whether users other than its owner and group may read it.
    var isReadableByAll: Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            attributes[.type] as? FileAttributeType == .typeRegular
        else { return false }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        return mode & 0o004 != 0
    }
}
