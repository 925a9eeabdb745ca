"""Values and pure functions: what every floor may use."""
