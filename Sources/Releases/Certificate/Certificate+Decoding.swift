// Certificate+Decoding.swift: a certificate from its JSON, and what one certificate says otherwise.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension JSONCursor {
  /// Reads a certificate.
  mutating func certificate() throws(ReleaseDecodingError) -> Certificate {
    var body: String?
    var cells: [ReleasedKey]?
    var pinned: Bool?
    var ledger: LedgerPlace?
    var postprocessing: [String]?
    var signature: ReleaseSignature?
    var constants: Set<String> = []
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "body_sha256": body = try cursor.digest()
      case "cells":
        var lists: [ReleasedKey] = []
        try cursor.object { key, cursor throws(ReleaseDecodingError) in
          lists.append(try cursor.list(name: key))
        }
        cells = lists
      case "data":
        let text = try cursor.string()
        guard text == "pinned" || text == "unpinned" else {
          throw ReleaseDecodingError(.unsuitable(expected: "\"pinned\" or \"unpinned\""))
        }
        pinned = text == "pinned"
      case "ledger": ledger = try cursor.ledgerPlace()
      case "noise": try cursor.noise()
      case "postprocessing": postprocessing = try cursor.strings()
      case "relation": try cursor.constant(Certificate.relation)
      case "signature": signature = try cursor.signature()
      case "version":
        guard try cursor.int64() == Int64(Certificate.version) else {
          throw ReleaseDecodingError(.unsuitable(expected: "\(Certificate.version)"))
        }
      default: throw ReleaseDecodingError(.unknown)
      }
      constants.insert(name)
    }
    for name in ["noise", "relation", "version"] where !constants.contains(name) {
      throw ReleaseDecodingError(.missing).within(member: name)
    }
    let place = try Self.required(ledger, "ledger")
    return Certificate(
      bodySHA256: try Self.required(body, "body_sha256"),
      cells: try Self.required(cells, "cells"),
      dataPinned: try Self.required(pinned, "data"),
      dataset: place.dataset,
      position: place.position,
      entrySHA256: place.entry,
      previousSHA256: place.previous,
      postprocessing: try Self.required(postprocessing, "postprocessing"),
      signature: signature
    )
  }

  private mutating func noise() throws(ReleaseDecodingError) {
    let expected = [
      "generator": Certificate.generator, "law": Certificate.law,
      "mechanism": Certificate.mechanism,
    ]
    var read: Set<String> = []
    try object { name, cursor throws(ReleaseDecodingError) in
      guard let text = expected[name] else { throw ReleaseDecodingError(.unknown) }
      try cursor.constant(text)
      read.insert(name)
    }
    for name in expected.keys.sorted() where !read.contains(name) {
      throw ReleaseDecodingError(.missing).within(member: name)
    }
  }

  private mutating func signature() throws(ReleaseDecodingError) -> ReleaseSignature {
    var key: String?
    var value: String?
    var hasAlgorithm = false
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "algorithm":
        try cursor.constant(Certificate.signatureAlgorithm)
        hasAlgorithm = true
      case "public_key": key = try cursor.hexadecimal(digits: 64)
      case "value": value = try cursor.hexadecimal(digits: 128)
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    _ = try Self.required(hasAlgorithm ? true : nil, "algorithm")
    return ReleaseSignature(
      publicKey: try Self.required(key, "public_key"),
      value: try Self.required(value, "value")
    )
  }

  private mutating func ledgerPlace() throws(ReleaseDecodingError) -> LedgerPlace {
    var dataset: String?
    var position: Int?
    var entry: String?
    var previous: String?
    try object { name, cursor throws(ReleaseDecodingError) in
      switch name {
      case "dataset": dataset = try cursor.string()
      case "position": position = try cursor.positive()
      case "entry_sha256": entry = try cursor.digest()
      case "previous_sha256": previous = try cursor.digest()
      default: throw ReleaseDecodingError(.unknown)
      }
    }
    return LedgerPlace(
      dataset: try Self.required(dataset, "dataset"),
      position: try Self.required(position, "position"),
      entry: try Self.required(entry, "entry_sha256"),
      previous: try Self.required(previous, "previous_sha256")
    )
  }
}

private struct LedgerPlace {
  let dataset: String
  let position: Int
  let entry: String
  let previous: String
}

extension Certificate {
  /// A part of a certificate that does not follow from the body.
  struct Difference {
    /// The member, as in `cells`.
    let member: String
    /// What it must be.
    let expectation: String
  }

  /// The first part in which this certificate differs from the one that follows from the body.
  func difference(from derived: Certificate) -> Difference? {
    func sorted(_ keys: [ReleasedKey]) -> [ReleasedKey] {
      keys.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
    if sorted(cells) != sorted(derived.cells) {
      return Difference(member: "cells", expectation: "the lists that query.keys gives")
    }
    if !dataset.utf8.elementsEqual(derived.dataset.utf8) {
      return Difference(member: "ledger.dataset", expectation: "the dataset of the release")
    }
    if postprocessing != derived.postprocessing {
      let names = derived.postprocessing.map { "\"\($0)\"" }.joined(separator: ", ")
      return Difference(
        member: "postprocessing",
        expectation: "[\(names)], as query.nonnegative says"
      )
    }
    return nil
  }
}
