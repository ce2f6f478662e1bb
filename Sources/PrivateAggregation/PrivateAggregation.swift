// PrivateAggregation.swift: placeholder
