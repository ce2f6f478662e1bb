// TreeShape.swift: which node of a tree lies in which, and nothing else.
// SPDX-License-Identifier: Apache-2.0

/// Trees of any shape, side by side: each node but the roots lies in one other node.
public struct TreeShape: Sendable, Hashable {
  /// The number of the node that each node lies in; `nil` for a root.
  ///
  /// - Invariant: Smaller than the number of the node itself.
  public let parents: [Int?]
  /// The children of all nodes, those of one side by side.
  private let children: [Int]
  /// Where the children of each node begin, and one more.
  private let begins: [Int]

  /// Makes a shape of the parent of each node.
  ///
  /// - Precondition: A parent comes before its children.
  /// - Complexity: O(n).
  public init(parents: [Int?]) {
    var begins = [Int](repeating: 0, count: parents.count + 1)
    for (node, parent) in parents.enumerated() {
      guard let parent else { continue }
      precondition((0..<node).contains(parent), "a parent comes before its children")
      begins[parent + 1] += 1
    }
    for node in parents.indices { begins[node + 1] += begins[node] }
    var children = [Int](repeating: 0, count: begins[parents.count])
    var next = begins
    for (node, parent) in parents.enumerated() {
      guard let parent else { continue }
      children[next[parent]] = node
      next[parent] += 1
    }
    self.parents = parents
    self.children = children
    self.begins = begins
  }

  /// The number of nodes.
  public var count: Int { parents.count }

  /// The children of a node, in the order of their numbers.
  public func children(of node: Int) -> ArraySlice<Int> {
    children[begins[node]..<begins[node + 1]]
  }

  /// Whether a node has no children.
  public func isLeaf(_ node: Int) -> Bool { begins[node] == begins[node + 1] }
}
