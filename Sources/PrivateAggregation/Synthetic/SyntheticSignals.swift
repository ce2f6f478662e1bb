// SyntheticSignals.swift: made-up signals with a known truth, the same for the same seed.
// SPDX-License-Identifier: Apache-2.0

/// Made-up signals whose exact counts are known, because nobody stands behind them.
///
/// A few units are very active and most are not, most of a unit's signals come from one region, and
/// a few carry no valid consent. Everything follows from the seed, with integers alone, and signals
/// are made one at a time, so that any number of them can be written in little memory.
public struct SyntheticSignals: Sendable {
  /// How signals are written.
  public enum Format: String, Sendable, Hashable, CaseIterable {
    /// Comma-separated values with a header.
    case csv
    /// One JSON object a line.
    case jsonLines = "jsonl"
  }

  /// The most regions that can be made.
  public static let mostRegions = 25_000
  /// The most intents that can be made.
  public static let mostIntents = 10_000
  /// The most units that can be made.
  public static let mostUnits = 1 << 30
  /// The most signals that can be made.
  public static let mostSignals = 1 << 40

  /// The name of the column that each part of a signal stands in, in the order of the columns.
  public static let columns: [(column: SignalColumn, name: String)] = [
    (.unit, "user_id"), (.region, "region"), (.intent, "intent"), (.time, "timestamp"),
    (.source, "source"), (.stage, "stage"), (.value, "amount"), (.consent, "consent"),
  ]
  /// The sources that signals come from.
  public static let sources = ["search", "voice", "click", "survey"]
  /// How far the interest has come.
  public static let stages = ["browsing", "comparing", "ready"]
  /// The span of all signals: 30 days from 2026-11-01, half-open, in seconds since 1970.
  public static let span: Range<Int64> = 1_793_491_200..<1_796_083_200

  /// The number of signals.
  public let count: Int
  /// The number of units; some may have no signal where there are fewer signals than units.
  public let unitCount: Int
  /// The codes of the regions, five digits each, distinct.
  public let regions: [String]
  /// The names of the intents, distinct.
  public let intents: [String]

  let seed: UInt64
  /// Where the signals of each unit begin, when all are put in the order of their units.
  let starts: [Int]
  /// Which signal of that order is written in which row.
  let order: SeededPermutation
  /// Which number in its name a unit has.
  let names: SeededPermutation

  /// Plans signals.
  ///
  /// - Precondition: `count` from 0 to `mostSignals`, `units` from 1 to `mostUnits`, `regions` from
  ///   1 to `mostRegions`, `intents` from 1 to `mostIntents`.
  /// - Complexity: O(units) time and memory.
  public init(count: Int, units: Int, regions: Int, intents: Int, seed: UInt64) {
    precondition((0...Self.mostSignals).contains(count), "a number of signals within the limit")
    precondition((1...Self.mostUnits).contains(units), "a number of units within the limit")
    precondition((1...Self.mostRegions).contains(regions), "a number of regions within the limit")
    precondition((1...Self.mostIntents).contains(intents), "a number of intents within the limit")
    self.count = count
    unitCount = units
    self.regions = Self.regionCodes(regions)
    self.intents = Self.intentNames(intents)
    self.seed = seed
    starts = Self.starts(count: count, units: units)
    order = SeededPermutation(count: count, seed: SeededWords.mixed(seed, 1))
    names = SeededPermutation(count: units, seed: SeededWords.mixed(seed, 2))
  }

  /// Divides signals among units in proportion to `1 / (rank + units / 50)`: the most active one
  /// sends about 13 times the mean.
  private static func starts(count: Int, units: Int) -> [Int] {
    let offset = UInt64(units / 50 + 1)
    var weights: [UInt64] = [0]
    weights.reserveCapacity(units + 1)
    for rank in 0..<UInt64(units) {
      weights.append(weights[Int(rank)] + (1 << 40) / (rank + offset))
    }
    let total = weights[units]
    return weights.map { weight in
      // count * weight / total, and weight <= total, so that the quotient fits.
      let product = UInt64(count).multipliedFullWidth(by: weight)
      guard weight < total else { return count }
      return Int(total.dividingFullWidth(product).quotient)
    }
  }

  /// Codes in the manner of counties: two digits of a state, three odd ones of a county.
  private static func regionCodes(_ count: Int) -> [String] {
    let perState = max(1, (count + 49) / 50)
    return (0..<count).map { index in
      String(String(100_000 + (index / perState + 1) * 1000 + index % perState * 2 + 1).dropFirst())
    }
  }

  private static func intentNames(_ count: Int) -> [String] {
    let known = [
      "auto.suv", "home.loan", "travel.beach", "phone.new", "auto.sedan", "home.rent",
      "insurance.car", "pet.food", "garden.tools", "bank.account", "travel.city", "auto.electric",
      "home.solar", "fitness.gym", "music.concert", "school.tutor",
    ]
    return (0..<count).map { index in
      let round = index / known.count
      return known[index % known.count] + (round == 0 ? "" : ".\(round)")
    }
  }

  /// The signals of a unit, as places in the order of units.
  func places(ofUnit unit: Int) -> Range<Int> { starts[unit]..<starts[unit + 1] }

  /// The unit that a place belongs to.
  func unit(at place: Int) -> Int {
    // The last unit that begins at or before the place.
    var low = 0
    var high = unitCount
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= place { low = middle } else { high = middle }
    }
    return low
  }

  /// The signal at a place, a function of the seed, the place and the unit alone.
  func signal(at place: Int, unit: Int) -> SyntheticSignal {
    var words = SeededWords(state: SeededWords.mixed(seed, UInt64(place) &* 4 &+ 3))
    var home = SeededWords(state: SeededWords.mixed(seed, UInt64(unit) &* 4 &+ 2))
    // Four signals in five come from where the unit lives.
    let lives = home.skewed(below: regions.count)
    let region = words.next() % 5 == 0 ? words.skewed(below: regions.count) : lives
    let intent = words.skewed(below: intents.count)
    let length = UInt64(Self.span.upperBound - Self.span.lowerBound)
    let time = Self.span.lowerBound + Int64(words.next() % length)
    let draw = words.next()
    let consent: SyntheticSignal.Consent
    switch draw >> 8 & 0xFF {
    case 0..<10: consent = .refused
    case 10..<20:
      // An expiry at midnight, somewhere in the span.
      let days = UInt64(length / 86_400)
      consent = .until(Self.span.lowerBound + Int64(words.next() % days) * 86_400)
    default: consent = .given
    }
    return SyntheticSignal(
      unit: names[unit],
      region: region,
      intent: intent,
      time: time,
      source: Int(draw & 3),
      stage: Int((draw >> 2 & 0x3F) % 3),
      cents: Int(draw >> 16 & 0xFFFF),
      consent: consent
    )
  }
}

/// One made-up signal, with indices into the lists of `SyntheticSignals`.
struct SyntheticSignal {
  enum Consent {
    case given
    case refused
    /// Given up to a point in time, in seconds since 1970.
    case until(Int64)
  }

  let unit: Int
  let region: Int
  let intent: Int
  let time: Int64
  let source: Int
  let stage: Int
  let cents: Int
  let consent: Consent

  /// Whether it may be counted.
  var isConsented: Bool {
    switch consent {
    case .given: true
    case .refused: false
    case .until(let expiry): time < expiry
    }
  }
}
