// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import kprod

@Suite struct SecretReferenceTests {
    @Test func wordsAreRead() throws {
        #expect(try SecretReference("hunter2") == .literal("hunter2"))
        #expect(try SecretReference("@@x") == .literal("@x"))
        #expect(try SecretReference("@/etc/pw") == .file("/etc/pw"))
        #expect(try SecretReference("env:PW") == .variable("PW"))
        #expect(try SecretReference("fd:3") == .descriptor(3))
        #expect(try SecretReference("prompt:") == .prompt)
        #expect(try SecretReference("") == .literal(""))
    }

    @Test(arguments: ["@", "@-", "fd:", "fd:x", "fd:0", "fd:2", "fd:-1", "fd:99999999999"])
    func whatNamesNothingIsRefused(text: String) {
        #expect(throws: OptionValue.Invalid.self) { try SecretReference(text) }
    }

    @Test func aFileEndsBeforeItsLastNewline() async throws {
        let files = try TemporaryFiles(["one": "s3cret\n", "two": "a\n\n", "none": "x", "empty": ""])
        for (name, value) in [("one", "s3cret"), ("two", "a\n"), ("none", "x"), ("empty", "")] {
            #expect(try await SecretReference("@\(files.path(name))").value([:]) == value)
        }
        await #expect(throws: OptionValue.Invalid.self) { try await SecretReference("@/nowhere/at/all").value([:]) }
        await #expect(throws: OptionValue.Invalid.self) { try await SecretReference("@/").value([:]) }
    }

    @Test func aDescriptorIsReadToItsEnd() async throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("from a pipe\n".utf8))
        try pipe.fileHandleForWriting.close()
        let number = pipe.fileHandleForReading.fileDescriptor
        #expect(try await SecretReference("fd:\(number)").value([:]) == "from a pipe")
    }

    @Test func aVariableMustBeSet() async throws {
        #expect(try await SecretReference("env:PW").value(["PW": ""]) == "")
        await #expect(throws: OptionValue.Invalid.self) { try await SecretReference("env:PW").value([:]) }
    }

    @Test func onlySecretsAreReferencesAndOnlySomeAreConfidential() {
        for name in [
            "sasl.password", "ssl.key.password", "ssl.key.pem", "sasl.jaas.config", "sasl.oauthbearer.client.secret",
        ] {
            #expect(SecretReference.applies(to: name) && SecretReference.isConfidential(name))
        }
        #expect(SecretReference.applies(to: "sasl.username") && !SecretReference.isConfidential("sasl.username"))
        #expect(!SecretReference.isConfidential("ssl.ca.pem") && !SecretReference.isConfidential("ssl.certificate.pem"))
        for name in ["linger.ms", "ssl.keystore.location", "client.id"] { #expect(!SecretReference.applies(to: name)) }
    }
}
