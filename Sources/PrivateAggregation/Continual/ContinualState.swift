// ContinualState.swift: what running counts go on from: exact counts, noise in use, and units.
// Reference: `docs/continual.md`, section "The state".
// SPDX-License-Identifier: Apache-2.0

import Crypto
import ExactArithmetic
import PrivacyAccounting
import Releases
import Sampling

/// What running counts go on from, after some periods were closed.
///
/// - Privacy: Secret: it holds exact counts, units and noise that is not spent. It leaves the process
///   sealed alone, and cannot be copied or printed.
struct ContinualState: ~Copyable {
  /// The periods that are closed.
  private(set) var t: Int
  /// The running counts of the latest periods as they were released: by measure, cell and period.
  private(set) var series: [[[Int64]]]

  /// The bytes that it was read from, zero for the first.
  private(set) var sizeKept = 0

  private let plan: AggregationPlan
  private let tree: BalancedTree
  private let key: ChoiceKey
  private var units: HorizonTable
  /// The exact running counts, by measure and cell.
  private var exact: [[Int64]]
  /// The draws of the nodes that later counts use too, by measure and cell.
  private var noise: [TreeNode: [[Int64]]]

  /// The state before the first period.
  init(_ plan: AggregationPlan, key: ChoiceKey = .drawn()) {
    self.init(
      plan,
      key: key,
      units: HorizonTable(bounds: plan.specification.bounds, key: key),
      exact: plan.measures.map { _ in Array(repeating: 0, count: plan.cellCount) },
      series: plan.measures.map { _ in Array(repeating: [], count: plan.cellCount) }
    )
  }

  private init(
    _ plan: AggregationPlan,
    key: ChoiceKey,
    t: Int = 0,
    units: HorizonTable,
    exact: [[Int64]],
    noise: [TreeNode: [[Int64]]] = [:],
    series: [[[Int64]]]
  ) {
    guard let continual = plan.continual else {
      preconditionFailure("a plan of running counts")
    }
    self.plan = plan
    tree = continual.tree
    self.key = key
    self.t = t
    self.units = units
    self.exact = exact
    self.noise = noise
    self.series = series
  }

  /// What tells this state's tree, noise and bounds from others.
  var law: String { Self.law(of: plan) }

  /// SHA-256 of tree, noise and bounds, in hexadecimal.
  ///
  /// The digest of a spec does not fix them: which tree is best, and for which scale, the program says.
  static func law(of plan: AggregationPlan) -> String {
    let bounds = plan.specification.bounds
    var text = "bounds \(bounds.cellsPerUnit) \(bounds.signalsPerCell)"
    text += " \(bounds.signalsPerUnit.map(String.init) ?? "-")\n"
    if let tree = plan.continual?.tree {
      text += "tree \(tree.arity) \(tree.levels) \(tree.horizon)\n"
    }
    for measure in plan.measures {
      text += "\(measure.measure.rawValue) \(measure.scale)\n"
    }
    return SHA256.hash(data: Array(text.utf8)).map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "0" + digits : digits
    }.joined()
  }

  /// Counts one signal of the open period.
  mutating func add(unit: ByteSlice, cell: UInt32) { units.add(unit: unit, cell: cell) }

  /// Closes the open period and adds noise to its running counts.
  ///
  /// - Privacy: Every node that the count uses gets one draw, the first time that it is used, and keeps
  ///   it as long as later counts use it. What is returned may leave together with the ledger's entry,
  ///   and only with it: the draws of an attempt that is not committed are never seen.
  /// - Parameter threads: How many threads draw.
  /// - Returns: The running counts, by measure and cell.
  mutating func close(threads: Int) -> [[Int64]] {
    precondition(t < tree.horizon, "a period of the horizon")
    t += 1
    let exactToday = closeUnits()
    for (measure, counts) in exactToday.enumerated() {
      for (cell, count) in counts.enumerated() where count != 0 {
        // No sum can run over: it counts signals that were read.
        exact[measure][cell] += count
      }
    }
    let terms = tree.terms(at: t)
    for term in terms where noise[term.node] == nil {
      noise[term.node] = plan.measures.map { measure in
        let sampler = DiscreteLaplaceSampler(scale: measure.scale)
        return CellNoise.draws(plan.cellCount, by: sampler, threads: threads)
      }
    }
    let counts = plan.measures.indices.map { released(terms, measure: $0) }
    forgetNoise()
    extendSeries(by: counts)
    if t == tree.horizon { forgetAll() }
    return counts
  }

  /// The counts of the open period, by measure and cell.
  private mutating func closeUnits() -> [[Int64]] {
    var signals = [Int64](repeating: 0, count: plan.cellCount)
    var firsts = signals
    units.close { cell, count, isNew in
      signals[Int(cell)] += Int64(count)
      if isNew { firsts[Int(cell)] += 1 }
    }
    return plan.measures.map { $0.measure == .units ? firsts : signals }
  }

  private func released(_ terms: [TreeTerm], measure: Int) -> [Int64] {
    exact[measure].indices.map { cell in
      let sum = terms.reduce(BigInteger(exact[measure][cell])) { sum, term in
        let draw = BigInteger(noise[term.node]?[measure][cell] ?? 0)
        return term.isTakenOff ? sum - draw : sum + draw
      }
      let held = Int64(exactly: sum) ?? (sum.signum < 0 ? .min : .max)
      return plan.specification.nonnegative ? max(0, held) : held
    }
  }

  /// Forgets units and exact counts once nothing goes on from them.
  private mutating func forgetAll() {
    units = HorizonTable(bounds: plan.specification.bounds, key: key)
    exact = exact.map { Array(repeating: 0, count: $0.count) }
  }

  /// Forgets the draws of nodes that no later count uses.
  private mutating func forgetNoise() {
    let last = tree.lastUses()
    noise = noise.filter { node, _ in (last[node] ?? 0) > t }
  }

  private mutating func extendSeries(by released: [[Int64]]) {
    let length = ReleasedSeries.length(
      at: t,
      cells: plan.cellCount,
      measures: plan.measures.count
    )
    for (measure, counts) in released.enumerated() {
      for (cell, count) in counts.enumerated() {
        series[measure][cell].append(count)
        let excess = series[measure][cell].count - length
        if excess > 0 { series[measure][cell].removeFirst(excess) }
      }
    }
  }
}

// MARK: - Bytes

extension ContinualState {
  /// The bytes that are sealed.
  func encoded() -> [UInt8] {
    var writer = StateWriter()
    writer.integer(UInt64(t))
    for word in [key.words.0, key.words.1, key.words.2, key.words.3] { writer.integer(word) }
    writer.lists(exact)
    writer.integer(UInt64(noise.count))
    for (node, draws) in noise.sorted(by: { $0.key < $1.key }) {
      writer.integer(UInt64(node.level))
      writer.integer(UInt64(node.index))
      writer.lists(draws)
    }
    for cells in series { writer.lists(cells) }
    units.write(to: &writer)
    writer.pad(to: Self.paddedSize(writer.data.count))
    return writer.data
  }

  /// The fewest bytes that a state has.
  static let smallestSize = 1 << 16

  /// The size of the step that so many bytes are padded to: a power of two.
  ///
  /// - Privacy: Whoever can see the size of the file, or make the disk or a limit refuse it, learns
  ///   which power of two it is, and nothing finer.
  static func paddedSize(_ count: Int) -> Int {
    var size = smallestSize
    while size < count { size *= 2 }
    return size
  }

  /// Reads what `encoded` made for the same plan.
  ///
  /// - Throws: `StateDamage` for anything else.
  static func decoding(
    _ data: [UInt8],
    _ plan: AggregationPlan
  ) throws(StateDamage) -> ContinualState {
    var reader = StateReader(data)
    let horizon = plan.continual?.tree.horizon ?? 0
    guard let t = Int(exactly: try reader.integer()), t >= 1, t <= horizon else {
      throw StateDamage()
    }
    let words = (
      try reader.integer(), try reader.integer(), try reader.integer(), try reader.integer()
    )
    let key = ChoiceKey(words: words)
    let cells = plan.cellCount
    func table(_ reader: inout StateReader) throws(StateDamage) -> [[Int64]] {
      let lists = try reader.lists()
      guard lists.count == plan.measures.count, lists.allSatisfy({ $0.count == cells }) else {
        throw StateDamage()
      }
      return lists
    }
    let exact = try table(&reader)
    var noise: [TreeNode: [[Int64]]] = [:]
    for _ in 0..<(try reader.count()) {
      guard let level = Int(exactly: try reader.integer()),
        let index = Int(exactly: try reader.integer())
      else { throw StateDamage() }
      let node = TreeNode(level: level, index: index)
      guard noise.updateValue(try table(&reader), forKey: node) == nil else {
        throw StateDamage()
      }
    }
    // A node without its draw would get another one, and one that is not of use is of another tree.
    guard Set(noise.keys) == plan.continual?.tree.nodesInUse(at: t) else { throw StateDamage() }
    let length = ReleasedSeries.length(at: t, cells: cells, measures: plan.measures.count)
    var series: [[[Int64]]] = []
    for _ in plan.measures {
      let lists = try reader.lists()
      guard lists.count == cells, lists.allSatisfy({ $0.count == length }) else {
        throw StateDamage()
      }
      series.append(lists)
    }
    var units = HorizonTable(bounds: plan.specification.bounds, key: key)
    try units.read(from: &reader, cellCount: cells)
    guard reader.isPaddedToEnd, data.count == paddedSize(reader.place) else {
      throw StateDamage()
    }
    var state = ContinualState(
      plan,
      key: key,
      t: t,
      units: units,
      exact: exact,
      noise: noise,
      series: series
    )
    state.sizeKept = data.count
    return state
  }
}
