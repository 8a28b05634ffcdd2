// SPDX-License-Identifier: Apache-2.0

import Foundation
import KafkaAsyncProducer

/// The property file of a run: at most one, the first that is named.
struct ConfigurationFile: Equatable, Sendable {
    let path: String
    /// Who named it, for messages.
    let origin: String

    /// What keeps every file from being read, as in kcat.
    private static let noFile = ["-", "none"]

    /// That of the command line, or of the environment, or the one in its usual place; nil for none.
    init?(named: String?, environment: [String: String], exists: (String) -> Bool = Self.exists) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let candidates =
            [(named, "-F/--config")]
            + ["KPROD_CONFIG", "KCAT_CONFIG", "KAFKACAT_CONFIG"].map {
                (variable($0), "$\($0)")
            }
        for case (let path?, let origin) in candidates {
            if Self.noFile.contains(path) { return nil }
            (self.path, self.origin) = (path, origin)
            return
        }
        guard let found = Self.usualPlaces(environment).first(where: exists) else { return nil }
        (path, origin) = (found, "its place")
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
            return try await AsyncProducer.Configuration.Properties(file: path, profile: profile)
        } catch {
            throw ToolError(.configuration, "\(error.message); check \(origin == "its place" ? "the file" : origin)")
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
