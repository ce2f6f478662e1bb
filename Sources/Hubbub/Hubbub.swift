// Hubbub.swift: the one module that a Swift user imports.
// SPDX-License-Identifier: Apache-2.0

/// Differentially private counts per region, with every bit of privacy accounted for exactly.
///
/// `import Hubbub` brings in the whole library: read a spec with `SpecificationReader`, plan it
/// with `AggregationPlan`, open an `OpenedLedger`, and let a `Releaser` release it. This module has
/// no logic of its own.
@_exported import ExactArithmetic
@_exported import LedgerStore
@_exported import PrivacyAccounting
@_exported import PrivateAggregation
@_exported import Releases
@_exported import Reporting
@_exported import Sampling
@_exported import Specifications
