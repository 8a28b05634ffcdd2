// SPDX-License-Identifier: Apache-2.0

import KafkaAsyncProducer

extension SecurityFailure {
    /// How a run ends that began with it; nil for what may pass by waiting, as while a broker starts.
    var exitStatus: ExitStatus? {
        switch self {
        case .untrustedCertificate, .certificateExpired, .certificateNotYetValid, .wrongHost, .certificateRevoked,
            .certificateRefused, .unreadablePEM, .wrongKeyPassword, .keyMismatch, .noCommonCipher:
            .configuration
        case .clientCertificateRequired, .clientCertificateRefused, .authenticationFailed, .mechanismNotEnabled:
            .refused
        case .brokerRequiresTLS, .brokerSpeaksPlaintext, .brokerRequiresSASL, .tokenUnavailable: nil
        }
    }

    /// Whether it looks as if `security.protocol` were not the listener's.
    var isMismatch: Bool { [.brokerRequiresTLS, .brokerSpeaksPlaintext, .brokerRequiresSASL].contains(self) }
}
