// SPDX-License-Identifier: Apache-2.0

import CRequestService
import Foundation

/// Sends requests to a socket, one after the other, and prints the replies; without requests, whatever comes (health).
func ask(_ socket: String, _ requests: [String]) async throws {
    let descriptor = unix_connect(socket)
    guard descriptor >= 0 else {
        throw Listener.Failure(description: "\(socket): \(String(cString: strerror(errno)))")
    }
    let connection = Connection(descriptor)
    for request in requests {
        guard await connection.reply(request), let reply = await connection.nextLine() else {
            throw Listener.Failure(description: "\(socket): the service has gone")
        }
        print(reply)
    }
    if requests.isEmpty {
        while let line = await connection.nextLine() { print(line) }
    }
}
