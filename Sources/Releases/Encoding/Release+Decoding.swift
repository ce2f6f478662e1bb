// Release+Decoding.swift: a release from its JSON, strictly: nothing missing, nothing more.
// Reference: `docs/formats.md`, section "release.json and counts.csv".
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import PrivacyAccounting

extension ReleaseBody {
  /// Reads the bytes that `encoded` makes.
  ///
  /// - Throws: `ReleaseDecodingError`, with the place in the document.
  public init(decoding bytes: [UInt8]) throws(ReleaseDecodingError) {
    let document = try ReleaseDocument(decoding: bytes)
    guard document.certificate == nil else {
      throw ReleaseDecodingError(.unknown).within(member: "certificate")
    }
    self = document.body
  }
}

extension Release {
  /// Reads the bytes of `release.json`.
  ///
  /// Reading does not verify: `ReleaseVerification` does. What the certificate repeats from the
  /// body must still be the same there.
  ///
  /// - Throws: `ReleaseDecodingError`, with the place in the document.
  public init(decoding bytes: [UInt8]) throws(ReleaseDecodingError) {
    let document = try ReleaseDocument(decoding: bytes)
    guard let certificate = document.certificate else {
      throw ReleaseDecodingError(.missing).within(member: "certificate")
    }
    self.init(body: document.body, receipt: certificate.receipt)
    if let difference = certificate.difference(from: self.certificate) {
      throw ReleaseDecodingError(.unsuitable(expected: difference.expectation))
        .within(member: difference.member)
        .within(member: "certificate")
    }
  }
}

/// A release as it stands in a file, before anything is compared.
struct ReleaseDocument {
  let body: ReleaseBody
  let certificate: Certificate?

  /// Reads a body with or without its certificate.
  init(decoding bytes: [UInt8]) throws(ReleaseDecodingError) {
    var cursor = JSONCursor(bytes)
    var parts = ReleaseParts()
    try cursor.object { name, cursor throws(ReleaseDecodingError) in
      try parts.read(name, from: &cursor)
    }
    try cursor.end()
    certificate = parts.certificate
    body = try parts.body()
  }
}

/// The members of the document as they come, in any order.
private struct ReleaseParts {
  var id: ReleaseID?
  var name: String?
  var dataset: String?
  var created: String?
  var specSHA256: String?
  var privacy: ReleasePrivacy?
  var bounds: ContributionBounds?
  var query: ReleaseQuery?
  var measures: [ReleasedMeasure]?
  var selection: ReleasedSelection?
  /// The cells are read last, when the names of the keys and measures are known.
  var cells: JSONCursor?
  var remaining: RemainingBudget?
  var schedule: ReleasedSchedule?
  var places: ReleasedPlaces?
  var continual: ReleasedContinual?
  var statistics: ReleasedStatistics?
  var hierarchy: ReleasedHierarchy?
  var certificate: Certificate?

  mutating func read(
    _ name: String,
    from cursor: inout JSONCursor
  ) throws(ReleaseDecodingError) {
    switch name {
    case "id": id = try cursor.releaseID()
    case "name": self.name = try cursor.string()
    case "dataset": dataset = try cursor.string()
    case "created": created = try cursor.instant()
    case "spec_sha256": specSHA256 = try cursor.digest()
    case "privacy": privacy = try cursor.privacy()
    case "bounds": bounds = try cursor.bounds()
    case "query": query = try cursor.query()
    case "measures": measures = try cursor.measures()
    case "selection": selection = try cursor.selection()
    case "cells": cells = try cursor.skippingArray()
    case "remaining": remaining = try cursor.remaining()
    case "statistics": statistics = try cursor.statistics()
    case "schedule": schedule = try cursor.schedule()
    case "places": places = try cursor.places()
    case "continual": continual = try cursor.continual()
    case "hierarchy": hierarchy = try cursor.hierarchy()
    case "certificate": certificate = try cursor.certificate()
    default: throw ReleaseDecodingError(.unknown)
    }
  }

  func body() throws(ReleaseDecodingError) -> ReleaseBody {
    let query = try JSONCursor.required(self.query, "query")
    let measures = try JSONCursor.required(self.measures, "measures")
    var cursor = try JSONCursor.required(cells, "cells")
    let read: [ReleasedCell]
    do {
      read = try cursor.cells(keys: query.keys.map(\.name), measures: measures.map(\.measure))
    } catch {
      throw error.within(member: "cells")
    }
    return ReleaseBody(
      id: try JSONCursor.required(id, "id"),
      name: try JSONCursor.required(name, "name"),
      dataset: try JSONCursor.required(dataset, "dataset"),
      created: try JSONCursor.required(created, "created"),
      specSHA256: try JSONCursor.required(specSHA256, "spec_sha256"),
      privacy: try JSONCursor.required(privacy, "privacy"),
      bounds: try JSONCursor.required(bounds, "bounds"),
      query: query,
      measures: measures,
      selection: selection,
      cells: read,
      statistics: statistics,
      remaining: try JSONCursor.required(remaining, "remaining"),
      schedule: schedule,
      places: places,
      continual: continual,
      hierarchy: hierarchy
    )
  }
}
