// Certificate.swift: what a release claims, in a form that anyone can re-derive without the data.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

/// What a release claims about its noise, its cells and its place in the ledger.
///
/// It follows from the body and the ledger's receipt alone, so a replay writes the same bytes.
///
/// - Privacy: Holds nothing that depends on a signal except through the body's noisy counts.
public struct Certificate: Sendable, Hashable {
  /// The version of the format that is written here.
  public static let version = 1
  /// The only neighbouring relation: data sets that differ by one unit added or removed.
  public static let relation = "add-remove"
  /// The only mechanism.
  public static let mechanism = "discrete-laplace"
  /// The law of the noise: `q` is the ratio of successive probabilities.
  public static let law = "P(X = x) = (1-q)/(1+q) q^|x|, q = exp(-1/scale)"
  /// Where the randomness comes from: the guarantee is as good as this generator.
  public static let generator = "AES-256-CTR keyed from the kernel, one key per release"

  /// The only algorithm of signatures.
  public static let signatureAlgorithm = "ed25519"

  /// SHA-256 of the body: of `release.json` without the line that holds this certificate.
  public let bodySHA256: String
  /// The public lists of the keys, in the order of the query.
  public let cells: [ReleasedKey]
  /// Whether the ledger's policy pinned the signal files, the unit and the consent column.
  public let dataPinned: Bool
  /// The account that paid.
  public let dataset: String
  /// The position of the entry in the ledger, from 1.
  public let position: Int
  /// SHA-256 of the ledger's entry: the head of its chain at that moment.
  public let entrySHA256: String
  /// SHA-256 of the entry before it.
  public let previousSHA256: String
  /// What was done to the noisy counts before they were written, by name; nothing by default.
  public let postprocessing: [String]
  /// The owner's signature; `nil` where the ledger's policy names no key.
  public let signature: ReleaseSignature?

  /// What a body and a receipt claim together.
  public init(body: ReleaseBody, receipt: LedgerReceipt) {
    bodySHA256 = receipt.bodySHA256
    cells = body.query.keys
    dataPinned = receipt.dataPinned
    dataset = body.dataset
    position = receipt.position
    entrySHA256 = receipt.head
    previousSHA256 = receipt.previous
    postprocessing = body.query.nonnegative ? ["nonnegative"] : []
    signature = receipt.signature
  }

  /// Makes a certificate as it was read.
  init(
    bodySHA256: String,
    cells: [ReleasedKey],
    dataPinned: Bool,
    dataset: String,
    position: Int,
    entrySHA256: String,
    previousSHA256: String,
    postprocessing: [String],
    signature: ReleaseSignature?
  ) {
    self.bodySHA256 = bodySHA256
    self.cells = cells
    self.dataPinned = dataPinned
    self.dataset = dataset
    self.position = position
    self.entrySHA256 = entrySHA256
    self.previousSHA256 = previousSHA256
    self.postprocessing = postprocessing
    self.signature = signature
  }

  /// The ledger's receipt, as far as the certificate repeats it.
  public var receipt: LedgerReceipt {
    LedgerReceipt(
      position: position,
      head: entrySHA256,
      previous: previousSHA256,
      bodySHA256: bodySHA256,
      dataPinned: dataPinned,
      signature: signature
    )
  }
}

extension Release {
  /// What the release claims.
  public var certificate: Certificate { Certificate(body: body, receipt: receipt) }
}
