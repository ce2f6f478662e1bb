// Hubbub.swift: placeholder
