// ConsentRequest.swift: which registry of consents a spec names, and for what purpose.
// Reference: `docs/consent.md`; `docs/decisions/0011-consent-registry.md`.
// SPDX-License-Identifier: Apache-2.0

/// The registry that says which units agreed to a purpose, and when.
///
/// It holds a path and a name, nothing of what stands in the registry.
public struct ConsentRequest: Sendable, Hashable {
  /// The path of the registry, absolute.
  public let registry: String
  /// The purpose whose rows count.
  public let purpose: String

  /// Makes a request.
  ///
  /// - Precondition: Neither is empty.
  public init(registry: String, purpose: String) {
    precondition(!registry.isEmpty && !purpose.isEmpty, "a registry and a purpose have names")
    self.registry = registry
    self.purpose = purpose
  }
}
