// SPDX-License-Identifier: Apache-2.0

/// What a change of state asks for, done after the lock is released: nothing is resumed, freed or called under it.
struct Effects: ~Copyable, Sendable {
    private var actions: [@Sendable () -> Void] = []
    private var garbage: [any Sendable] = []

    /// Whether the driver has something to do before it would wake by itself.
    var wakesDriver = false

    init() {}

    /// Runs `action` after the lock is released.
    mutating func then(_ action: @escaping @Sendable () -> Void) { actions.append(action) }

    /// Keeps `object` until the lock is released: freeing a batch of reports takes its time, and what a sender
    /// attached to a message may call the producer when it goes.
    mutating func release(_ object: some Sendable) { garbage.append(object) }

    consuming func run() {
        for action in actions { action() }
    }
}
