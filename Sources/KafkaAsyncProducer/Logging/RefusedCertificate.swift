// SPDX-License-Identifier: Apache-2.0

/// A certificate of a broker's that was refused, from librdkafka's line about it. Pure.
struct RefusedCertificate {
    /// librdkafka's name of the broker, such as `ssl://localhost:9093/bootstrap`.
    let broker: String
    /// OpenSSL's number of the reason.
    private let number: Int
    /// 0 for the broker's own certificate, more for those of authorities.
    private let depth: Int
    /// As in `subject=/CN=broker, issuer=/CN=authority`.
    private let names: String

    /// Nil when the line is not one of `RDKafka.ClientProperties.explainRefusedCertificates`.
    init?(line: String) {
        let start = line.firstRange(of: "]: ")?.upperBound ?? line.startIndex
        guard let certificate = line[start...].firstRange(of: ": Certificate ("),
            let reason = line.ranges(of: ") verification callback failed: X509 error ").last,
            certificate.upperBound <= reason.lowerBound
        else { return nil }
        let numbers = line[reason.upperBound...].split(separator: " at depth ")
        guard numbers.count == 2, let number = Int(numbers[0]), let depth = Int(numbers[1]) else { return nil }
        self.broker = String(line[start..<certificate.lowerBound])
        self.number = number
        self.depth = depth
        self.names = String(line[certificate.upperBound..<reason.lowerBound])
    }

    var failure: SecurityFailure {
        switch number {
        case 2, 18, 19, 20, 21: .untrustedCertificate
        case 9: .certificateNotYetValid
        case 10: .certificateExpired
        case 23: .certificateRevoked
        case 62, 64: .wrongHost
        default: .certificateRefused
        }
    }

    /// The reason and the next step.
    var text: String {
        let whose = depth == 0 ? "its certificate" : "the certificate of an authority of its"
        let reason =
            switch failure {
            case .untrustedCertificate:
                "\(whose) is signed by no trusted authority: name the authority's certificate in security.tls.authorities "
                    + "(ssl.ca.location)"
            case .certificateExpired: "\(whose) has expired: renew it, or correct the clock of this machine"
            case .certificateNotYetValid:
                "\(whose) is not yet valid: correct the clock of this machine or of its maker's"
            case .certificateRevoked: "\(whose) is revoked: renew it"
            case .wrongHost:
                "\(whose) is for another host: connect by a name it holds, or add this one to it (subjectAltName)"
            default: "\(whose) is refused by OpenSSL: see X509_verify_cert_error_string(3) for the number"
            }
        return "\(reason); X509 error \(number), \(names)"
    }
}
