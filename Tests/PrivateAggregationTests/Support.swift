// Support.swift: files of signals, specifications and slow, obvious counterparts for these tests.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Foundation
import PrivacyAccounting
import TestSupport

@testable import PrivateAggregation

extension TemporaryDirectory {
  /// Writes bytes and returns the path.
  func write(bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: appending(name)))
    return appending(name)
  }
}

/// Lends bytes as a slice.
func withSlice<T>(_ bytes: [UInt8], _ body: (ByteSlice) throws -> T) rethrows -> T {
  // One byte more, so that there is always an address.
  try (bytes + [0]).withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("an array with an element") }
    return try body(ByteSlice(base: base, count: bytes.count))
  }
}

/// Lends a text as a slice.
func withSlice<T>(_ text: String, _ body: (ByteSlice) throws -> T) rethrows -> T {
  try withSlice(Array(text.utf8), body)
}

/// What a reader made of one record.
enum ReadRecord: Equatable, CustomStringConvertible {
  case values([[UInt8]?])
  case malformed

  /// Values from texts.
  static func texts(_ texts: String?...) -> ReadRecord {
    .values(texts.map { $0.map { Array($0.utf8) } })
  }

  var description: String {
    switch self {
    case .values(let values):
      values.map { $0.map { String(decoding: $0, as: UTF8.self).debugDescription } ?? "nil" }
        .joined(separator: "|")
    case .malformed: "malformed"
    }
  }
}

/// All records of a file, as the reader gives them.
func records(
  _ path: String,
  _ names: [String],
  format: SignalFormat? = nil,
  bufferSize: Int? = nil
) throws -> [ReadRecord] {
  let reader = try SignalReader(
    path: path,
    names: names,
    format: format,
    bufferSize: bufferSize
  )
  var records: [ReadRecord] = []
  while true {
    switch try reader.next() {
    case .end: return records
    case .malformed: records.append(.malformed)
    case .record:
      records.append(.values(names.indices.map { reader[$0].map { Array($0.buffer) } }))
    }
  }
}

extension ConsentTable {
  /// Opens a registry and reads it at once.
  static func read(_ request: ConsentRequest) throws(ConsentRegistryError) -> ConsentTable {
    try ConsentRegistry(request).read()
  }
}

/// Specifications without the reader of specs.
enum Samples {
  static func list(_ values: [String]) -> CellList {
    CellList(values: values, listSHA256: String(repeating: "0", count: 64), fileSHA256: nil)
  }

  static let columns: [SignalColumn: ColumnReference] = [
    .unit: ColumnReference(name: "unit"), .region: ColumnReference(name: "region"),
    .intent: ColumnReference(name: "intent"),
  ]

  static func bounds(_ cells: Int, _ signals: Int, _ all: Int? = nil) throws -> ContributionBounds {
    try ContributionBounds(cellsPerUnit: cells, signalsPerCell: signals, signalsPerUnit: all)
  }

  static func specification(
    files: [String],
    columns: [SignalColumn: ColumnReference] = columns,
    filters: [SignalColumn: [String]] = [:],
    window: TimeWindow? = nil,
    privacyUnit: PrivacyUnit = .person,
    bounds: ContributionBounds? = nil,
    groupBy: [GroupKey] = [.region, .intent],
    cells: [GroupKey: [String]] = [.region: ["n", "s"], .intent: ["x", "y", "z"]],
    selection: SelectionRequest? = nil,
    hierarchy: RegionHierarchy? = nil,
    epsilon: Rational = 1,
    delta: Rational = .zero,
    consent: ConsentRequest? = nil,
    digest: String = String(repeating: "d", count: 64)
  ) throws -> ReportSpecification {
    ReportSpecification(
      name: "sample",
      dataset: "signals",
      files: files,
      columns: columns,
      filters: filters,
      window: window,
      privacyUnit: privacyUnit,
      bounds: try bounds ?? Self.bounds(100, 100),
      groupBy: groupBy,
      cells: cells.mapValues(list),
      selection: selection,
      budget: try PrivacyLoss(epsilon: epsilon, delta: delta),
      measures: [
        MeasureRequest(measure: .signals, share: (.one - (selection?.share ?? .zero)) / 2),
        MeasureRequest(measure: .units, share: (.one - (selection?.share ?? .zero)) / 2),
      ],
      confidence: Rational(19, 20),
      nonnegative: false,
      consent: consent,
      hierarchy: hierarchy,
      sha256: String(repeating: "5", count: 64),
      digest: digest
    )
  }

  /// The key that follows from a seed.
  static func key(_ seed: UInt64) -> ChoiceKey {
    var words = SeededGenerator(seed: seed)
    return ChoiceKey(words: (words.next(), words.next(), words.next(), words.next()))
  }

  /// Who agreed, where a specification asks a registry.
  static func registry(of specification: ReportSpecification) throws -> ConsentTable? {
    try specification.consent.map { try ConsentTable.read($0) }
  }

  /// The exact bounded counts of a specification: signals, then units.
  static func counts(_ specification: ReportSpecification, seed: UInt64 = 1) throws -> [[Int64]] {
    var stream = try SignalStream(specification)
    stream.ask(try registry(of: specification))
    let plan = try AggregationPlan(specification)
    try stream.makeFile(for: plan, options: AggregationOptions())
    let raw = try stream.aggregate(under: plan, key: key(seed), progress: nil)
    return raw.counts
  }
}
