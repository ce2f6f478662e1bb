// SyntheticSignals+Writing.swift: made-up signals as CSV or JSON Lines, in large blocks of bytes.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension SyntheticSignals {
  /// Writes all signals, in an order that says nothing about their units.
  ///
  /// - Parameters:
  ///   - format: How they are written.
  ///   - sink: Takes the bytes, in blocks of about a megabyte; they are valid during the call.
  /// - Throws: What `sink` throws.
  /// - Complexity: O(count log units) time, O(1) memory.
  public func write<Failure: Error>(
    _ format: Format,
    to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let block = ByteBlock(capacity: 1 << 20)
    let texts = Texts(self)
    if format == .csv {
      block.append(Self.columns.map { $0.name }.joined(separator: ",") + "\n")
    }
    for row in 0..<count {
      let place = order[row]
      let signal = signal(at: place, unit: unit(at: place))
      switch format {
      case .csv: texts.writeCSV(signal, to: block)
      case .jsonLines: texts.writeJSON(signal, to: block)
      }
      if block.room < Texts.longestRow { try block.drain(sink) }
    }
    try block.drain(sink)
  }

  /// Lists as bytes, made once.
  private struct Texts {
    /// More than any row takes, in bytes.
    static let longestRow = 512

    let regions: [[UInt8]]
    let intents: [[UInt8]]
    let sources: [[UInt8]]
    let stages: [[UInt8]]

    init(_ signals: SyntheticSignals) {
      regions = signals.regions.map { Array($0.utf8) }
      intents = signals.intents.map { Array($0.utf8) }
      sources = SyntheticSignals.sources.map { Array($0.utf8) }
      stages = SyntheticSignals.stages.map { Array($0.utf8) }
    }

    func writeCSV(_ signal: SyntheticSignal, to block: ByteBlock) {
      write(unit: signal.unit, to: block)
      block.append(UInt8(ascii: ","))
      block.append(regions[signal.region])
      block.append(UInt8(ascii: ","))
      block.append(intents[signal.intent])
      block.append(UInt8(ascii: ","))
      write(time: signal.time, to: block)
      block.append(UInt8(ascii: ","))
      block.append(sources[signal.source])
      block.append(UInt8(ascii: ","))
      block.append(stages[signal.stage])
      block.append(UInt8(ascii: ","))
      write(cents: signal.cents, to: block)
      block.append(UInt8(ascii: ","))
      write(consent: signal.consent, to: block)
      block.append(UInt8(ascii: "\n"))
    }

    func writeJSON(_ signal: SyntheticSignal, to block: ByteBlock) {
      block.append("{\"user_id\":\"" as StaticString)
      write(unit: signal.unit, to: block)
      block.append("\",\"region\":\"" as StaticString)
      block.append(regions[signal.region])
      block.append("\",\"intent\":\"" as StaticString)
      block.append(intents[signal.intent])
      block.append("\",\"timestamp\":\"" as StaticString)
      write(time: signal.time, to: block)
      block.append("\",\"source\":\"" as StaticString)
      block.append(sources[signal.source])
      block.append("\",\"stage\":\"" as StaticString)
      block.append(stages[signal.stage])
      block.append("\",\"amount\":" as StaticString)
      write(cents: signal.cents, to: block)
      block.append(",\"consent\":\"" as StaticString)
      write(consent: signal.consent, to: block)
      block.append("\"}\n" as StaticString)
    }

    private func write(unit: Int, to block: ByteBlock) {
      block.append(UInt8(ascii: "u"))
      block.append(UInt64(unit), digits: 8)
    }

    private func write(date: Int64, to block: ByteBlock) {
      let parts = CivilDay(ofSecond: date).date
      block.append(UInt64(parts.year), digits: 4)
      block.append(UInt8(ascii: "-"))
      block.append(UInt64(parts.month), digits: 2)
      block.append(UInt8(ascii: "-"))
      block.append(UInt64(parts.day), digits: 2)
    }

    private func write(time: Int64, to block: ByteBlock) {
      let second = UInt64(time - CivilDay(ofSecond: time).firstSecond)
      write(date: time, to: block)
      block.append(UInt8(ascii: "T"))
      block.append(second / 3600, digits: 2)
      block.append(UInt8(ascii: ":"))
      block.append(second / 60 % 60, digits: 2)
      block.append(UInt8(ascii: ":"))
      block.append(second % 60, digits: 2)
      block.append(UInt8(ascii: "Z"))
    }

    private func write(cents: Int, to block: ByteBlock) {
      block.append(UInt64(cents / 100), digits: 1)
      block.append(UInt8(ascii: "."))
      block.append(UInt64(cents % 100), digits: 2)
    }

    private func write(consent: SyntheticSignal.Consent, to block: ByteBlock) {
      switch consent {
      case .given: block.append("true" as StaticString)
      case .refused: block.append("false" as StaticString)
      case .until(let expiry): write(date: expiry, to: block)
      }
    }
  }
}

/// A block of bytes that fills up and is handed on.
final class ByteBlock {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var count = 0

  init(capacity: Int) {
    self.capacity = capacity
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  /// The bytes that still fit.
  var room: Int { capacity - count }

  func append(_ byte: UInt8) {
    precondition(count < capacity, "a block that is drained in time")
    bytes[count] = byte
    count += 1
  }

  func append(_ text: [UInt8]) {
    precondition(text.count <= room, "a block that is drained in time")
    text.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        (bytes + count).update(from: base, count: source.count)
      }
    }
    count += text.count
  }

  func append(_ text: String) { append(Array(text.utf8)) }

  func append(_ text: StaticString) {
    precondition(text.utf8CodeUnitCount <= room, "a block that is drained in time")
    (bytes + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count += text.utf8CodeUnitCount
  }

  /// Appends a number in at least so many decimal digits.
  func append(_ value: UInt64, digits: Int) {
    var width = 1
    var rest = value / 10
    while rest > 0 {
      width += 1
      rest /= 10
    }
    width = max(width, digits)
    precondition(width <= room, "a block that is drained in time")
    rest = value
    for index in stride(from: width - 1, through: 0, by: -1) {
      bytes[count + index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += width
  }

  /// Hands the bytes on and begins anew.
  func drain<Failure: Error>(
    _ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    guard count > 0 else { return }
    try sink(UnsafeRawBufferPointer(start: bytes, count: count))
    count = 0
  }
}
