// Releases.swift: placeholder
