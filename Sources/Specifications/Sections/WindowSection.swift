// WindowSection.swift: the parts of a spec that need a time: its window and its privacy unit.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting
import PrivateAggregation

/// The `window` and the `privacy_unit` of a spec.
struct WindowSection {
  /// The span of time that is counted; `nil` for all time.
  let window: TimeWindow?
  /// What is protected.
  let privacyUnit: PrivacyUnit

  init(_ top: MappingReader, _ signals: SignalSection) throws(SpecificationError) {
    window = try Self.window(top, signals)
    privacyUnit = try Self.privacyUnit(top, signals)
  }

  private static func window(
    _ top: MappingReader,
    _ signals: SignalSection
  ) throws(SpecificationError) -> TimeWindow? {
    guard let field = top.optional("window") else { return nil }
    let keys = try field.mapping(["from", "to"])
    let example = "window: {from: 2026-11-01, to: 2026-12-01}"
    let ends = [
      try keys.required("from", example: example), try keys.required("to", example: example),
    ]
    var seconds: [Int64] = []
    var texts: [String] = []
    for end in ends {
      let text = try end.text()
      guard let second = Timestamp.calendarSeconds(text) else {
        throw end.error("`\(text)` is not a date; write 2026-11-30 or 2026-11-30T18:00:00Z")
      }
      seconds.append(second)
      texts.append(text)
    }
    guard seconds[0] < seconds[1] else {
      throw ends[1].error("the window ends before it begins; `to` is the first moment left out")
    }
    guard signals.columns[.time] != nil else {
      throw field.error("a window needs a time; write `time: COLUMN` under `signals.columns`")
    }
    return TimeWindow(from: seconds[0], to: seconds[1], text: texts)
  }

  private static func privacyUnit(
    _ top: MappingReader,
    _ signals: SignalSection
  ) throws(SpecificationError) -> PrivacyUnit {
    guard let field = top.optional("privacy_unit") else { return .person }
    let unit = try field.choice(PrivacyUnit.self)
    guard unit == .person || signals.columns[.time] != nil else {
      throw field.error(
        "`\(unit.rawValue)` needs a time; write `time: COLUMN` under `signals.columns`"
      )
    }
    return unit
  }
}
