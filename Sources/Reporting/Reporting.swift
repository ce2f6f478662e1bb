// Reporting.swift: placeholder
