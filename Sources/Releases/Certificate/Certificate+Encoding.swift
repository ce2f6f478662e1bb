// Certificate+Encoding.swift: a certificate as canonical JSON.
// SPDX-License-Identifier: Apache-2.0

import PrivacyAccounting

extension JSONWriter {
  /// Appends a certificate, on one line.
  mutating func certificate(_ certificate: Certificate) {
    raw("{\"body_sha256\":")
    string(certificate.bodySHA256)
    raw(",\"cells\":{")
    let keys = certificate.cells.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (index, key) in keys.enumerated() {
      if index > 0 { raw(",") }
      name(key.name)
      list(key, named: false)
    }
    raw("},\"data\":")
    string(certificate.dataPinned ? "pinned" : "unpinned")
    raw(",\"ledger\":{\"dataset\":")
    string(certificate.dataset)
    raw(",\"entry_sha256\":")
    string(certificate.entrySHA256)
    raw(",\"position\":")
    integer(Int64(certificate.position))
    raw(",\"previous_sha256\":")
    string(certificate.previousSHA256)
    raw("},\"noise\":{\"generator\":")
    string(Certificate.generator)
    raw(",\"law\":")
    string(Certificate.law)
    raw(",\"mechanism\":")
    string(Certificate.mechanism)
    raw("},\"postprocessing\":")
    strings(certificate.postprocessing)
    raw(",\"relation\":")
    string(Certificate.relation)
    if let signature = certificate.signature {
      raw(",\"signature\":{\"algorithm\":")
      string(Certificate.signatureAlgorithm)
      raw(",\"public_key\":")
      string(signature.publicKey)
      raw(",\"value\":")
      string(signature.value)
      raw("}")
    }
    raw(",\"version\":")
    integer(Int64(Certificate.version))
    raw("}")
  }

  /// Appends the public list of one key.
  mutating func list(_ key: ReleasedKey, named: Bool) {
    raw("{\"count\":")
    integer(Int64(key.count))
    if let file = key.fileSHA256 {
      raw(",\"file_sha256\":")
      string(file)
    }
    raw(",\"list_sha256\":")
    string(key.listSHA256)
    if named {
      raw(",\"name\":")
      string(key.name)
    }
    raw("}")
  }
}
