// SPDX-License-Identifier: Apache-2.0

/// The task that runs now.
package enum CurrentTask {
    /// A number that tells tasks apart while they live; nil outside of a task.
    package static var id: Int? {
        // Only a number leaves the closure, never the reference that is valid inside it.
        unsafe withUnsafeCurrentTask { unsafe $0?.hashValue }
    }
}
