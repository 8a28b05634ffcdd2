// SPDX-License-Identifier: Apache-2.0

/// Why a broker could not be had, or did not do what a test needs: names the thing and the next step.
package struct LaunchError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
