// SHA-256 of rules.pack: a8e22b7f341d96d47ea8571f48ec9bb05fe05679238ebcaa4cfc9c69fd06b14a
