// SPDX-License-Identifier: Apache-2.0

/// Why a connection could not be made secure, or a broker did not let the client in.
///
/// librdkafka says the same for every refused certificate; this is OpenSSL's own verdict. New cases may appear: always
/// keep a default branch.
public enum SecurityFailure: Sendable, Hashable, CaseIterable {
    // MARK: The broker's certificate

    /// No trusted authority signed it.
    case untrustedCertificate
    /// Its time is over.
    case certificateExpired
    /// Its time has not come.
    case certificateNotYetValid
    /// It is for other host names than the one that was asked for.
    case wrongHost
    /// Its authority has revoked it.
    case certificateRevoked
    /// Refused for another reason, such as a weak key; the message holds OpenSSL's number of it.
    case certificateRefused

    // MARK: Encryption

    /// The client speaks plaintext, and the broker seems to want TLS.
    case brokerRequiresTLS
    /// The client speaks TLS, and the broker does not answer in it.
    case brokerSpeaksPlaintext
    /// The client and the broker have no version or cipher of TLS in common.
    case noCommonCipher

    // MARK: The client's certificate

    /// The broker wants one, and the client has none.
    case clientCertificateRequired
    /// The broker refused it.
    case clientCertificateRefused
    /// A certificate or key is not PEM, or is broken.
    case unreadablePEM
    /// The key or key store is encrypted, and the password is wrong or missing.
    case wrongKeyPassword
    /// Certificate and key do not belong together.
    case keyMismatch

    // MARK: SASL

    /// The broker refused name and password, or the token.
    case authenticationFailed
    /// The listener of the broker does not offer the mechanism.
    case mechanismNotEnabled
    /// The listener of the broker seems to want SASL, and the client has none.
    case brokerRequiresSASL
    /// There was no token to show.
    case tokenUnavailable
}
