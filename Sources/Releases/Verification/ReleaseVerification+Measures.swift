// ReleaseVerification+Measures.swift: sensitivity, scale, loss and half-widths, derived again.
// Reference: `docs/privacy-model.md`, section "The guarantee".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseVerification {
  /// The scales that a sampler takes; outside them a half-width could take for ever.
  static let scales = Rational(1, 1000)...Rational(BigInteger(1) << 40)
  /// The smallest error probability that a half-width is derived for.
  static let smallestAlpha = Rational(1, BigInteger(10).power(1000))

  /// Derives the noise and the cost of every measure, and the cost of the whole.
  static func measures(of body: ReleaseBody) -> [Finding] {
    var findings: [Finding] = []
    let histogram = body.statistics?.quantiles?.epsilon
    if body.measures.isEmpty, histogram == nil {
      findings.append(
        Finding(what: "measures", claimed: "none", derived: "at least one")
      )
    }
    var total = (body.selection?.loss.epsilon ?? .zero) + (histogram ?? .zero)
    for (index, measure) in body.measures.enumerated() {
      total += measure.epsilon
      findings += noise(
        of: measure,
        at: "measures[\(index)] (\(measure.measure.rawValue))",
        in: body
      )
    }
    if total != body.privacy.loss.epsilon {
      findings.append(
        Finding(
          what: "privacy.epsilon",
          claimed: "\(body.privacy.loss.epsilon)",
          derived: "\(total), the sum of what the measures"
            + (body.selection == nil ? " cost" : " and the selection of cells cost")
        )
      )
    }
    let delta = body.selection?.loss.delta ?? .zero
    if body.privacy.loss.delta != delta {
      findings.append(
        Finding(
          what: "privacy.delta",
          claimed: "\(body.privacy.loss.delta)",
          derived: body.selection == nil
            ? "0, because cells that are listed in public use no delta"
            : "\(delta), what the selection of cells uses"
        )
      )
    }
    return findings
  }

  private static func noise(
    of measure: ReleasedMeasure,
    at place: String,
    in body: ReleaseBody
  ) -> [Finding] {
    guard body.hierarchy == nil else {
      return halfWidths(of: measure, at: place, cells: body.cells.count, draws: 1)
    }
    var findings: [Finding] = []
    // Of running counts every level of the tree is noised.
    let levels = BigInteger(body.continual?.tree.levels ?? 1)
    let sensitivity = body.bounds.sensitivity(of: measure.measure) * levels
    if measure.sensitivity != sensitivity {
      findings.append(
        Finding(
          what: place + ".sensitivity",
          claimed: "\(measure.sensitivity)",
          derived: "\(sensitivity), which follows from the bounds"
            + (body.continual == nil ? "" : " and the levels of the tree")
        )
      )
    }
    let scale = Rational(sensitivity) / measure.epsilon
    if measure.scale != scale {
      findings.append(
        Finding(
          what: place + ".scale",
          claimed: "\(measure.scale)",
          derived: "\(scale), the sensitivity divided by epsilon"
        )
      )
    }
    let draws = body.continual.map { $0.tree.draws(at: $0.t) } ?? 1
    return findings
      + halfWidths(of: measure, at: place, cells: body.noisyCount, draws: draws)
  }

  /// Derives the half-widths from the scale that the release claims, which is checked by itself.
  private static func halfWidths(
    of measure: ReleasedMeasure,
    at place: String,
    cells: Int,
    draws: Int
  ) -> [Finding] {
    guard measure.confidence < .one else {
      return [
        Finding(
          what: place + ".confidence",
          claimed: "\(measure.confidence)",
          derived: "a probability above 0 and below 1"
        )
      ]
    }
    let alpha = .one - measure.confidence
    guard isDerivable(measure) else {
      return [
        Finding(
          what: place + ".half_width",
          claimed: "what cannot be derived in a reasonable time",
          derived: "a half-width for a scale from 1/1000 to 2^40 and a confidence of at most "
            + "1 - 10^-1000"
        )
      ]
    }
    let law = DiscreteLaplaceSum(of: DiscreteLaplaceLaw(scale: measure.scale), draws: draws)
    let own = law.halfWidth(alpha: alpha)
    let all = law.halfWidth(alpha: alpha, cells: max(cells, 1))
    var findings: [Finding] = []
    if measure.halfWidth != own {
      findings.append(
        Finding(
          what: place + ".half_width",
          claimed: "\(measure.halfWidth)",
          derived: "\(own), which follows from the scale and the confidence"
        )
      )
    }
    if measure.simultaneousHalfWidth != all {
      findings.append(
        Finding(
          what: place + ".simultaneous_half_width",
          claimed: "\(measure.simultaneousHalfWidth)",
          derived: "\(all), which follows from the scale, the confidence and \(cells) cells"
        )
      )
    }
    return findings
  }

  /// Whether half-widths of a measure can be derived in a reasonable time.
  static func isDerivable(_ measure: ReleasedMeasure) -> Bool {
    measure.confidence < .one && scales.contains(measure.scale)
      && .one - measure.confidence >= smallestAlpha
  }

  /// Holds what the certificate repeats against the body.
  static func statements(of certificate: Certificate, about body: ReleaseBody) -> [Finding] {
    var findings: [Finding] = []
    let derived = Certificate(body: body, receipt: certificate.receipt)
    if let difference = certificate.difference(from: derived) {
      findings.append(
        Finding(
          what: "certificate." + difference.member,
          claimed: "something else",
          derived: difference.expectation
        )
      )
    }
    if certificate.entrySHA256 == certificate.previousSHA256 {
      findings.append(
        Finding(
          what: "certificate.ledger.previous_sha256",
          claimed: "the digest of the entry itself",
          derived: "that of the entry before it"
        )
      )
    }
    return findings
  }
}
