// SPDX-License-Identifier: Apache-2.0

internal import CLibrdkafka

extension ClientProperties {
    /// Makes librdkafka say why OpenSSL refused a certificate: its own error is the same for every reason.
    ///
    /// The reason comes as a log line of the facility `SSLCERTVRFY`, just before the error of the connection, with the
    /// names of the certificate in it. OpenSSL's verdict stands: the callback only passes it on.
    package mutating func explainRefusedCertificates() {
        _ = unsafe rd_kafka_conf_set_ssl_cert_verify_cb(handle) { _, _, _, error, depth, _, _, reason, size, _ in
            // librdkafka gives both for the time of the call.
            guard let error = unsafe error, unsafe error.pointee != 0 else { return 1 }
            if let reason = unsafe reason, size > 0 {
                let text = unsafe "X509 error \(error.pointee) at depth \(depth)".utf8.prefix(size - 1)
                var end = unsafe reason
                for byte in text {
                    unsafe end.pointee = CChar(bitPattern: byte)
                    unsafe end += 1
                }
                unsafe end.pointee = 0
            }
            return 0
        }
    }
}
