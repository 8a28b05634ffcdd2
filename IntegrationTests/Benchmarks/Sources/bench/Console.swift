// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The standard input of `kafka-cluster`, which the script leaves open for the driver.
struct Console {
    private let file = FileHandle(fileDescriptor: 3, closeOnDealloc: false)

    /// Makes the first broker fall silent for a while, once a client has said that it measures.
    func silence(_ silence: Silence, after client: FileHandle) throws {
        // Nothing else is printed before the end.
        guard !client.availableData.isEmpty else { return }
        Thread.sleep(forTimeInterval: Double(Silence.startSeconds))
        try file.write(contentsOf: Data("freeze 1\n".utf8))
        Thread.sleep(forTimeInterval: Double(silence.seconds))
        try file.write(contentsOf: Data("thaw 1\n".utf8))
    }
}
