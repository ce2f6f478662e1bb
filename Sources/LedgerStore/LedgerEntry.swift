// LedgerEntry.swift: one line of a ledger's history, and the text over which it is hashed.
// Reference: [FIPS180-4]; `docs/formats.md`, section "Ledger".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import PrivacyAccounting

/// What an entry records.
public enum LedgerEntryKind: String, Sendable, Hashable, CaseIterable {
  /// An account was opened under a policy.
  case create
  /// The loss of a release was held, before any signal was read.
  case reserve
  /// A release whose run had died was taken up again, at no further cost.
  case resume
  /// Signals were about to be read; from here on the loss cannot be voided.
  case open
  /// The release was paid and kept.
  case commit
  /// A reservation was given back.
  case void
  /// A loss was spent outside this program, with nothing kept.
  case spend
  /// All runs of a declared schedule were paid at once.
  case schedule
}

/// One line of a ledger's history.
public struct LedgerEntry: Sendable, Hashable {
  /// Its place, from 1, without gaps.
  public let position: Int
  /// The hash of the entry before it; zeros for the first.
  public let previous: String
  /// When it was written by the writer's clock, `YYYY-MM-DDThh:mm:ssZ`; entries are ordered by
  /// position, never by time.
  public let time: String
  /// What it records.
  public let kind: LedgerEntryKind
  /// The account.
  public let dataset: String
  /// The release or spend; `nil` for accounts and for spends without an id.
  public let release: ReleaseID?
  /// Who spends; `nil` for nobody named.
  public let analyst: String?
  /// The day label that the loss counts under; `nil` where the entry carries no loss.
  public let day: String?
  /// The loss that is held, spent or given back; `nil` where the entry carries none.
  public let loss: PrivacyLoss?
  /// The slices that the loss is limited to; `nil` for the whole population.
  public let slices: [String]?
  /// SHA-256 of what fixes the release, in hexadecimal.
  public let digest: String?
  /// SHA-256 of the body that was kept, in hexadecimal; only on `commit`.
  public let bodySHA256: String?
  /// What was declared; only where the price of a schedule is charged or given back.
  public let declared: DeclaredSchedule?
  /// The schedule and the number in it; only where a run of one is held or given back, which
  /// carries no loss.
  public let run: DeclaredRun?
  /// SHA-256 of the entry, in hexadecimal.
  public let hash: String
}

/// A release that holds its loss and is not done.
public struct UnfinishedRelease: Sendable, Hashable {
  /// Its id, under which it is taken up again.
  public let id: ReleaseID
  /// Whether signals may have been read, so that it cannot be voided.
  public let isOpen: Bool
  /// What it holds; for a run of a schedule, what it would cost alone.
  public let spend: Spend
  /// The schedule that it is a run of, which has paid for it.
  public let schedule: ReleaseID?
}

/// The fields of an entry as they are stored and hashed, all of them text.
struct EntryText: Sendable, Hashable {
  var position: Int
  var previous: String
  var time: String
  var kind: String
  var dataset: String
  var release: String?
  var attempt: String?
  var analyst: String?
  var day: String?
  var epsilon: String?
  var delta: String?
  var slices: String?
  var digest: String?
  var dataPinned: String?
  var bodySHA256: String?
  var policy: String?

  /// What the first entry names as the one before it.
  static let origin = String(repeating: "0", count: 64)

  /// The names of the columns, in the order in which they are hashed.
  static let columns = [
    "position", "previous", "time", "kind", "dataset", "release_id", "attempt", "analyst", "day",
    "epsilon", "delta", "slices", "digest", "data_pinned", "body_sha256", "policy",
  ]

  /// The values, in the order of `columns`.
  var values: [String?] {
    [
      String(position), previous, time, kind, dataset, release, attempt, analyst, day, epsilon,
      delta, slices, digest, dataPinned, bodySHA256, policy,
    ]
  }

  /// The text that is hashed: a line for its version, then one for each field.
  ///
  /// A field is `name:length:value`, the length in bytes of UTF-8, so no value can pass for the
  /// beginning of another field; an absent one is `name:-`.
  var canonicalText: String {
    var text = "hubbub-ledger-entry 1\n"
    for (name, value) in zip(Self.columns, values) {
      text += value.map { "\(name):\($0.utf8.count):\($0)\n" } ?? "\(name):-\n"
    }
    return text
  }

  /// SHA-256 of the canonical text, in hexadecimal.
  ///
  /// - Reference: [FIPS180-4] section 6.2.
  var hash: String { sha256(Array(canonicalText.utf8)) }
}

extension EntryText {
  /// The line of history that the fields spell.
  ///
  /// - Throws: `Damage` where a field does not hold what its column promises.
  func entry(hash: String) throws(Damage) -> LedgerEntry {
    let place = "entry \(position)"
    guard let kind = LedgerEntryKind(rawValue: kind) else {
      throw Damage("\(place) is of no known kind")
    }
    return LedgerEntry(
      position: position,
      previous: previous,
      time: time,
      kind: kind,
      dataset: dataset,
      release: try release.map { text throws(Damage) in
        try ReleaseID(stored: text, place: place)
      },
      analyst: analyst,
      day: day,
      loss: try PrivacyLoss(stored: epsilon, delta, place: place),
      slices: try slices.map { text throws(Damage) in try sliceNames(text, place: place) },
      digest: digest,
      bodySHA256: bodySHA256,
      declared: try declared(kind, place: place),
      run: try run(kind, place: place),
      hash: hash
    )
  }
}

extension EntryText {
  /// What a schedule declares, which stands where an account has its policy.
  private func declared(
    _ kind: LedgerEntryKind,
    place: String
  ) throws(Damage) -> DeclaredSchedule? {
    guard kind == .schedule || kind == .void && epsilon != nil, let policy else { return nil }
    return try DeclaredSchedule(stored: policy, place: place)
  }

  /// The run that is held or given back, which has no loss of its own to pay.
  private func run(_ kind: LedgerEntryKind, place: String) throws(Damage) -> DeclaredRun? {
    guard kind == .reserve || kind == .void, epsilon == nil, let policy else { return nil }
    return try DeclaredRun(stored: policy, place: place)
  }
}

/// SHA-256 of bytes, in lower-case hexadecimal.
func sha256(_ bytes: [UInt8]) -> String {
  hexadecimal(Array(SHA256.hash(data: bytes)))
}

/// Bytes in lower-case hexadecimal.
func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef")
  var text = ""
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return text
}
