// PolicyReader.swift: reads what the owner of a data set allows.
// SPDX-License-Identifier: Apache-2.0

import ExactArithmetic
import Glibc
import PrivacyAccounting
import PrivateAggregation

/// Reads a ledger policy: YAML, with the keys that the manual names.
public struct PolicyReader {
  private static let keys = [
    "dataset", "privacy_unit", "signals", "lifetime", "daily", "analysts", "dimension",
    "population", "accounting", "signing_key",
  ]

  private let document: YAMLText
  private let top: MappingReader

  private init(_ document: YAMLText) throws(SpecificationError) {
    self.document = document
    top = try document.root.mapping(Self.keys, later: ["key"])
  }

  /// Reads the policy at a path.
  ///
  /// - Throws: `SpecificationError`, with the file, the line and column, the key and what to
  ///   write instead.
  public static func read(path: String) throws(SpecificationError) -> LedgerPolicy {
    try Self(YAMLText(at: path, what: "policy")).policy()
  }

  /// Reads a policy from its bytes, as if they stood in `path`.
  ///
  /// - Throws: `SpecificationError`, as for a file.
  public static func read(
    _ bytes: [UInt8],
    path: String
  ) throws(SpecificationError) -> LedgerPolicy {
    try Self(YAMLText(bytes, file: path, what: "policy")).policy()
  }

  private func policy() throws(SpecificationError) -> LedgerPolicy {
    let lifetime = try Self.cap(
      top.required("lifetime", example: "lifetime: {epsilon: 10, delta: 1e-6}")
    )
    var daily: PrivacyLoss?
    if let field = top.optional("daily") { daily = try Self.cap(field) }
    let unit = try top.optional("privacy_unit")?.choice(PrivacyUnit.self) ?? .person
    return LedgerPolicy(
      dataset: try top.required("dataset", example: "dataset: signals-2026").text(),
      privacyUnit: unit,
      pins: try pins(for: unit),
      lifetime: lifetime,
      daily: daily,
      analysts: try analysts(),
      dimension: try dimension(),
      population: try top.optional("population")?.count(),
      signingKey: try signingKey(),
      accounting: try accounting(lifetime)
    )
  }

  /// The most that may be spent; a cap of zero allows nothing, which is allowed.
  private static func cap(_ field: NodeReader) throws(SpecificationError) -> PrivacyLoss {
    let keys = try field.mapping(["epsilon", "delta"])
    let epsilon = try keys.required("epsilon", example: "epsilon: 10").rational()
    guard epsilon.signum >= 0 else {
      throw keys.error("epsilon", "a cap is at least zero; write a number such as 10")
    }
    let delta = try keys.optional("delta")?.rational() ?? .zero
    guard let loss = try? PrivacyLoss(epsilon: epsilon, delta: delta) else {
      throw keys.error("delta", "delta must be at least 0 and below 1; write 0 or 1e-6")
    }
    return loss
  }

  /// How losses add up; under zCDP that takes a delta to hold them against.
  private func accounting(_ lifetime: PrivacyLoss) throws(SpecificationError) -> Accounting {
    guard let field = top.optional("accounting") else { return .sum }
    let accounting = try field.choice(Accounting.self)
    guard accounting == .sum || lifetime.delta.signum > 0 else {
      throw field.error(
        "under `zcdp` the lifetime needs a delta above 0, at which losses are held against its "
          + "epsilon; write `lifetime: {epsilon: 3, delta: 1e-6}`, or `accounting: sum`"
      )
    }
    return accounting
  }

  /// The path of the owner's private key; opening the account reads it.
  private func signingKey() throws(SpecificationError) -> SigningKey? {
    guard let field = top.optional("signing_key") else { return nil }
    let path = try field.text()
    guard !path.isEmpty else {
      throw field.error("names no file; write the path of a private key, or leave it out")
    }
    return SigningKey(file: PathText.absolute(path, from: document.directory))
  }

  private func pins(for unit: PrivacyUnit) throws(SpecificationError) -> SignalPins? {
    guard let field = top.optional("signals") else { return nil }
    let keys = try field.mapping([
      "files", "unit", "consent", "time", "registry", "purpose", "store",
    ])
    guard !keys.keys.isEmpty else {
      throw field.error(
        "pins nothing; write `files`, `unit`, `consent`, `time`, `registry`, `purpose` or `store`, or "
          + "leave it out"
      )
    }
    // Whoever chooses what time is chooses what a day of a person is.
    guard unit == .person || keys.optional("time") != nil else {
      throw field.error(
        "does not pin the time, by which `\(unit.rawValue)` tells units apart; write `time: COLUMN` "
          + "there too"
      )
    }
    var files: [String]?
    if let field = keys.optional("files") {
      files = try SignalSection.patterns(field, from: document.directory)
      for file in files ?? [] where Self.isStream(file) {
        throw field.error(
          "`\(file)` is another thing at each run, so it pins nothing; name files that stay"
        )
      }
    }
    let consent = try ConsentSection.pins(keys, from: document.directory)
    return SignalPins(
      files: files,
      unitColumn: try keys.optional("unit")?.text(),
      consentColumn: try keys.optional("consent")?.text(),
      timeColumn: try keys.optional("time")?.text(),
      registry: consent?.registry,
      purpose: consent?.purpose,
      store: try keys.optional("store").map { field throws(SpecificationError) in
        PathText.absolute(try field.text(), from: document.directory)
      }
    )
  }

  /// Whether a pattern may stand for standard input, a device or a process, and not for a file.
  static func isStream(_ pattern: String) -> Bool {
    let parts = pattern.split(separator: "/").map(String.init)
    guard pattern != "-", let first = parts.first else { return true }
    var status = stat()
    if stat(pattern, &status) == 0,
      [S_IFCHR, S_IFBLK, S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
    {
      return true
    }
    if fnmatch(first, "proc", 0) == 0 { return true }
    // The files of a folder in memory are files.
    return fnmatch(first, "dev", 0) == 0 && (parts.count < 3 || parts[1] != "shm")
  }

  private func analysts() throws(SpecificationError) -> [String: PrivacyLoss]? {
    guard let field = top.optional("analysts") else { return nil }
    let keys = try field.mapping(nil)
    guard !keys.keys.isEmpty else {
      throw field.error("names no analyst; write `\"*\": {epsilon: 1}` or leave it out")
    }
    var caps: [String: PrivacyLoss] = [:]
    for name in keys.keys {
      guard let field = keys.optional(name) else { continue }
      guard !name.isEmpty else { throw field.error("an analyst has an empty name; write one") }
      caps[name] = try Self.cap(field)
    }
    return caps
  }

  private func dimension() throws(SpecificationError) -> SliceDimension? {
    guard let field = top.optional("dimension") else { return nil }
    let keys = try field.mapping(["name", "values", "touches"])
    let values = try keys.required("values", example: "values: [north, south]")
    var names: [String] = []
    for item in try values.items() {
      let name = try item.text()
      guard !names.contains(name) else { throw item.error("`\(name)` is written twice; keep one") }
      names.append(name)
    }
    return SliceDimension(
      name: try keys.required("name", example: "name: cohort").text(),
      values: names,
      touches: try keys.required("touches", example: "touches: 1").count()
    )
  }
}
