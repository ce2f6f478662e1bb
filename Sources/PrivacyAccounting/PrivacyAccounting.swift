// PrivacyAccounting.swift: placeholder
