// SPDX-License-Identifier: Apache-2.0

/// The command: everything but the end of the process happens in ``CommandLineTool``, which tests call as well.
@main
struct Kprod {
    static func main() async {
        ProcessStart.prepareDescriptors()
        Signals.ignoreFailedWrites()
        let arguments = ProcessStart.arguments
        let name = arguments.first?.split(separator: "/").last.map { String($0) } ?? "kprod"
        let ending = await CommandLineTool.run(Array(arguments.dropFirst()), as: name)
        ending.endProcess()
    }
}
