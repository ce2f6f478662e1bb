// SignalEvaluator+Found.swift: the texts of a record's keys, where cells are found in the signals.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension SignalEvaluator {
  /// Decides on one record and adds a row for what is counted.
  func add(
    _ values: UnsafeMutablePointer<ByteSlice>,
    by finder: CellFinder,
    to rows: RowBuffer
  ) {
    guard let (unit, time) = admit(values) else { return }
    for index in 0..<rules.keyCount {
      guard let text = text(index, values, time) else { return }
      texts[index] = text
    }
    let cell = finder.number(texts)
    guard cell != CellFinder.refused else { return }
    let identity = identity(unit, time)
    if cell == Int(CellDirectory.elsewhere) {
      rows.append(unit: identity, cellBytes: finder.bytes(texts))
    } else {
      rows.append(unit: identity, cell: UInt32(truncatingIfNeeded: cell))
    }
  }

  /// What a record has for a key; `nil` where it has nothing.
  private func text(
    _ index: Int,
    _ values: UnsafeMutablePointer<ByteSlice>,
    _ time: Int64?
  ) -> ByteSlice? {
    let key = rules.keys[index]
    guard key.key.column == .time else { return value(key.column, values) }
    guard let time else { return nil }
    let day = CivilDay(ofSecond: time)
    let name: [UInt8]
    if let known = names[index][day.number] {
      name = known
    } else {
      name = Array(key.key.label(of: day).utf8)
      // Times may lie anywhere; what is remembered must not grow without end.
      if names[index].count >= 4096 { names[index].removeAll(keepingCapacity: true) }
      names[index][day.number] = name
    }
    precondition(name.count <= Self.longestName, "a day has a short name")
    let room = nameRoom + index * Self.longestName
    _ = UnsafeMutableBufferPointer(start: room, count: name.count).update(from: name)
    return ByteSlice(base: UnsafePointer(room), count: name.count)
  }
}
